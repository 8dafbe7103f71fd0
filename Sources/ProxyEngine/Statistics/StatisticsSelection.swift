/// Which rows of `show stat` are wanted (management guide, 9.3).
public struct StatisticsSelection: Hashable, Sendable {
    /// A proxy by name, or by number with `#`; nil is all.
    public var proxy: String?
    /// 1: frontends, 2: backends, 4: servers, 8: listeners.
    public var types = 15
    /// A server by number; nil is all.
    public var server: Int?
    /// `up`: servers that are down are left out.
    public var hidesDown = false
    /// `no-maint`: servers in maintenance are left out.
    public var hidesMaintenance = false
    /// Addresses, cookies and algorithms are told (`stats show-legends`, levels operator and admin).
    public var showsLegends = true

    public init() {}

    public func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.optional(proxy) { $0.string($1) }
        writer.number(UInt32(truncatingIfNeeded: types))
        writer.optional(server) { $0.number(UInt32(clamping: $1)) }
        for flag in [hidesDown, hidesMaintenance, showsLegends] { writer.flag(flag) }
        return writer.bytes
    }

    /// - Throws: ``MalformedSnapshot`` for bytes that ``encoded()`` did not make.
    public init(encoded bytes: [UInt8]) throws(MalformedSnapshot) {
        var reader = ByteReader(bytes)
        proxy = try reader.flag() ? try reader.string() : nil
        types = Int(try reader.number(UInt32.self))
        server = try reader.optionalNumber().map { Int($0) }
        hidesDown = try reader.flag()
        hidesMaintenance = try reader.flag()
        showsLegends = try reader.flag()
        guard reader.isAtEnd else { throw MalformedSnapshot() }
    }
}
