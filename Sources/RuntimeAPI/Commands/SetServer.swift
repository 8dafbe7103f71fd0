/// `set server <backend>/<server> …`: changes a server until the next reload.
public struct SetServer: RuntimeOrder {
    public enum Change: Sendable, Hashable {
        case state(ServerState.Admin)
        case health(ServerState.Operational)
        /// 0 to 256.
        case weight(Int)
        /// An IPv4 or IPv6 address without brackets.
        case address(String, port: Int?)
    }

    private let server: String
    private let change: Change

    public init(_ server: String, in backend: String, _ change: Change) {
        self.server = "\(backend)/\(server)"
        self.change = change
    }

    public var words: [String] {
        let head = ["set", "server", server]
        switch change {
        case .state(let state): return head + ["state", state.rawValue]
        case .health(let health): return head + ["health", health.rawValue]
        case .weight(let weight): return head + ["weight", String(weight)]
        case .address(let address, let port):
            return head + ["addr", address] + (port.map { ["port", String($0)] } ?? [])
        }
    }

    public func isSuccess(_ text: String) -> Bool {
        guard case .address = change else { return false }
        return text.hasPrefix("IP changed from ") || text.hasPrefix("no need to change the addr")
    }
}
