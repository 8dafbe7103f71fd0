internal import Addresses
internal import Explanation
internal import Guard
internal import Nftables
internal import RuntimeAPI

/// The guard's tables are in the kernel, and let through what the proxy listens on.
struct GuardCheck: DoctorCheck {
    static let name = "guard"

    /// So many listeners are named.
    private static let most = 10

    func findings(_ context: DoctorContext) throws -> [Finding] {
        let socket = try NftablesSocket()
        guard let table = try socket.table(GuardRuleset.inet) else {
            return [
                Finding(
                    .warning,
                    Self.name,
                    "there is none: every address of the ranges answers, on every port that something listens on",
                    remedy: "systemctl start appliance-net.service, unless [guard] is switched off"
                )
            ]
        }
        var findings: [Finding] = []
        let closed = context.proxy.listeners.filter { listener in
            let endpoint = listener.endpoint
            return listener.state == .listen && !endpoint.address.isUnspecified && !endpoint.address.isLoopback
                && !GuardVerdict(table, endpoint.address, port: endpoint.port, by: nil).isAccepted
        }
        for listener in closed.prefix(Self.most) {
            let endpoint = listener.endpoint
            let verdict = GuardVerdict(table, endpoint.address, port: endpoint.port, by: nil)
            findings.append(
                Finding(
                    .failed,
                    "\(endpoint)",
                    "\(listener.frontend) listens there, and it is \(verdict.words)",
                    remedy: "see conflicts above, and the log of appliance-net.service"
                )
            )
        }
        if closed.count > Self.most {
            let others = "\(closed.count - Self.most) more listeners are closed"
            findings.append(Finding(.failed, Self.name, others, remedy: "see those above"))
        }
        if try socket.table(GuardRuleset.arp) == nil {
            let remedy = "systemctl restart appliance-net.service"
            findings.append(Finding(.failed, "\(GuardRuleset.arp)", "the table is not there", remedy: remedy))
        }
        return findings.isEmpty ? [.ok(Self.name, "lets through what the proxy listens on")] : findings
    }
}
