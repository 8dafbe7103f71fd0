/// An entry of a table, as values.
struct StickRow: Equatable {
    /// Its place in the table.
    var index: UInt32
    var key: [UInt8]
    var uses: UInt32
    /// Milliseconds until it expires; 0: it does not.
    var rest: UInt64
    /// Of each ``StickData`` of the table in order, arrays with all their elements.
    var values: [UInt64]
}

extension StickMemory {
    /// Entries looked at under one lock.
    private static let slice: UInt32 = 256

    /// Calls `body` with every entry under the lock, which is let go of now and then: those that come and go meanwhile may be
    /// missed.
    mutating func forEach(now: UInt64, _ body: (inout StickMemory, UInt32) -> Void) {
        var next: UInt32 = 0
        var isThrough = false
        while !isThrough {
            locked { table in
                let end = min(table.highest, next &+ Self.slice)
                while next < end {
                    if table.isThere(next), !table.isExpired(next, now) { body(&table, next) }
                    next += 1
                }
                isThrough = next >= table.highest
            }
        }
    }

    func row(_ index: UInt32, _ data: [StickData], _ now: UInt64) -> StickRow {
        var values: [UInt64] = []
        for data in data {
            for element in 0..<UInt32(data.count) { values.append(value(data.kind, element, index, now) ?? 0) }
        }
        return StickRow(
            index: index,
            key: Array(key(index)),
            uses: head(index).pointee.uses,
            rest: rest(index, now),
            values: values
        )
    }

    /// Removes an entry that nobody tracks; false if somebody does.
    mutating func clear(_ index: UInt32) -> Bool {
        if head(index).pointee.uses > 0 { return false }
        remove(index)
        return true
    }

    /// Takes over what `other` knows, as far as this table stores it too. Who is connected is counted there to the end.
    mutating func copy(from other: inout StickMemory, now: UInt64) {
        other.forEach(now: now) { former, index in
            locked { table in
                let made = table.findOrMake(former.key(index), now)
                if made == Self.none { return }
                table.date(made, former.head(index).pointee.touched)
                for kind in StickData.Kind.allCases where kind != .currentConnections {
                    table.copy(kind, made, from: former, index)
                }
            }
        }
    }

    private func copy(_ kind: StickData.Kind, _ index: UInt32, from other: StickMemory, _ former: UInt32) {
        guard columns[kind].period == other.columns[kind].period else { return }
        for element in 0..<min(columns[kind].count, other.columns[kind].count) {
            guard let to = columns.offset(kind, element), let from = other.columns.offset(kind, element) else { return }
            let size = kind.form == .wide ? 8 : kind.form == .rate ? MemoryLayout<PeriodCounter>.size : 4
            (entry(index) + to).copyMemory(from: other.entry(former) + from, byteCount: size)
        }
    }
}
