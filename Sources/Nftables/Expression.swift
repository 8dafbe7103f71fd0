/// One step of a rule, as the kernel runs it. What fails to match ends the rule.
///
/// Each is what one line of `nft --debug=netlink` shows; ``Match`` puts together what one word of `nft` means.
public enum Expression: Hashable, Sendable, Codable {
    /// Where an offset counts from.
    public enum Header: UInt32, Hashable, Sendable, Codable {
        case link = 0
        case network = 1
        case transport = 2
    }

    /// What is known of a packet besides its bytes: `meta <key>` in `nft`.
    public enum MetaKey: UInt32, Hashable, Sendable, Codable {
        case mark = 3
        /// `iif`: the index of the interface it came by, in the byte order of the machine.
        case inputInterface = 4
        /// `oif`
        case outputInterface = 5
        /// `iifname`, 16 bytes.
        case inputName = 6
        /// `oifname`, 16 bytes.
        case outputName = 7
        /// `nfproto`, one byte: 2 is IPv4, 10 is IPv6.
        case networkProtocol = 15
        /// `l4proto`, one byte: 6 is TCP.
        case transportProtocol = 16
        /// `pkttype`, one byte: 0 to us, 1 broadcast, 2 multicast.
        case packetType = 19
    }

    public enum Comparison: UInt32, Hashable, Sendable, Codable {
        case equal = 0
        case notEqual = 1
        case less = 2
        case lessOrEqual = 3
        case greater = 4
        case greaterOrEqual = 5
    }

    public enum RateUnit: UInt64, Hashable, Sendable, Codable {
        case second = 1
        case minute = 60
        case hour = 3600
        case day = 86400
    }

    /// How a refused packet is answered: `reject with …`.
    public enum Rejection: Hashable, Sendable, Codable {
        /// `reject with tcp reset`
        case tcpReset
        /// `reject with icmp <code>`, `reject with icmpv6 <code>`, of the table's family.
        case icmp(code: UInt8)
        /// `reject with icmpx <code>`: either, by the packet's family. 1 is port-unreachable.
        case icmpx(code: UInt8)
    }

    /// `@nh,128,32`: bytes of a header into a register.
    case payload(Header, offset: Int, length: Int, into: Register = .first)
    /// `meta iif`
    case meta(MetaKey, into: Register = .first)
    /// `meta mark set …`: from a register.
    case setMeta(MetaKey, from: Register = .first)
    /// `== …`, `!= …`, in the order of bytes.
    case compare([UInt8], is: Comparison = .equal, in: Register = .first)
    /// `1024-65535`, `!= 1024-65535`: both ends belong to it.
    case range(Register = .first, isInverted: Bool = false, first: [UInt8], last: [UInt8])
    /// `& mask ^ flipped`
    case bitwise(Register = .first, into: Register = .first, mask: [UInt8], flipped: [UInt8])
    /// `@set`, `!= @set`
    case lookup(Register = .first, set: String, isInverted: Bool = false)
    /// `map @map`: the element's value into a register.
    case map(Register = .first, map: String, into: Register = .first)
    /// `vmap @map`: the element's verdict.
    case verdictMap(Register = .first, map: String)
    /// A constant into a register.
    case load([UInt8], into: Register = .first)
    /// `accept`, `drop`, `jump chain`, …
    case verdict(Verdict)
    /// `counter`: of the rule alone, and begun anew whenever the rule is.
    case counter
    /// `counter name "…"`: one of the table.
    case namedCounter(String)
    /// `limit rate 10/second burst 5 packets`; `isOver`: matches what is beyond.
    case limit(rate: UInt64, per: RateUnit, burst: UInt32 = 5, isOver: Bool = false)
    case reject(Rejection)
    /// `notrack`: no connection is looked for or made for the packet.
    case notrack
    /// Something that this library does not write; its name and nothing more.
    case other(String)
}
