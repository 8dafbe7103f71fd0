internal import ArgumentParser
internal import Recovery

/// `appliance-net backup show`: what a bundle tells without its passphrase.
struct BackupShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show when and where a bundle was made and what is in it; needs no passphrase."
    )

    @Argument(help: "The bundle, or its text.")
    var file: String

    @OptionGroup var options: RootOptions

    func run() throws {
        try RecoveryCommand.guarded(options) { () throws -> ExitStatus in
            let manifest = try RecoveryBundle.manifest(try RecoveryCommand.read(file))
            if options.json {
                try Console.json(manifest)
                return .ok
            }
            Console.data(RecoveryCommand.describe(manifest))
            for entry in manifest.files.entries { Console.data(Self.line(entry)) }
            return .ok
        }
    }

    /// `file       0640  root:haproxy      1234  /etc/haproxy/haproxy.cfg`. The mode of a link is nobody's; what is absent is
    /// removed by a restore.
    private static func line(_ entry: FileList.Entry) -> String {
        func padded(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(1, width - text.utf8.count))
        }
        let isThere = entry.kind != .absent
        let digits = String(entry.mode, radix: 8)
        let mode = String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
        let hasMode = entry.kind == .file || entry.kind == .directory
        let size = entry.kind == .file ? "\(entry.size)" : "-"
        return padded(entry.kind.rawValue, 11) + padded(hasMode ? mode : "-", 6)
            + padded(isThere ? "\(entry.user):\(entry.group)" : "-", 14)
            + String(repeating: " ", count: max(0, 8 - size.utf8.count)) + size + "  " + entry.path
    }
}
