internal import Diagnostics
internal import Explanation
internal import NetworkFiles
internal import Recovery

/// There is a backup that survives this machine.
struct BackupCheck: DoctorCheck {
    static let name = "backup"

    func findings(_ context: DoctorContext) throws -> [Finding] {
        guard context.configuration != nil else { return DoctorContext.unreadable(Self.name) }
        let settings = Backup.settings(context.root)
        let exposed = try Passphrase.exposed(context.root, settings).map { path in
            Finding(.warning, path, "it holds a secret, and others may read it", remedy: "chmod 600 \(path)")
        }
        return try newest(context, settings) + exposed
    }

    private func newest(_ context: DoctorContext, _ settings: RecoverySettings) throws -> [Finding] {
        guard let state = try BackupStore(context.root).state() else {
            let remedy = "appliance-net backup takes one; the service does after every change"
            return [Finding(.warning, Self.name, "none was taken yet", remedy: remedy)]
        }
        let made = "\(state.name) of \(UTCTime(state.time).rfc3339)"
        if let target = state.target { return [.ok(Self.name, "\(made), brought to \(target)")] }
        guard let target = settings.target else {
            return [
                Finding(
                    .warning,
                    Self.name,
                    "\(made) is on this appliance's disk only, and lost with it",
                    remedy: try Backup.wayOut(context.root)
                )
            ]
        }
        let lines = state.failure?.split(separator: "\n") ?? []
        let reason = lines.first.map { ": \($0)" } ?? " yet"
        let mark = "    remedy: "
        let remedy = lines.first { $0.hasPrefix(mark) }?.dropFirst(mark.count) ?? "mend that"
        return [
            Finding(
                .warning,
                Self.name,
                "\(made) was not brought to \(target)\(reason)",
                remedy: "\(remedy); appliance-net backup brings it there at once"
            )
        ]
    }
}
