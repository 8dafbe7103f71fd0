// What is counted for a key: by the connections that track it, and by rules.
extension StickMemory {
    /// One of the keys, or an entry that is tracked.
    enum Place {
        case key(UnsafeRawBufferPointer)
        case entry(UInt32)
    }

    enum Reading: Equatable {
        /// The table does not store that.
        case notStored
        case noEntry
        case value(UInt64)
    }

    // MARK: - Tracking

    /// A connection begins to be counted for a key; ``none`` if there is no room.
    mutating func track(_ key: UnsafeRawBufferPointer, now: UInt64) -> UInt32 {
        locked { table in
            let index = table.findOrMake(key, now)
            if index == Self.none { return index }
            table.retain(index)
            table.add(1, .currentConnections, index)
            table.add(1, .connections, index)
            table.add(1, rate: .connectionRate, index, now)
            table.touch(index, now)
            return index
        }
    }

    /// The connection of a tracked entry was accepted. Its time does not start anew, as with HAProxy.
    mutating func countSession(_ index: UInt32, now: UInt64) {
        locked { table in
            table.add(1, .sessions, index)
            table.add(1, rate: .sessionRate, index, now)
        }
    }

    /// The connection of a tracked entry has ended.
    mutating func untrack(_ index: UInt32, bytesIn: UInt64, bytesOut: UInt64, now: UInt64) {
        locked { table in
            if bytesIn > 0 { table.add(bytes: bytesIn, .bytesIn, .bytesInRate, index, now) }
            if bytesOut > 0 { table.add(bytes: bytesOut, .bytesOut, .bytesOutRate, index, now) }
            if let offset = table.columns.offset(.currentConnections) {
                let place = (table.entry(index) + offset).assumingMemoryBound(to: UInt32.self)
                // Somebody may have set it.
                if place.pointee > 0 { place.pointee -= 1 }
                table.touch(index, now)
            }
            table.release(index, now)
        }
    }

    private mutating func add(
        bytes: UInt64,
        _ sum: StickData.Kind,
        _ rate: StickData.Kind,
        _ index: UInt32,
        _ now: UInt64
    ) {
        if let offset = columns.offset(sum) {
            (entry(index) + offset).assumingMemoryBound(to: UInt64.self).pointee &+= bytes
        }
        add(UInt32(truncatingIfNeeded: bytes), rate: rate, index, now)
        touch(index, now)
    }

    // MARK: - Numbers

    @inline(__always)
    private func add(_ count: UInt32, _ kind: StickData.Kind, _ index: UInt32, _ element: UInt32 = 0) {
        guard let offset = columns.offset(kind, element) else { return }
        (entry(index) + offset).assumingMemoryBound(to: UInt32.self).pointee &+= count
    }

    @inline(__always)
    private func add(
        _ count: UInt32,
        rate kind: StickData.Kind,
        _ index: UInt32,
        _ now: UInt64,
        _ element: UInt32 = 0
    ) {
        guard let offset = columns.offset(kind, element) else { return }
        (entry(index) + offset).assumingMemoryBound(to: PeriodCounter.self).pointee
            .add(count, period: columns[kind].period, now: UInt32(truncatingIfNeeded: now))
    }

    /// What an entry says now; rates as they are at `now`.
    func value(_ kind: StickData.Kind, _ element: UInt32, _ index: UInt32, _ now: UInt64) -> UInt64? {
        guard let offset = columns.offset(kind, element) else { return nil }
        let place = entry(index) + offset
        switch kind.form {
        case .signed: return UInt64(bitPattern: Int64(place.load(as: Int32.self)))
        case .unsigned, .name: return UInt64(place.load(as: UInt32.self))
        case .wide: return place.load(as: UInt64.self)
        case .rate:
            let counter = place.assumingMemoryBound(to: PeriodCounter.self).pointee
            return UInt64(counter.events(period: columns[kind].period, now: UInt32(truncatingIfNeeded: now)))
        }
    }

    /// Puts a value in place of what an entry says. A rate begins a period with it.
    func set(_ kind: StickData.Kind, _ element: UInt32, _ index: UInt32, _ value: UInt64, _ now: UInt64) {
        guard let offset = columns.offset(kind, element) else { return }
        let place = entry(index) + offset
        switch kind.form {
        case .signed, .unsigned: place.storeBytes(of: UInt32(truncatingIfNeeded: value), as: UInt32.self)
        case .wide: place.storeBytes(of: value, as: UInt64.self)
        case .rate:
            place.assumingMemoryBound(to: PeriodCounter.self).pointee = PeriodCounter(
                tick: UInt32(truncatingIfNeeded: now) & ~1,
                current: UInt32(truncatingIfNeeded: value)
            )
        // A name is not a number.
        case .name: break
        }
    }

