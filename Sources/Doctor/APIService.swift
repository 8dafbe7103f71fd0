public import Addresses
public import Files
internal import Glibc
public import Syscalls

/// Where the Data Plane API listens, as its settings say: `TLS_HOST` and `TLS_PORT` of dataplaneapi.cfg.
public struct APIService: Sendable, Hashable {
    public static let path = "/etc/haproxy/dataplaneapi.cfg"

    /// The address may be the unspecified one: then it listens on every address of management.
    public var endpoint: Endpoint

    public init(endpoint: Endpoint) { self.endpoint = endpoint }

    /// - Throws: `SystemError` with EINVAL for a file that does not say where.
    /// - Returns: nil where there is no API.
    public static func read(_ root: Root) throws(SystemError) -> APIService? {
        guard let text = try AtomicFile.readText(root[path], limit: 1 << 16) else { return nil }
        func value(_ name: String) -> String? {
            text.split(separator: "\n").last { $0.hasPrefix(name + "=") }.map {
                String($0.dropFirst(name.utf8.count + 1))
            }
        }
        guard let host = value("TLS_HOST").flatMap({ IPAddress($0) }),
            let port = value("TLS_PORT").flatMap({ UInt16($0) })
        else { throw SystemError(code: EINVAL, operation: "read TLS_HOST and TLS_PORT of \(path)") }
        return APIService(endpoint: Endpoint(host, port: port))
    }

    /// Where it is reached from this machine.
    public var local: Endpoint {
        guard endpoint.address.isUnspecified else { return endpoint }
        let family = endpoint.address.family
        return Endpoint(IPAddress(family: family, number: family == .v4 ? 0x7F00_0001 : 1), port: endpoint.port)
    }

    /// Why it takes no connections; nil if it does.
    public func refusal(milliseconds: CInt) -> SystemError? {
        SocketConnection.refusal(local, milliseconds: milliseconds)
    }
}
