public import Addresses

/// Where a socket is bound or connected to, as haproxy.cfg names it (configuration manual, section 4.2 "bind").
public enum SocketAddress: Sendable, Hashable {
    /// An address and its ports; the unspecified address is every address of its family. A server without a port has
    /// none.
    case ip(IPAddress, ports: ClosedRange<UInt16>?)
    /// A host name that is not resolved yet.
    case name(String, ports: ClosedRange<UInt16>?)
    case unix(String)
    /// A socket of Linux's abstract namespace, `abns@name`.
    case abstract(String)
    /// An inherited descriptor, `fd@3`.
    case descriptor(Int)

    public var ports: ClosedRange<UInt16>? {
        switch self {
        case .ip(_, let ports), .name(_, let ports): ports
        case .unix, .abstract, .descriptor: nil
        }
    }
}

extension SocketAddress: CustomStringConvertible {
    /// `10.0.0.1:80`, `[::]:8000-8009`, `unix@/run/x.sock`.
    public var description: String {
        switch self {
        case .ip(let address, let ports):
            (address.family == .v4 ? "\(address)" : "[\(address)]") + Self.text(of: ports)
        case .name(let name, let ports): name + Self.text(of: ports)
        case .unix(let path): "unix@\(path)"
        case .abstract(let name): "abns@\(name)"
        case .descriptor(let number): "fd@\(number)"
        }
    }

    private static func text(of ports: ClosedRange<UInt16>?) -> String {
        guard let ports else { return "" }
        return ports.count == 1 ? ":\(ports.lowerBound)" : ":\(ports.lowerBound)-\(ports.upperBound)"
    }
}
