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
    }

    func run() throws {
        try RecoveryCommand.guarded(options) { () throws -> ExitStatus in
            let store = BackupStore(options.directory)
            var lines: [Line] = []
            for entry in try store.entries() {
                let file = store.place(of: entry.name)
                let manifest = Result { try RecoveryBundle.manifest(try RecoveryCommand.read(file)) }
                lines.append(Line(file: file, origin: try? manifest.get().origin))
                guard !options.json else { continue }
                switch manifest {
                case .success(let manifest): Console.data("\(file): \(RecoveryCommand.describe(manifest))")
                case .failure(let error): Console.data("\(file): \(error)")
                }
            }
            if options.json { try Console.json(lines) }
            return .ok
        }
    }
}
