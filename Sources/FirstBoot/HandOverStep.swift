internal import Files
internal import Syscalls

/// Starts the proxy and the API, or has them take up what changed, where systemd runs.
struct HandOverStep: FirstBootStep {
    let name = "hand-over"

    static let units = ["appliance-proxy.service", "appliance-dataplane.service"]

    func run(_ context: FirstBootContext) throws -> [String] {
        // Without systemd (an image, a container, the lab) whoever runs us starts the daemons.
        guard context.handsOver, context.isLive, try AtomicFile.status("/run/systemd/system") != nil else { return [] }
        var changes: [String] = []
        for unit in Self.units where try Subprocess.run(["systemctl", "is-active", "--quiet", unit]).status != 0 {
            // Without --no-block this would wait for units that are ordered after our own.
            let result = try Subprocess.run(["systemctl", "--no-block", "start", unit])
            guard result.status == 0 else {
                throw FirstBootError(
                    "start \(unit): systemctl ended with status \(result.status): \(result.errors)",
                    remedy: "see journalctl -u \(unit)"
                )
            }
            changes.append("started \(unit)")
        }
        return changes
    }
}
