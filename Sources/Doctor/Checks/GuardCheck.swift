internal import Addresses
internal import Explanation
internal import Guard
internal import NetworkFiles
internal import Nftables
internal import ProxyConfig
internal import RuntimeAPI

/// The guard's tables are in the kernel, and let through what the proxy listens on.
struct GuardCheck: DoctorCheck {
    static let name = "guard"

    /// So many listeners are named.
    private static let most = 10

    func findings(_ context: DoctorContext) throws -> [Finding] {
        let failed = Self.failed(context)
        let isEnabled = context.configuration?.appliance.guardPolicy.isEnabled ?? true
        let socket = try NftablesSocket()
        guard let table = try socket.table(GuardRuleset.inet) else {
            if !isEnabled { return [.ok(Self.name, "switched off by [guard]")] }
            return failed + [
                Finding(
                    .warning,
                    Self.name,
                    "there is none: every address of the ranges answers, on every port that something listens on",
                    remedy: "systemctl start appliance-net.service: it makes the guard"
                )
            ]
        }
        var findings = failed
        if context.proxy.isRunning, context.proxy.listeners.isEmpty, context.proxy.model?.hasAddresses ?? false {
            findings.append(
                Finding(
                    .failed,
                    Self.name,
                    "the proxy does not tell where it listens: every virtual address is closed",
                    remedy: "run appliance-proxyd, or set enabled = false in [guard] of \(ApplianceFile.path)"
                )
            )
        }
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
        findings += try Self.unprotected(socket)
        return findings.isEmpty ? [.ok(Self.name, "lets through what the proxy listens on")] : findings
    }

    /// The kernel did not take what the service wanted of it.
    private static func failed(_ context: DoctorContext) -> [Finding] {
        guard let failure = (try? ServiceAnswer.ask(context.root))??.guarding?.failure else { return [] }
        let remedy = "it is tried again every second; systemctl restart appliance-net.service makes the tables anew"
        return [Finding(.failed, name, failure, remedy: remedy)]
    }

    /// Where the kernel can, the service's tables are kept from others.
    private static func unprotected(_ socket: NftablesSocket) throws -> [Finding] {
        let plain = try socket.tables().filter {
            [GuardRuleset.inet, GuardRuleset.arp].contains($0.identity) && $0.protection == .none
        }
        if plain.isEmpty { return [] }
        return [
            Finding(
                .warning,
                name,
                "the kernel does not keep the tables from other programs: an `nft flush ruleset` opens every address of "
                    + "the ranges until the service has put them back",
                remedy: "boot Linux 6.9 or newer; until then let no other program flush the packet filter "
                    + "(systemctl disable --now nftables.service)"
            )
        ]
    }
}

extension ProxyModel {
    /// Whether anything is bound to an address.
    fileprivate var hasAddresses: Bool {
        frontends.contains { frontend in
            frontend.binds.contains { bind in
                bind.addresses.contains { if case .ip = $0 { true } else { false } }
            }
        }
    }
}
