public import Addresses

/// A server of a section that is `disabled`: nothing connects to it and nothing checks it, but it can be asked for.
public struct RestingServer: Hashable, Sendable {
    public var name: String
    /// What was given by `id`; 0: nothing, and nobody gives it a number.
    public var id: UInt32 = 0
    /// nil where there is none, or only a name, which nobody asks for.
    public var address: IPAddress?
    /// Its port, or by how much that of the client is moved.
    public var port: UInt32 = 0
    public var hostName: String?
    /// Its own line says `disabled`, too.
    public var isDisabled = false
    public var weight: UInt16 = 1
    /// `rise`
    public var rise: UInt32 = 2
    /// `ssl`
    public var usesTLS = false
    /// Where checks and agents would go, as it was said.
    public var stated = StatedPlaces()

    public init(name: String) { self.name = name }
}

extension ByteWriter {
    mutating func write(_ server: RestingServer) {
        string(server.name)
        number(server.id)
        optional(server.address) { $0.address($1) }
        number(server.port)
        optional(server.hostName) { $0.string($1) }
        flag(server.isDisabled)
        number(server.weight)
        number(server.rise)
        flag(server.usesTLS)
        write(server.stated)
    }
}

extension ByteReader {
    mutating func restingServer() throws(MalformedSnapshot) -> RestingServer {
        var server = RestingServer(name: try string())
        server.id = try number()
        server.address = try flag() ? try address() : nil
        server.port = try number()
        server.hostName = try flag() ? try string() : nil
        server.isDisabled = try flag()
        server.weight = try number()
        server.rise = try number()
        server.usesTLS = try flag()
        server.stated = try statedPlaces()
        return server
    }
}
