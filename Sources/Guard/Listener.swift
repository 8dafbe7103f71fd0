public import Addresses

/// A socket that the proxy listens on with TCP.
public struct Listener: Hashable, Sendable {
    /// `0.0.0.0` and `::` stand for every address; with either, the port answers on every address of both families.
    public var address: IPAddress
    public var port: UInt16
    /// Whose bind it is; several frontends may share an address and port.
    public var frontend: String

    public init(address: IPAddress, port: UInt16, frontend: String) {
        self.address = address
        self.port = port
        self.frontend = frontend
    }

    /// Bound to no address of its own.
    public var isWildcard: Bool { address.isUnspecified }
}

extension Listener: CustomStringConvertible {
    /// `web 10.13.200.33:80`, `web [2001:db8::1]:80`.
    public var description: String {
        address.family == .v4 ? "\(frontend) \(address):\(port)" : "\(frontend) [\(address)]:\(port)"
    }
}
