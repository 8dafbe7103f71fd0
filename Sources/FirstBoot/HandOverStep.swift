internal import Files
internal import Syscalls

/// Starts the service that keeps the network, the proxy and the API where systemd runs; what runs already takes up what
/// the steps before changed.
struct HandOverStep: FirstBootStep {
    let name = "hand-over"

    /// What there is to do about a unit.
    private struct Unit {
        var name: String
        /// Files that it reads, and the verb that makes it read them again.
        var files: [String] = []
        var verb = ""
        /// Whether it is started here; sshd is by its own unit only.
        var starts = false
        /// Whether it is to start at every boot by itself, also where first boot does not run any more.
        var isEnabled = false
    }

    private static let units = [
        Unit(name: "appliance-net-resume.service", isEnabled: true),
        // It sees by itself that a file has changed.
        Unit(name: "appliance-net.service", starts: true, isEnabled: true),
        Unit(
            name: "appliance-proxy.service",
            files: ["/etc/haproxy/haproxy.cfg"],
            verb: "reload",
            starts: true
        ),
        Unit(
            name: "appliance-dataplane.service",
            // It reads its certificate again by itself.
            files: ["/etc/haproxy/dataplaneapi.cfg"],
            verb: "restart",
            starts: true
        ),
        Unit(name: "ssh.service", files: [SSHServerStep.path] + SSHServerStep.hostKeys, verb: "reload"),
    ]

    /// The whole appliance, or what an admin needs to reach it.
    private let units: [Unit]

    init() { units = Self.units }

    private init(_ names: [String]) { units = Self.units.filter { names.contains($0.name) } }

    static let management = HandOverStep(["appliance-net.service", "ssh.service"])

    /// What a rebuild has put in place and the services of this start have not taken up yet.
    static let pending = "/run/appliance-net/hand-over"

    func run(_ context: FirstBootContext) throws -> [String] {
        guard context.handsOver, context.isLive else { return [] }
        let changes = try handOver(Self.changes(context))
        if units.count == Self.units.count { _ = try AtomicFile.remove(context.root[Self.pending]) }
        return changes
    }

    /// Remembers files until they are handed over: sshd has read its keys before a rebuild brings those of the old
    /// appliance, and whatever ends first boot in between, the next one tells it.
    static func expect(_ paths: [String], _ root: Root) throws {
        let former = try AtomicFile.readText(root[pending]) ?? ""
        try AtomicFile.makeDirectory(AtomicFile.directory(of: root[pending]))
        try AtomicFile.replace(root[pending], with: former + paths.map { "restored \($0)\n" }.joined())
    }

    /// Of this first boot, and of those that did not come to their hand-over.
    static func changes(_ context: FirstBootContext) throws -> [String] {
        let pending = try AtomicFile.readText(context.root[pending]) ?? ""
        return context.changes + pending.split(separator: "\n").map { String($0) }
    }

    func handOver(_ changed: [String]) throws -> [String] {
        // Without systemd (an image, a container, the lab) whoever runs us starts the daemons.
        guard try AtomicFile.status("/run/systemd/system") != nil else { return [] }
        var changes: [String] = []
        for unit in units.map({ $0.name }) {
            let isEnabled = try Subprocess.run(["systemctl", "is-enabled", "--quiet", unit]).status == 0
            let isActive = try Subprocess.run(["systemctl", "is-active", "--quiet", unit]).status == 0
            for verb in Self.verbs(unit, isEnabled: isEnabled, isActive: isActive, changes: changed) {
                // Without --no-block this would wait for units that are ordered after our own.
                let result = try Subprocess.run(["systemctl", "--no-block", verb, unit])
                guard result.status == 0 else {
                    throw FirstBootError(
                        "\(verb) \(unit): systemctl ended with status \(result.status): \(result.errors)",
                        remedy: "see journalctl -u \(unit)"
                    )
                }
                changes.append("\(verb)\(verb.hasSuffix("e") ? "d" : "ed") \(unit)")
            }
        }
        return changes
    }

    /// What systemctl is to do with a unit, in order.
    static func verbs(_ name: String, isEnabled: Bool, isActive: Bool, changes: [String]) -> [String] {
        guard let unit = units.first(where: { $0.name == name }) else { return [] }
        var verbs = unit.isEnabled && !isEnabled ? ["enable"] : []
        if !isActive, unit.starts { verbs.append("start") }
        let isChanged = unit.files.contains { file in changes.contains { $0.hasSuffix(" " + file) } }
        if isActive, isChanged { verbs.append(unit.verb) }
        return verbs
    }
}
