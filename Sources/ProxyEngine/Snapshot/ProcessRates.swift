/// What the whole process may take a second; 0 is no limit.
public struct ProcessRates: Hashable, Sendable {
    /// As `set rate-limit` names them, by the order of their numbers.
    public enum Kind: UInt8, CaseIterable, Sendable {
        case connections
        case sessions
        /// There is no TLS and no compression here that a limit could be of: it is told of, as HAProxy does.
        case tlsSessions
        /// In bytes.
        case compression
    }

    /// By kind: `maxconnrate`, `maxsessrate`, `maxsslrate`, `maxcomprate`.
    private var rates = [UInt32](repeating: 0, count: Kind.allCases.count)

    public init() {}

    public subscript(kind: Kind) -> UInt32 {
        get { rates[Int(kind.rawValue)] }
        set { rates[Int(kind.rawValue)] = newValue }
    }
}

extension ProcessRates.Kind {
    /// What a file or a command means: of compression it speaks in kilobytes.
    public func rate(_ value: Int) -> UInt32 {
        let value = UInt32(clamping: value)
        return self == .compression ? UInt32(clamping: UInt64(value) * 1024) : value
    }
}
