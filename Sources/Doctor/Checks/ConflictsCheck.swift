internal import Addresses
internal import Diagnostics
internal import Discovery
internal import Explanation
internal import Netlink
internal import NetworkFiles
internal import NetworkState
internal import ProxyConfig
internal import Syscalls

/// Nobody else has an address of ours, a virtual one or an interface's.
struct ConflictsCheck: DoctorCheck {
    static let name = "conflicts"

    /// So many virtual addresses are asked for at most; of more only those that are bound.
    private static let most = 1024.0

    func findings(_ context: DoctorContext) throws -> [Finding] {
        guard let configuration = context.configuration else { return DoctorContext.unreadable(Self.name) }
        let ranges = configuration.anyIPRoutes.ranges.map { $0.value }
        let binds = context.proxy.file.map { BindAddresses.all(in: $0) } ?? []
        let bound = Set(binds.map { $0.address }.filter { address in ranges.contains { $0.contains(address) } })
        var addresses = bound
        if ranges.reduce(0, { $0 + RangeUse($1, []).size }) <= Self.most {
            for range in ranges {
                for number in range.first.number...range.last.number {
                    addresses.insert(IPAddress(family: range.family, number: number))
                }
            }
        }
        let probe = ConflictProbe(context.state)
        var findings: [Finding] = []
        for (address, mac) in try probe.run(addresses).conflicts.sorted(by: { $0.key < $1.key }) {
            let names = RangeUse.addresses(binds.filter { $0.address == address }).flatMap { $0.frontends }
            findings.append(
                Finding(
                    bound.contains(address) ? .failed : .warning,
                    "\(address)",
                    "\(mac) has it too"
                        + (names.isEmpty ? "; nothing of ours is on it" : ": \(names.joined(separator: ", "))"),
                    remedy: "take the address away from that host, or split the range around it"
                )
            )
        }
        for (address, mac) in try probe.runOwn(context.state).conflicts.sorted(by: { $0.key < $1.key }) {
            let message = "\(mac) has the appliance's own address too"
            findings.append(Finding(.failed, "\(address)", message, remedy: "give one of the two another address"))
        }
        return findings.isEmpty ? [.ok(Self.name, "no other host has an address of ours")] : findings
    }
}
