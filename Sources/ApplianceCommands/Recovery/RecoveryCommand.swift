internal import Appliance
internal import Diagnostics
internal import Files
internal import Glibc
internal import NetworkHistory
internal import Recovery
internal import RuntimeAPI

/// What the commands on backups share.
enum RecoveryCommand {
    /// Runs `body`; a bundle or files in it that cannot be used are bad data.
    static func guarded(_ options: RootOptions, _ body: () throws -> ExitStatus) throws {
        try NetworkCommand.guarded(json: options.json) {
            do {
                return try body()
            } catch let error as BundleError {
                return try refuse([error.diagnostic], options)
            } catch let error as DiagnosticsError {
                return try refuse(error.diagnostics, options)
            }
        }
    }

    private static func refuse(_ problems: [Diagnostic], _ options: RootOptions) throws -> ExitStatus {
        if options.json { try Console.json(ProblemsJSON(problems)) }
        Console.say(problems)
        Console.say("nothing was changed")
        return .badData
    }

    /// The bundle in a file, which may be its text.
    static func read(_ file: String) throws -> [UInt8] {
        try RecoveryBundle.bytes(file: try AtomicFile.read(file, limit: RecoveryBundle.largestFile))
    }

    /// The files of a bundle, opened with the passphrase of a file, or with those that are the appliance's own. One that was
    /// made now could open nothing.
    static func open(_ bytes: [UInt8], _ file: String?, _ root: Root) throws -> FileSet {
        let candidates =
            if let file { [try Passphrase.read(file)] } else { try Passphrase.all(root, Backup.settings(root)) }
        guard let last = candidates.last else {
            throw RestoreError(
                "this appliance has no passphrase of its own",
                remedy: "give that of the appliance that made the bundle, in a file: --passphrase-file FILE"
            )
        }
        for candidate in candidates.dropLast() {
            do {
                return try RecoveryBundle.open(bytes, passphrase: candidate)
            } catch BundleError.wrongPassphrase {
                continue
            }
        }
        return try RecoveryBundle.open(bytes, passphrase: last)
    }

    /// Restores into this appliance, and has its services take up what changed.
    static func restorer(_ options: RootOptions, filesOnly: Bool) -> Restorer {
        let root = options.directory
        return Restorer(root, hasNetwork: !filesOnly) {
            let socket = root["/run/haproxy-master.sock"]
            guard !filesOnly, access(socket, F_OK) == 0 else { return }
            let answer = try MasterClient(path: socket, timeoutMilliseconds: 60000).reload()
            guard answer.success else {
                throw RestoreError(
                    "the proxy refuses its configuration: \(answer.text)",
                    remedy: "see journalctl -u appliance-proxy"
                )
            }
        }
    }

    /// `2026-11-21T23:59:59Z, lb1.corp.example, 0.1.0, haproxy.cfg version 12 with 500 services, 61 files, 1 link, CA 3A:0F:…`
    static func describe(_ manifest: BundleManifest) -> String {
        let origin = manifest.origin
        var words = [UTCTime(origin.created).rfc3339, origin.host, "appliance-net \(origin.program)"]
        if let version = origin.version {
            words.append(
                "haproxy.cfg version \(version) with \(origin.services) service\(origin.services == 1 ? "" : "s")"
            )
        }
        words.append(manifest.files.entries.map { $0.kind }.words)
        words.append(origin.authorities)
        return words.joined(separator: ", ")
    }
}
