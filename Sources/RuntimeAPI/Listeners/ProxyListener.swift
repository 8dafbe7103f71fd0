public import Addresses

/// Where a frontend of the proxy listens, as the master tells those who follow its listeners.
///
/// As a line: `listen <frontend> <address>:<port>`, IPv6 in brackets, any address as `*` or `[::]`. Unix sockets, and
/// listeners in other network namespaces, are not among them.
public struct ProxyListener: Hashable, Sendable, CustomStringConvertible {
    public enum State: String, Sendable, Hashable {
        /// It listens.
        case listen
        /// It cannot be bound, because its address is none of the machine's.
        case want
    }

    public var state: State
    public var frontend: String
    /// Its address is unspecified where it listens on any of the family.
    public var endpoint: Endpoint

    public init(_ state: State = .listen, frontend: String, endpoint: Endpoint) {
        self.state = state
        self.frontend = frontend
        self.endpoint = endpoint
    }

    /// Reads a line; nil if it is none of a listener.
    public init?(line: some StringProtocol) {
        let words = line.split(separator: " ")
        guard words.count == 3, let state = State(rawValue: String(words[0])) else { return nil }
        let place = words[2].hasPrefix("*:") ? "0.0.0.0" + words[2].dropFirst() : String(words[2])
        guard let endpoint = Endpoint(place) else { return nil }
        self.init(state, frontend: String(words[1]), endpoint: endpoint)
    }

    public var description: String {
        let isAny = endpoint.address.family == .v4 && endpoint.address.isUnspecified
        let place = isAny ? "*:\(endpoint.port)" : endpoint.description
        return "\(state.rawValue) \(frontend) \(place)"
    }
}
