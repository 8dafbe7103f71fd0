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

    /// `maxconnrate`, `maxsessrate`, `maxsslrate`, `maxcomprate`
    public var connections: UInt32 = 0
    public var sessions: UInt32 = 0
    public var tlsSessions: UInt32 = 0
    public var compression: UInt32 = 0

    public init() {}

    public subscript(kind: Kind) -> UInt32 {
        get {
            switch kind {
            case .connections: connections
            case .sessions: sessions
            case .tlsSessions: tlsSessions
            case .compression: compression
            }
        }
        set {
            switch kind {
            case .connections: connections = newValue
            case .sessions: sessions = newValue
            case .tlsSessions: tlsSessions = newValue
            case .compression: compression = newValue
            }
        }
    }
}
