public import Addresses

/// What one word of `nft` means, as the steps that the kernel takes for it.
public enum Match {
    /// `meta l4proto tcp`
    public static func transport(_ number: UInt8) -> [Expression] {
        [.meta(.transportProtocol), .compare([number])]
    }

    /// `meta nfproto ipv4`
    public static func family(_ family: IPAddress.Family) -> [Expression] {
        [.meta(.networkProtocol), .compare([family.rawValue])]
    }

    /// `iif 3`: by the interface's index, which stays through a rename.
    public static func input(_ index: Int) -> [Expression] {
        [.meta(.inputInterface), .compare(native(UInt32(index)))]
    }

    /// `meta iif @set`
    public static func input(in set: String) -> [Expression] { [.meta(.inputInterface), .lookup(set: set)] }

    /// `meta oif @set`
    public static func output(in set: String) -> [Expression] { [.meta(.outputInterface), .lookup(set: set)] }

    /// `ip daddr`, `ip6 daddr` into a register; the family is a match of its own.
    public static func destination(_ family: IPAddress.Family, into register: Register = .first) -> Expression {
        .payload(.network, offset: family == .v4 ? 16 : 24, length: family.byteCount, into: register)
    }

    /// `ip saddr`, `ip6 saddr`
    public static func source(_ family: IPAddress.Family, into register: Register = .first) -> Expression {
        .payload(.network, offset: family == .v4 ? 12 : 8, length: family.byteCount, into: register)
    }

    /// `ip daddr @set`
    public static func destination(_ family: IPAddress.Family, in set: String) -> [Expression] {
        Self.family(family) + [destination(family), .lookup(set: set)]
    }

    /// `tcp dport`, `udp dport` into a register; the protocol is a match of its own.
    public static func destinationPort(into register: Register = .first) -> Expression {
        .payload(.transport, offset: 2, length: 2, into: register)
    }

    /// `udp sport`
    public static func sourcePort(into register: Register = .first) -> Expression {
        .payload(.transport, offset: 0, length: 2, into: register)
    }

    /// `ip daddr . tcp dport @set`
    public static func destinationAndPort(_ family: IPAddress.Family, in set: String) -> [Expression] {
        Self.family(family) + transport(6) + [
            destination(family), destinationPort(into: Register.first.after(byteCount: family.byteCount)),
            .lookup(set: set),
        ]
    }

    /// `icmp type`, `icmpv6 type` into a register.
    public static let icmpType = Expression.payload(.transport, offset: 0, length: 1)

    /// `icmp type 8`, `icmpv6 type 128`
    public static func icmp(_ family: IPAddress.Family, type: UInt8) -> [Expression] {
        Self.family(family) + transport(family == .v4 ? 1 : 58) + [icmpType, .compare([type])]
    }

    /// `tcp flags & (fin|syn|rst|ack) != syn`: whatever does not begin a connection.
    public static let established: [Expression] =
        transport(6) + [
            .payload(.transport, offset: 13, length: 1), .bitwise(mask: [0x17], flipped: [0]),
            .compare([0x02], is: .notEqual),
        ]

    /// `arp operation request`
    public static let arpRequest: [Expression] = [.payload(.network, offset: 6, length: 2), .compare([0, 1])]

    /// `arp daddr ip` into a register: the address that is asked for, over Ethernet.
    public static func arpTarget(into register: Register = .first) -> Expression {
        .payload(.network, offset: 24, length: 4, into: register)
    }

    /// A number in network order.
    public static func port(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 255)] }

    /// A number in the machine's order, as interface indexes and marks are.
    public static func native(_ number: UInt32) -> [UInt8] { withUnsafeBytes(of: number) { Array($0) } }
}
