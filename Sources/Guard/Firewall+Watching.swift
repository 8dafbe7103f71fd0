import Glibc
public import Netlink
import Nftables

extension Firewall {
    /// Something to wait for: somebody, we among them, has changed the packet filter. nil: nothing tells.
    public var descriptor: CInt? { monitor?.descriptor }

    /// Reads ``descriptor`` empty; whether others have changed the packet filter, our tables or theirs.
    public func hear() throws -> Bool {
        guard try monitor?.news().isEmpty == false else { return false }
        if try !isUndisturbed() { forget() }
        defer { othersCame = false }
        return othersCame
    }

    /// As ``update(to:)``.
    public func keep(_ state: GuardState) throws(NetlinkError) { try update(to: state) }

    /// What the tables in the kernel say of listeners and claims, whatever they were to say.
    public func inForce() throws(NetlinkError) -> GuardState {
        var state = GuardState()
        state.adopt(try tables())
        return state
    }

    /// Packets that were dropped, by the names of ``GuardRuleset/counters`` and ``GuardRuleset/arpCounters``.
    public func drops() throws(NetlinkError) -> [(reason: String, packets: UInt64)] {
        try counters().map { (reason: $0.key, packets: $0.value.packets) }.sorted { $0.reason < $1.reason }
    }

    /// Whether something in this network namespace tracks connections; asking makes it track a packet of ours, so that
    /// nobody else's is waited for. What was kept out of it stays so until the tables are taken away.
    public var tracksConnections: Bool {
        if let state {
            if state.tracksConnections { return true }
        } else {
            // What another kept out of it before us stays out of it. Its tables are taken over next: they are read once.
            _ = canProtect
            if (try? tables())?.contains(where: { $0.chains[GuardRuleset.untracked] != nil }) == true { return true }
        }
        // Only where a rule asks for connections does the kernel count any, and then this one too for half a minute.
        LoopbackDatagram.send()
        let file = open("/proc/sys/net/netfilter/nf_conntrack_count", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        var digit: UInt8 = 0
        return read(file, &digit, 1) == 1 && digit != UInt8(ascii: "0")
    }
}
