/// What becomes of a packet.
public enum Verdict: Hashable, Sendable, Codable, CustomStringConvertible {
    /// Past this chain; others of the hook still see it.
    case accept
    /// Gone, and nobody is told.
    case drop
    /// On with the next rule.
    case next
    /// Back to where the chain was called from.
    case `return`
    /// To a chain, and back here at its end.
    case jump(String)
    /// To a chain, and not back.
    case goto(String)

    /// `NF_*` and `NFT_*`; the kernel has them negative or not.
    var number: Int32 {
        switch self {
        case .drop: 0
        case .accept: 1
        case .next: -1
        case .jump: -3
        case .goto: -4
        case .return: -5
        }
    }

    var chain: String? {
        switch self {
        case .jump(let name), .goto(let name): name
        default: nil
        }
    }

    init?(number: Int32, chain: String?) {
        switch (number, chain) {
        case (0, _): self = .drop
        case (1, _): self = .accept
        case (-1, _): self = .next
        case (-3, let name?): self = .jump(name)
        case (-4, let name?): self = .goto(name)
        case (-5, _): self = .return
        default: return nil
        }
    }

    /// As `nft` writes it.
    public var description: String {
        switch self {
        case .accept: "accept"
        case .drop: "drop"
        case .next: "continue"
        case .return: "return"
        case .jump(let name): "jump \(name)"
        case .goto(let name): "goto \(name)"
        }
    }
}
