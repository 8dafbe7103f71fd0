internal import ArgumentParser
internal import Recovery

/// `appliance-net backup list`: the bundles on the appliance.
struct BackupListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the bundles that are kept on the appliance, oldest first."
    )

    @OptionGroup var options: RootOptions

    private struct Line: Encodable {
        var file: String
        var origin: BundleManifest.Origin?
        /// Why it tells nothing.
        var problem: String?
    }

    func run() throws {
        try RecoveryCommand.guarded(options) { () throws -> ExitStatus in
            let store = BackupStore(options.directory)
            var lines: [Line] = []
            for entry in try store.entries() {
                let file = store.place(of: entry.name)
                let manifest = Result { try RecoveryBundle.manifest(try RecoveryCommand.read(file)) }
                switch manifest {
                case .success(let manifest):
                    lines.append(Line(file: file, origin: manifest.origin))
                    if !options.json { Console.data("\(file): \(RecoveryCommand.describe(manifest))") }
                case .failure(let error):
                    lines.append(Line(file: file, problem: "\(error)"))
                    if !options.json { Console.data("\(file): \(error)") }
                }
            }
            if options.json { try Console.json(lines) }
            if lines.isEmpty { Console.say("no bundle is kept here; appliance-net backup takes one") }
            return .ok
        }
    }
}
