internal import Addresses
internal import Diagnostics
internal import Explanation
internal import NetworkFiles
internal import ProxyConfig

/// The ranges of virtual addresses take nobody's address away, and hold what is bound.
struct RangesCheck: DoctorCheck {
    static let name = "ranges"

    func findings(_ context: DoctorContext) throws -> [Finding] {
        guard let configuration = context.configuration else { return DoctorContext.unreadable(Self.name) }
        let ranges = configuration.anyIPRoutes.ranges.map { $0.value }
        guard !ranges.isEmpty else {
            return [Finding(.warning, Self.name, "there is none", remedy: "appliance-net vip add RANGE")]
        }
        let binds = context.proxy.file.map { BindAddresses.all(in: $0) } ?? []
        let findings = ranges.flatMap { range -> [Finding] in
            let problems = configuration.problems(ofRange: range)
            if problems.isEmpty {
                let use = RangeUse(range, binds)
                return [.ok("\(range)", "\(use.used) of its addresses bound")]
            }
            return problems.map {
                Finding($0.severity == .error ? .failed : .warning, "\(range)", $0.message, remedy: $0.remedy)
            }
        }
        let outside = binds.filter { bind in
            !bind.address.isLoopback && !ranges.contains { $0.contains(bind.address) }
                && !context.routes.isOurs(bind.address)
        }
        return findings
            + RangeUse.addresses(outside).map { use in
                let names = use.frontends.joined(separator: ", ")
                return Finding(
                    .failed,
                    "\(use.address)",
                    "\(names) is bound to it, and it is in no range",
                    remedy: remedy(use.address, configuration)
                )
            }
    }

    /// What makes an address outside of every range answer, or why nothing does.
    private func remedy(_ address: IPAddress, _ configuration: NetworkConfiguration) -> String {
        let own = IPNetwork(address)
        let problems = configuration.problems(ofRange: AddressRange(own))
        if let problem = problems.first(where: { $0.severity == .error }) {
            return "bind another address: \(problem.message)"
        }
        return "appliance-net vip add \(own), which asks first whether another host has it, or a range around it"
    }
}