    /// Where the array of counters stands in for a single one.
    @inline(__always)
    private func stored(_ kind: StickData.Kind, _ element: UInt32) -> (StickData.Kind, UInt32) {
        if columns[kind].offset != 0 { return (kind, element) }
        switch kind {
        case .gpc0: return (.gpc, 0)
        case .gpc1: return (.gpc, 1)
        case .gpt0: return (.gpt, 0)
        case .gpc0Rate: return (.gpcRate, 0)
        case .gpc1Rate: return (.gpcRate, 1)
        default: return (kind, element)
        }
    }

    private mutating func find(_ place: Place, _ now: UInt64) -> UInt32 {
        switch place {
        case .key(let key): find(key, now)
        case .entry(let index): index
        }
    }

    // MARK: - Samples

    mutating func read(_ kind: StickData.Kind, _ element: UInt32 = 0, at place: Place, now: UInt64) -> Reading {
        locked { table in
            let index = table.find(place, now)
            if index == Self.none { return .noEntry }
            let (kind, element) = table.stored(kind, element)
            return table.value(kind, element, index, now).map { .value($0) } ?? .notStored
        }
    }

    /// How many connections track an entry.
    mutating func uses(at place: Place, now: UInt64) -> UInt32? {
        locked { table in
            let index = table.find(place, now)
            return index == Self.none ? nil : table.head(index).pointee.uses
        }
    }

    /// Milliseconds until an entry expires; 0 where it does not.
    mutating func rest(at place: Place, now: UInt64) -> UInt64? {
        locked { table in
            let index = table.find(place, now)
            return index == Self.none ? nil : table.rest(index, now)
        }
    }

    func rest(_ index: UInt32, _ now: UInt64) -> UInt64 {
        let end = head(index).pointee.touched &+ expiry
        return expiry == 0 || end <= Self.time(now) ? 0 : end - Self.time(now)
    }

    /// One more for a counter and its rate; the counter's new value, or the rate's where there is no counter.
    ///
    /// - Parameter makes: An entry is made where there is none.
    mutating func increment(
        _ kind: StickData.Kind,
        _ rate: StickData.Kind,
        _ element: UInt32,
        at place: Place,
        makes: Bool,
        now: UInt64
    ) -> Reading {
        locked { table in
            var index = table.find(place, now)
            if index == Self.none, makes, case .key(let key) = place { index = table.findOrMake(key, now) }
            if index == Self.none { return .noEntry }
            let (rate, rateElement) = table.stored(rate, element)
            let (kind, element) = table.stored(kind, element)
            table.add(1, rate: rate, index, now, rateElement)
            table.add(1, kind, index, element)
            let value = table.value(kind, element, index, now) ?? table.value(rate, rateElement, index, now)
            guard let value else { return .notStored }
            table.touch(index, now)
            return .value(value)
        }
    }

    /// Sets a number; what it was before.
    mutating func exchange(
        _ kind: StickData.Kind,
        _ element: UInt32,
        at place: Place,
        makes: Bool,
        with value: UInt32,
        now: UInt64
    ) -> Reading {
        locked { table in
            var index = table.find(place, now)
            if index == Self.none, makes, case .key(let key) = place { index = table.findOrMake(key, now) }
            if index == Self.none { return .noEntry }
            let (kind, element) = table.stored(kind, element)
            guard let before = table.value(kind, element, index, now) else { return .notStored }
            table.set(kind, element, index, UInt64(value), now)
            table.touch(index, now)
            return .value(before)
        }
    }

    /// One more connection of a key, without tracking it (`src_updt_conn_cnt`).
    mutating func countConnection(_ key: UnsafeRawBufferPointer, now: UInt64) -> Reading {
        locked { table in
            let index = table.findOrMake(key, now)
            if index == Self.none { return .noEntry }
            guard table.columns.offset(.connections) != nil else { return .notStored }
            table.add(1, rate: .connectionRate, index, now)
            table.add(1, .connections, index)
            table.touch(index, now)
            return .value(UInt64(table.number(.connections, index)))
        }
    }

    /// Copies the key of an entry; nil if there is no room for it.
    mutating func copyKey(of index: UInt32, to room: UnsafeMutableRawBufferPointer) -> UnsafeRawBufferPointer? {
        locked { table in
            let key = table.key(index)
            guard key.count <= room.count else { return nil }
            room.copyMemory(from: key)
            return UnsafeRawBufferPointer(rebasing: room[..<key.count])
        }
    }
}
