/// What the master tells its worker of a change: see ``EncodedSnapshot/edit(after:)``.
extension SnapshotEdit {
    /// - Throws: ``MalformedSnapshot`` for bytes that are not an edit.
    public init(encoded bytes: [UInt8]) throws(MalformedSnapshot) { try self.init(encoded: bytes, from: 0) }

    /// - Parameter start: Where the edit begins.
    public init(encoded bytes: [UInt8], from start: Int) throws(MalformedSnapshot) {
        var reader = ByteReader(bytes, from: start)
        let settings = try reader.settings()
        let tables = try reader.list { (reader) throws(MalformedSnapshot) in try reader.stickTable() }
        let authorities = try reader.texts()
        let groups = try reader.list { (reader) throws(MalformedSnapshot) in try reader.logGroup() }
        let frontends: [Run<Frontend>] = try reader.runs { (reader) throws(MalformedSnapshot) in try reader.frontend() }
        let backends: [Run<Backend>] = try reader.runs { (reader) throws(MalformedSnapshot) in try reader.backend() }
        let order = try reader.proxyOrder()
        let files = try reader.list { (reader) throws(MalformedSnapshot) in try reader.patternFileEdit() }
        let readings: UInt64 = try reader.number()
        guard reader.isAtEnd else { throw MalformedSnapshot() }
        self.init(
            settings: settings,
            frontends: frontends,
            backends: backends,
            stickTables: tables,
            authorities: authorities,
            logGroups: groups
        )
        self.order = order
        patternFiles = files
        self.readings = readings
    }
}

extension ByteWriter {
    mutating func write(_ run: EncodedSnapshot.Run) {
        switch run {
        case .kept(let places):
            flag(true)
            number(UInt32(truncatingIfNeeded: places.lowerBound))
            number(UInt32(truncatingIfNeeded: places.count))
        case .fresh(let proxies):
            flag(false)
            number(UInt32(truncatingIfNeeded: proxies.count))
            for proxy in proxies { bytes += proxy.bytes }
        }
    }

    mutating func write(_ settings: EngineSettings) {
        number(UInt32(truncatingIfNeeded: settings.threads))
        number(UInt32(truncatingIfNeeded: settings.maxConnections))
        number(settings.logGroup)
        number(UInt32(truncatingIfNeeded: settings.spreadChecks))
        optional(settings.maxSpreadChecks) { $0.number($1) }
        optional(settings.hardStopAfter) { $0.number($1) }
        optional(settings.grace) { $0.number($1) }
        flag(settings.usesSplice)
        flag(settings.loadsTLS)
        list(settings.peers) { $0.write($1) }
        for kind in ProcessRates.Kind.allCases { number(settings.rates[kind]) }
        list(settings.variables) { $0.write($1) }
    }

    mutating func texts(_ texts: [String: String]) {
        list(texts.sorted { $0.key < $1.key }) {
            $0.string($1.key)
            $0.string($1.value)
        }
    }
}

extension ByteReader {
    fileprivate mutating func runs<Proxy>(
        _ body: (inout ByteReader) throws(MalformedSnapshot) -> Proxy
    ) throws(MalformedSnapshot) -> [SnapshotEdit.Run<Proxy>] {
        try list { (reader) throws(MalformedSnapshot) in
            guard try reader.flag() else { return .fresh(try reader.list(body)) }
            let start = Int(try reader.number(UInt32.self))
            return .kept(start..<start + Int(try reader.number(UInt32.self)))
        }
    }

    mutating func settings() throws(MalformedSnapshot) -> EngineSettings {
        var settings = EngineSettings(
            threads: Int(try number(UInt32.self)),
            maxConnections: Int(try number(UInt32.self))
        )
        settings.logGroup = try number()
        settings.spreadChecks = Int(try number(UInt32.self))
        settings.maxSpreadChecks = try optionalNumber()
        settings.hardStopAfter = try optionalNumber()
        settings.grace = try optionalNumber()
        settings.usesSplice = try flag()
        settings.loadsTLS = try flag()
        settings.peers = try list { (reader) throws(MalformedSnapshot) in try reader.peersSection() }
        for kind in ProcessRates.Kind.allCases { settings.rates[kind] = try number() }
        settings.variables = try list { (reader) throws(MalformedSnapshot) in try reader.processVariable() }
        return settings
    }

    mutating func texts() throws(MalformedSnapshot) -> [String: String] {
        let texts = try list { (reader) throws(MalformedSnapshot) in (try reader.string(), try reader.string()) }
        return Dictionary(texts) { first, _ in first }
    }
}
