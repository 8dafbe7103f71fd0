internal import Files
internal import Syscalls

/// Starts the proxy and the API where systemd runs; what runs already takes up what the steps before changed.
struct HandOverStep: FirstBootStep {
    let name = "hand-over"

    /// A unit, the files it reads and the verb that makes it read them again. sshd is started by its own unit only.
    private static let units: [(unit: String, files: [String], verb: String, starts: Bool)] = [
        ("appliance-proxy.service", ["/etc/haproxy/haproxy.cfg"], "reload", true),
        (
            "appliance-dataplane.service",
            ["/etc/haproxy/dataplaneapi.cfg", "/etc/haproxy/server.crt", "/etc/haproxy/server.key"],
            "restart",
            true
        ),
        ("ssh.service", [SSHServerStep.path], "reload", false),
    ]

    func run(_ context: FirstBootContext) throws -> [String] {
        // Without systemd (an image, a container, the lab) whoever runs us starts the daemons.
        guard context.handsOver, context.isLive, try AtomicFile.status("/run/systemd/system") != nil else { return [] }
        var changes: [String] = []
        for (unit, _, _, _) in Self.units {
            let isActive = try Subprocess.run(["systemctl", "is-active", "--quiet", unit]).status == 0
            guard let verb = Self.verb(unit, isActive: isActive, changes: context.changes) else { continue }
            // Without --no-block this would wait for units that are ordered after our own.
            let result = try Subprocess.run(["systemctl", "--no-block", verb, unit])
            guard result.status == 0 else {
                throw FirstBootError(
                    "\(verb) \(unit): systemctl ended with status \(result.status): \(result.errors)",
                    remedy: "see journalctl -u \(unit)"
                )
            }
            changes.append("\(verb)ed \(unit)")
        }
        return changes
    }

    /// What systemctl is to do with a unit; nil for nothing.
    static func verb(_ unit: String, isActive: Bool, changes: [String]) -> String? {
        guard let (_, files, verb, starts) = units.first(where: { $0.unit == unit }) else { return nil }
        guard isActive else { return starts ? "start" : nil }
        return files.contains { file in changes.contains { $0.hasSuffix(" " + file) } } ? verb : nil
    }
}
