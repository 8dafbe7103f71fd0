import Addresses
public import Nftables

extension GuardState {
    /// The ranges that the tables guard; an address that is claimed by itself is among them there.
    static func ranges(in tables: [Table], without claimed: Set<IPAddress>) -> [IPNetwork] {
        let inet = tables.first { $0.identity == GuardRuleset.inet }
        return [GuardSet.ranges4, .ranges6].flatMap { set in
            (inet?.sets[set.name]?.elements ?? []).flatMap { element -> [IPNetwork] in
                guard let first = IPAddress(bytes: element.first),
                    let last = IPAddress(bytes: element.last ?? element.first),
                    first != last || !claimed.contains(first)
                else { return [] }
                return AddressRange(first, last)?.networks ?? []
            }
        }
    }

    /// Takes over what the tables in the kernel say of listeners, claims and conflicts: which frontend a listener is of
    /// they do not say, nor who holds an address.
    public mutating func adopt(_ tables: [Table]) {
        guard let inet = tables.first(where: { $0.identity == GuardRuleset.inet }) else { return }
        let arp = tables.first { $0.identity == GuardRuleset.arp }
        func elements(_ set: GuardSet) -> Set<SetElement> {
            (set.table == GuardRuleset.inet ? inet : arp)?.sets[set.name]?.elements ?? []
        }
        for (set, length) in [(GuardSet.bound4, 4), (.bound6, 16)] {
            for element in elements(set) where element.first.count >= length + 2 {
                guard let address = IPAddress(bytes: element.first.prefix(length)) else { continue }
                let port = UInt16(element.first[length]) << 8 | UInt16(element.first[length + 1])
                listeners.insert(Listener(address: address, port: port, frontend: ""))
            }
        }
        for element in inet.sets["bound_any"]?.elements ?? [] where element.first.count == 2 {
            let port = UInt16(element.first[0]) << 8 | UInt16(element.first[1])
            listeners.insert(Listener(address: IPAddress(v4: 0), port: port, frontend: ""))
        }
        for set in [GuardSet.vips4, .vips6] {
            claimed.formUnion(elements(set).compactMap { IPAddress(bytes: $0.first) })
        }
        claimed.formUnion(elements(.arpAnswered).compactMap { IPAddress(bytes: $0.first.dropFirst(4)) })
        // One that waits for its proxy: of IPv4 it is among those that are answered for.
        for element in elements(.ranges6) where element.first == element.last {
            guard let address = IPAddress(bytes: element.first), !isVirtual(address) else { continue }
            claimed.insert(address)
        }
        for set in [GuardSet.held4, .held6] {
            let unknown = MACAddress(bytes: [0, 0, 0, 0, 0, 0])
            for address in elements(set).compactMap({ IPAddress(bytes: $0.first) }) { conflicts[address] = unknown }
        }
        tracksConnections = tracksConnections || inet.chains[GuardRuleset.untracked] != nil
    }
}
