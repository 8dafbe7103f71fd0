internal import Appliance
internal import ArgumentParser
internal import Files
internal import Glibc
internal import NetworkFiles
internal import Recovery

/// `appliance-net backup take`, and `appliance-net backup` alone.
struct BackupTakeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "take",
        abstract: "Take a bundle now; the same as backup alone.",
        discussion: "Exit 2: kept on the appliance, but not brought to the target."
    )

    @Option(name: .long, help: ArgumentHelp("Write the bundle to FILE, and nowhere else.", valueName: "file"))
    var out: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Seal it with the first line of FILE, not with the appliance's passphrase.",
            valueName: "file"
        )
    )
    var passphraseFile: String?

    @Flag(name: .long, help: "Print it as one line for the vApp property appliance.recovery_bundle.")
    var text = false

    @Flag(
        name: .long,
        help: ArgumentHelp("As the service has it done: with what memory and time others leave.", visibility: .hidden)
    )
    var inBackground = false

    @OptionGroup var options: RootOptions

    func validate() throws {
        try OutputFile.check(out)
        if text, out != nil { throw ValidationError("Give either --out or --text, not both.") }
        if passphraseFile != nil, !text, out == nil {
            throw ValidationError("--passphrase-file needs --out or --text.")
        }
    }

    private var root: Root { options.directory }
    private var backup: Backup { Backup(root, program: ApplianceCommand.version, now: Int64(time(nil))) }

    func run() throws {
        // A bundle without settings, or without a CA, would make no appliance of any machine.
        try NetworkCommand.guarded(json: options.json) {
            try ConfiguredMachine.require(root)
            return .ok
        }
        try RecoveryCommand.guarded(options) { () throws -> ExitStatus in
            if inBackground { BackgroundWork.begin() } else { try warn() }
            if text { return try printText() }
            if let out { return try write(out) }
            return try keep()
        }
    }

    private func warn() throws {
        for path in try Passphrase.exposed(root, Backup.settings(root)) {
            Console.say("\(path) holds a secret, and others may read it\n    remedy: chmod 600 \(path)")
        }
    }

    private func keep() throws -> ExitStatus {
        let host = Backup.hostName(root)
        let outcome = try backup.automatic { target, bundle, settings in
            try Push(root, host: host).push(target, bundle, settings)
        }
        let store = BackupStore(root)
        let status = BackupStatus.read(store)
        if options.json { try Console.json(status) }
        if outcome == .unchanged { Console.say("nothing has changed since the last backup") }
        if !options.json, let status { Console.data(status.file) }
        switch outcome {
        case .brought(_, let target): Console.say("brought to \(target)")
        case .notBrought(_, let reason):
            Console.say("the backup is on this appliance only: \(reason)")
            return .pending
        case .unchanged, .kept:
            // To the service's log it would be said after every change.
            guard status?.isOnlyHere == true, !inBackground else { break }
            Console.say("it is on this appliance's disk only, and lost with it\n    remedy: \(try Backup.wayOut(root))")
        }
        return .ok
    }

    private func write(_ file: String) throws -> ExitStatus {
        let bytes = try backup.take(try passphrase())
        try AtomicFile.replace(file, with: bytes, mode: 0o600)
        if options.json { try Console.json(try RecoveryBundle.manifest(bytes)) }
        Console.say("\(file): \(RecoveryCommand.describe(try RecoveryBundle.manifest(bytes))), \(bytes.count) bytes")
        return .ok
    }

    private struct Line: Encodable {
        var text: String
        var characters: Int
        /// Whether also what was before is in it.
        var hasHistory: Bool

        enum CodingKeys: String, CodingKey {
            case text
            case characters
            case hasHistory = "history"
        }
    }

    /// Smallest, and without what was before if it is too long for a property with it.
    private func printText() throws -> ExitStatus {
        let passphrase = try passphrase()
        for history in [true, false] {
            let line = RecoveryBundle.text(try backup.take(passphrase, history: history, small: true))
            if line.utf8.count <= RecoveryBundle.longestText {
                if options.json {
                    try Console.json(Line(text: line, characters: line.utf8.count, hasHistory: history))
                } else {
                    Console.data(line)
                }
                Console.say("\(line.utf8.count) of \(RecoveryBundle.longestText) characters")
                return .ok
            }
            let remedy = history ? "without its history:" : "take a file instead: appliance-net backup --out FILE"
            Console.say(
                "\(line.utf8.count) characters do not fit into a property (\(RecoveryBundle.longestText)); \(remedy)"
            )
        }
        return .failed
    }

    private func passphrase() throws -> Secret {
        if let passphraseFile { return try Passphrase.read(passphraseFile) }
        let own = try Passphrase.find(root, Backup.settings(root))
        if own.isGenerated {
            Console.say(
                "sealed with the passphrase that the appliance has made for itself: write it down elsewhere "
                    + "(appliance-net backup passphrase)"
            )
        }
        return own.secret
    }
}
