extension TableQuestion {
    public func encoded() -> [UInt8] {
        var writer = ByteWriter()
        switch self {
        case .sizes: writer.number(UInt8(0))
        case .show(let name, let entries):
            writer.number(UInt8(1))
            writer.string(name)
            writer.write(entries)
        case .clear(let name, let entries):
            writer.number(UInt8(2))
            writer.string(name)
            writer.write(entries)
        case .set(let name, let key, let values):
            writer.number(UInt8(3))
            writer.string(name)
            writer.list(key) { $0.number($1) }
            writer.list(values) {
                $0.number($1.kind.rawValue)
                $0.number($1.value)
            }
        }
        return writer.bytes
    }

    /// - Throws: ``MalformedSnapshot`` for bytes that ``encoded()`` did not make.
    public init(encoded bytes: [UInt8]) throws(MalformedSnapshot) {
        var reader = ByteReader(bytes)
        switch try reader.number(UInt8.self) {
        case 0: self = .sizes
        case 1: self = .show(try reader.string(), try reader.tableEntries())
        case 2: self = .clear(try reader.string(), try reader.tableEntries())
        case 3:
            self = .set(
                try reader.string(),
                key: try reader.list { (reader) throws(MalformedSnapshot) in try reader.number() },
                try reader.list { (reader) throws(MalformedSnapshot) in
                    TableQuestion.Value(try reader.stickKind(), try reader.number())
                }
            )
        default: throw MalformedSnapshot()
        }
        guard reader.isAtEnd else { throw MalformedSnapshot() }
    }
}

extension TableAnswer {
    public func encoded() -> [UInt8] {
        var writer = ByteWriter()
        switch self {
        case .sizes(let sizes):
            writer.number(UInt8(0))
            writer.list(sizes.sorted { $0.key < $1.key }) {
                $0.string($1.key)
                $0.number($1.value)
            }
        case .rows(let used, let rows):
            writer.number(UInt8(1))
            writer.number(used)
            writer.list(rows) { $0.write($1) }
        case .refused: writer.number(UInt8(2))
        case .done: writer.number(UInt8(3))
        }
        return writer.bytes
    }

    /// - Throws: ``MalformedSnapshot`` for bytes that ``encoded()`` did not make.
    public init(encoded bytes: [UInt8]) throws(MalformedSnapshot) {
        var reader = ByteReader(bytes)
        switch try reader.number(UInt8.self) {
        case 0:
            let sizes = try reader.list { (reader) throws(MalformedSnapshot) in
                (try reader.string(), try reader.number(UInt32.self))
            }
            self = .sizes(Dictionary(sizes) { first, _ in first })
        case 1:
            self = .rows(
                used: try reader.number(),
                try reader.list { (reader) throws(MalformedSnapshot) in try reader.tableRow() }
            )
        case 2: self = .refused
        case 3: self = .done
        default: throw MalformedSnapshot()
        }
        guard reader.isAtEnd else { throw MalformedSnapshot() }
    }
}

extension ByteWriter {
    fileprivate mutating func write(_ entries: TableQuestion.Entries) {
        switch entries {
        case .key(let key):
            flag(true)
            list(key) { $0.number($1) }
        case .matching(let filters):
            flag(false)
            list(filters) {
                $0.number($1.kind.rawValue)
                $0.number($1.comparison.rawValue)
                $0.number($1.value)
            }
        }
    }

    fileprivate mutating func write(_ row: TableAnswer.Row) {
        number(row.place)
        list(row.key) { $0.number($1) }
        number(row.uses)
        number(row.rest)
        list(row.values) { $0.number($1) }
        optional(row.server) { $0.string($1) }
    }
}

extension ByteReader {
    fileprivate mutating func stickKind() throws(MalformedSnapshot) -> StickData.Kind {
        guard let kind = StickData.Kind(rawValue: try number()) else { throw MalformedSnapshot() }
        return kind
    }

    fileprivate mutating func tableEntries() throws(MalformedSnapshot) -> TableQuestion.Entries {
        if try flag() {
            return .key(try list { (reader) throws(MalformedSnapshot) in try reader.number() })
        }
        return .matching(
            try list { (reader) throws(MalformedSnapshot) in
                let kind = try reader.stickKind()
                guard let comparison = TableQuestion.Filter.Comparison(rawValue: try reader.number()) else {
                    throw MalformedSnapshot()
                }
                return TableQuestion.Filter(kind, comparison, try reader.number())
            }
        )
    }

    fileprivate mutating func tableRow() throws(MalformedSnapshot) -> TableAnswer.Row {
        TableAnswer.Row(
            place: try number(),
            key: try list { (reader) throws(MalformedSnapshot) in try reader.number() },
            uses: try number(),
            rest: try number(),
            values: try list { (reader) throws(MalformedSnapshot) in try reader.number() },
            server: try flag() ? try string() : nil
        )
    }
}
