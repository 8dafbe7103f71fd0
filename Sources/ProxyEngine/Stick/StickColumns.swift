/// Where an entry of a stick table has what: a head, the key, then what the table stores and, if it has peers, what they need.
struct StickColumns {
    struct Column {
        /// From the beginning of the entry; 0: it is not stored.
        var offset: UInt32 = 0
        var count: UInt32 = 0
        /// Milliseconds of a rate.
        var period: UInt32 = 0
    }

    private let columns: UnsafeMutablePointer<Column>
    /// Bytes for the key.
    let keyRoom: Int
    let stride: Int
    /// Of the ``StickPeerNote``; 0: the table has no peers.
    let noteOffset: Int

    init(_ table: StickTable) {
        let kinds = StickData.Kind.allCases.count
        columns = .allocate(capacity: kinds)
        columns.initialize(repeating: Column(), count: kinds)
        keyRoom = Self.keyRoom(table)
        var end = StickMemory.keyOffset + (keyRoom + 3) & ~3
        var isWide = false
        for data in table.data.sorted(by: { $0.kind.rawValue < $1.kind.rawValue }) {
            let index = Int(data.kind.rawValue)
            if columns[index].offset != 0 { continue }
            if data.kind.form == .wide {
                end = (end + 7) & ~7
                isWide = true
            }
            columns[index] = Column(offset: UInt32(end), count: UInt32(data.count), period: data.period)
            end += Int(data.count) * Self.size(data.kind.form)
        }
        noteOffset = table.peers == nil ? 0 : end
        if table.peers != nil { end += MemoryLayout<StickPeerNote>.stride }
        stride = isWide ? (end + 7) & ~7 : end
    }

    func release() { columns.deallocate() }

    subscript(_ kind: StickData.Kind) -> Column { columns[Int(kind.rawValue)] }

    /// nil where there is no such element.
    @inline(__always)
    func offset(_ kind: StickData.Kind, _ element: UInt32 = 0) -> Int? {
        let column = columns[Int(kind.rawValue)]
        guard column.offset != 0, element < column.count else { return nil }
        return Int(column.offset) + Int(element) * Self.size(kind.form)
    }

    private static func size(_ form: StickData.Form) -> Int {
        switch form {
        case .signed, .unsigned, .name: 4
        case .wide: 8
        case .rate: MemoryLayout<PeriodCounter>.size
        }
    }

    private static func keyRoom(_ table: StickTable) -> Int {
        switch table.kind {
        case .v4, .integer: 4
        case .v6: 16
        // The last one is a NUL to HAProxy.
        case .string: max(1, Int(table.length)) - 1
        case .binary: Int(table.length)
        }
    }

    /// The bytes of an entry.
    static func stride(_ table: StickTable) -> Int {
        let columns = StickColumns(table)
        defer { columns.release() }
        return columns.stride
    }
}

/// What the peers of a table need to know of an entry.
struct StickPeerNote {
    /// The number of its last change.
    var update: UInt32 = 0
    /// The next entry whose change they have not been told of: its index plus 2; 1: the last of them; 0: they have.
    var next: UInt32 = 0
}
