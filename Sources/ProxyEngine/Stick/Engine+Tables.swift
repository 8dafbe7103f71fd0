extension Engine {
    public func answer(_ question: TableQuestion) -> TableAnswer {
        let now = Clock.monotonic()
        switch question {
        case .sizes: return .sizes(tables.mapValues { UInt32(clamping: $0.memory.pointee.count(now: now)) })
        case .show(let name, let entries):
            guard let shared = tables[name] else { return .refused }
            return rows(shared, entries, now)
        case .clear(let name, let entries):
            guard let shared = tables[name] else { return .refused }
            return Self.clear(shared, entries, now) ? .done : .refused
        case .set(let name, let key, let values):
            guard let shared = tables[name] else { return .refused }
            return Self.set(shared, key, values, now) ? .done : .refused
        }
    }

    private func rows(_ shared: SharedStickTable, _ entries: TableQuestion.Entries, _ now: UInt64) -> TableAnswer {
        let memory = shared.memory
        let used = UInt32(clamping: memory.pointee.count(now: now))
        var rows: [TableAnswer.Row] = []
        let data = shared.table.data
        let names = serverNames
        func add(_ table: StickMemory, _ index: UInt32) {
            let row = table.row(index, data, now)
            rows.append(
                TableAnswer.Row(
                    place: index,
                    key: row.key,
                    uses: row.uses,
                    rest: row.rest,
                    values: row.values.map { Int64(bitPattern: $0) },
                    server: names.text(of: table.number(.serverKey, index))
                )
            )
        }
        switch entries {
        case .key(let key):
            memory.pointee.locked { table in
                let index = key.withUnsafeBytes { table.find($0, now) }
                if index != StickMemory.none { add(table, index) }
            }
        case .matching(let filters):
            memory.pointee.forEach(now: now) { table, index in
                if Self.holds(filters, table, index, now) { add(table, index) }
            }
        }
        return .rows(used: used, rows)
    }

    private static func holds(
        _ filters: [TableQuestion.Filter],
        _ table: StickMemory,
        _ index: UInt32,
        _ now: UInt64
    ) -> Bool {
        filters.allSatisfy { filter in
            // The text of a server is no number; HAProxy takes it for 0.
            let value = filter.kind.form == .name ? 0 : table.value(filter.kind, 0, index, now) ?? 0
            return filter.holds(Int64(bitPattern: value))
        }
    }

    private static func clear(_ shared: SharedStickTable, _ entries: TableQuestion.Entries, _ now: UInt64) -> Bool {
        switch entries {
        case .key(let key):
            return shared.memory.pointee.locked { table in
                let index = key.withUnsafeBytes { table.find($0, now) }
                return index == StickMemory.none || table.clear(index)
            }
        case .matching(let filters):
            shared.memory.pointee.forEach(now: now) { table, index in
                if holds(filters, table, index, now) { _ = table.clear(index) }
            }
            return true
        }
    }

    private static func set(
        _ shared: SharedStickTable,
        _ key: [UInt8],
        _ values: [TableQuestion.Value],
        _ now: UInt64
    ) -> Bool {
        shared.memory.pointee.locked { table in
            let index = key.withUnsafeBytes { table.findOrMake($0, now) }
            if index == StickMemory.none { return false }
            for value in values { table.set(value.kind, 0, index, UInt64(bitPattern: value.value), now) }
            table.touch(index, now)
            return true
        }
    }
}
