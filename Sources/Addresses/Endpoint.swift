/// An address and a port: `10.13.200.34:6443`, `[fd00::1]:443`.
public struct Endpoint: Hashable, Sendable {
    public var address: IPAddress
    public var port: UInt16

    public init(_ address: IPAddress, port: UInt16) {
        self.address = address
        self.port = port
    }
}

extension Endpoint: LosslessStringConvertible {
    /// The last colon separates the port, as in haproxy.cfg: `fd00::1:443` is port 443 of `fd00::1`.
    public init?(_ description: String) {
        guard let colon = description.lastIndex(of: ":"),
            let port = decimal(description[description.index(after: colon)...], most: 65535)
        else { return nil }
        var host = description[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard let address = IPAddress(host) else { return nil }
        self.init(address, port: UInt16(port))
    }

    public var description: String {
        guard address.family == .v4 else { return "[\(address)]:\(port)" }
        // An address, a colon and a port.
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 15 + 1 + 5) { text in
            var end = IPAddress.write(UInt32(truncatingIfNeeded: address.number), to: text)
            text[end] = UInt8(ascii: ":")
            end += 1
            end += IPAddress.write(port, to: text, at: end)
            return String(decoding: text[..<end], as: UTF8.self)
        }
    }
}

extension Endpoint: Comparable {
    public static func < (a: Endpoint, b: Endpoint) -> Bool { (a.address, a.port) < (b.address, b.port) }
}
