/// A stick table as its peers are told of it.
final class PeerTable {
    /// What this side calls it, from 1.
    let id: UInt64
    /// The name of its section; `/t` for a table `t` of the `peers` section itself.
    let name: String
    let shared: SharedStickTable

    init(id: UInt64, _ shared: SharedStickTable, of section: String) {
        self.id = id
        self.shared = shared
        let own = shared.table.name
        name = own.hasPrefix(section + "/") ? String(own.dropFirst(section.count)) : own
    }

    /// Numbers of the protocol for kinds of keys.
    var keyType: UInt64 {
        switch shared.table.kind {
        case .integer: 2
        case .v4: 4
        case .v6: 5
        case .string: 6
        case .binary: 7
        }
    }

    var keyLength: UInt64 {
        switch shared.table.kind {
        case .v4, .integer: 4
        case .v6: 16
        case .string, .binary: UInt64(shared.table.length)
        }
    }

    /// What is known of the table before its entries are told of.
    var definition: PeerWriter {
        var body = PeerWriter()
        body.number(id)
        body.text(name.utf8)
        body.number(keyType)
        body.number(keyLength)
        body.number(shared.table.data.reduce(0) { $0 | 1 << UInt64($1.kind.rawValue) })
        body.number(shared.memory.pointee.expiry)
        for data in shared.table.data where data.kind.isArray || data.kind.form == .rate {
            body.number(UInt64(data.kind.rawValue))
            if data.kind.isArray { body.number(UInt64(data.count)) }
            if data.kind.form == .rate { body.number(UInt64(data.period)) }
        }
        return body
    }
}

/// A table as another peer defines it.
struct PeerTableDefinition {
    let name: String
    let keyType: UInt64
    let keyLength: UInt64
    let data: [StickData]

    /// nil for what is no definition.
    init?(_ reader: inout PeerReader) {
        guard let name = reader.text(), let type = reader.number(), let length = reader.number(),
            let kinds = reader.number(), reader.number() != nil
        else { return nil }
        var data: [StickData] = []
        for kind in StickData.Kind.allCases where kinds >> UInt64(kind.rawValue) & 1 != 0 {
            data.append(StickData(kind))
        }
        // Kinds of later versions cannot be told apart.
        guard kinds >> UInt64(StickData.Kind.allCases.count) == 0, length <= 1 << 16 else { return nil }
        while let number = reader.number() {
            guard let index = data.firstIndex(where: { UInt64($0.kind.rawValue) == number }) else { return nil }
            if data[index].kind.isArray {
                guard let count = reader.number(), count <= 100 else { return nil }
                data[index].count = UInt16(count)
            }
            if data[index].kind.form == .rate {
                guard let period = reader.number() else { return nil }
                data[index].period = UInt32(truncatingIfNeeded: period)
            }
        }
        self.name = String(decoding: name, as: UTF8.self)
        keyType = type
        keyLength = length
        self.data = data
    }
}

/// An entry on its way to or from a peer.
struct PeerEntry: Equatable {
    var key: [UInt8]
    /// Milliseconds until it expires.
    var rest: UInt32
    /// The number of its last change here.
    var update: UInt32
    /// Of each ``StickData`` in order; three for an element of a rate: how long ago its period began, and the events of this one and
    /// of the one before.
    var values: [UInt64]
}

extension StickMemory {
    /// The entry as peers are told of it.
    func peerEntry(_ index: UInt32, _ data: [StickData], _ now: UInt64) -> PeerEntry {
        var values: [UInt64] = []
        for data in data {
            for element in 0..<UInt32(data.count) {
                guard data.kind.form == .rate, let offset = columns.offset(data.kind, element) else {
                    values.append(value(data.kind, element, index, now) ?? 0)
                    continue
                }
                let counter = (entry(index) + offset).assumingMemoryBound(to: PeriodCounter.self).pointee
                let age = UInt32(truncatingIfNeeded: now) &- counter.tick
                values += [UInt64(age), UInt64(counter.current), UInt64(counter.former)]
            }
        }
        return PeerEntry(
            key: Array(key(index)),
            rest: UInt32(clamping: rest(index, now)),
            update: update(index),
            values: values
        )
    }

    /// Takes over what a peer says of an entry. Connections that exist are those of this process.
    mutating func learn(_ learnt: PeerEntry, _ data: [StickData], now: UInt64) {
        locked { table in
            let index = learnt.key.withUnsafeBytes { table.findOrMake($0, now) }
            if index == Self.none { return }
            var rest = learnt.values[...]
            for data in data {
                for element in 0..<UInt32(data.count) {
                    let values = rest.prefix(data.kind.form == .rate ? 3 : 1)
                    rest = rest.dropFirst(values.count)
                    if data.kind != .currentConnections { table.learn(Array(values), data.kind, element, index, now) }
                }
            }
            let time = Self.time(now) &+ UInt64(learnt.rest)
            table.date(index, table.expiry == 0 ? Self.time(now) : time &- min(time, table.expiry))
        }
    }

    private func learn(
        _ values: [UInt64],
        _ kind: StickData.Kind,
        _ element: UInt32,
        _ index: UInt32,
        _ now: UInt64
    ) {
        guard let offset = columns.offset(kind, element), let first = values.first else { return }
        if kind.form == .rate, values.count == 3 {
            (entry(index) + offset).assumingMemoryBound(to: PeriodCounter.self).pointee = PeriodCounter(
                tick: (UInt32(truncatingIfNeeded: now) &- UInt32(truncatingIfNeeded: first)) & ~1,
                current: UInt32(truncatingIfNeeded: values[1]),
                former: UInt32(truncatingIfNeeded: values[2])
            )
        } else if kind.form == .name {
            (entry(index) + offset).storeBytes(of: UInt32(truncatingIfNeeded: first), as: UInt32.self)
        } else {
            set(kind, element, index, first, now)
        }
    }
}
