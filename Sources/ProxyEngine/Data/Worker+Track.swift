internal import CLinux

/// An entry of a stick table that a connection is counted for.
struct TrackedEntry {
    /// Lives as long as the plan of the connection.
    var memory: UnsafeMutablePointer<StickMemory>
    var index: UInt32
}

/// The three entries that a connection can track (`sc0` to `sc2`).
struct TrackedEntries {
    private var first: TrackedEntry?
    private var second: TrackedEntry?
    private var third: TrackedEntry?

    subscript(_ counter: UInt8) -> TrackedEntry? {
        get { counter == 0 ? first : counter == 1 ? second : counter == 2 ? third : nil }
        set {
            switch counter {
            case 0: first = newValue
            case 1: second = newValue
            case 2: third = newValue
            default: break
            }
        }
    }
}

// What connections are counted for, as HAProxy counts: a connection when it is tracked, a session when it was accepted, and
// bytes at the end.
extension Worker {
    /// What is beside the connection's slot, from now on if it was not before.
    mutating func rareState(_ connection: UnsafeMutablePointer<Connection>) -> UnsafeMutablePointer<RareState> {
        if let rare = connection.pointee.rare { return rare }
        let rare = rares.take(RareState())
        connection.pointee.rare = rare
        return rare
    }

    /// `track-sc<counter> <sample> table …`: only the first that finds an entry counts.
    mutating func track(
        _ connection: UnsafeMutablePointer<Connection>,
        _ counter: UInt8,
        _ memory: UnsafeMutablePointer<StickMemory>,
        _ sample: Sample
    ) {
        if connection.pointee.rare?.pointee.tracked[counter] != nil { return }
        let now = now
        let index = memory.pointee.withKey(of: sample) { memory.pointee.track($0, now: now) }
        guard let index, index != StickMemory.none else { return }
        rareState(connection).pointee.tracked[counter] = TrackedEntry(memory: memory, index: index)
    }

    /// The connection has passed the rules that decide whether it is accepted.
    func countTrackedSession(_ connection: UnsafeMutablePointer<Connection>) {
        guard let rare = connection.pointee.rare else { return }
        for counter in 0..<3 as Range<UInt8> {
            if let entry = rare.pointee.tracked[counter] { entry.memory.pointee.countSession(entry.index, now: now) }
        }
    }

    /// The connection ends.
    func untrack(_ connection: UnsafeMutablePointer<Connection>, _ rare: UnsafeMutablePointer<RareState>) {
        for counter in 0..<3 as Range<UInt8> {
            guard let entry = rare.pointee.tracked[counter] else { continue }
            entry.memory.pointee.untrack(
                entry.index,
                bytesIn: connection.pointee.up.bytes,
                bytesOut: connection.pointee.down.bytes,
                now: now
            )
        }
    }

    /// `sc-inc-gpc0` and its like.
    ///
    /// - Parameter value: What is set.
    func change(_ connection: UnsafeMutablePointer<Connection>, _ change: CounterChange, _ value: UInt32 = 0) {
        guard let entry = connection.pointee.rare?.pointee.tracked[change.counter] else { return }
        switch change.operation {
        case .increment(let kind, let rate):
            _ = entry.memory.pointee.increment(
                kind,
                rate,
                change.element,
                at: .entry(entry.index),
                makes: false,
                now: now
            )
        case .set(let kind):
            _ = entry.memory.pointee.exchange(
                kind,
                change.element,
                at: .entry(entry.index),
                makes: false,
                with: value,
                now: now
            )
        }
    }

    /// What a fetch method or a converter says of a table.
    ///
    /// - Parameter input: What the converter is given.
    func answer(
        _ sample: TableSample,
        _ connection: UnsafeMutablePointer<Connection>,
        _ input: Sample? = nil
    ) -> SampleOutcome {
        switch sample.subject {
        case .table:
            guard let memory = sample.memory else { return .absent }
            let used = memory.pointee.count(now: now)
            let size = Int(memory.pointee.size)
            return .value(.integer(Int64(sample.operation == .used ? used : max(0, size - used))))
        case .source, .sample:
            guard let memory = sample.memory else { return .absent }
            let party = Sample.address(connection.pointee.peerAddress, family: connection.pointee.peerFamily)
            guard sample.subject == .sample || connection.pointee.peerFamily != 0,
                let key = sample.subject == .sample ? input : party
            else { return .absent }
            return memory.pointee.withKey(of: key) { answer(sample, memory, .key($0)) } ?? .absent
        case .tracked:
            guard let entry = connection.pointee.rare?.pointee.tracked[sample.counter] else {
                return sample.operation == .isTracked ? .value(.boolean(false)) : .absent
            }
            guard let memory = sample.memory, memory != entry.memory else {
                return answer(sample, entry.memory, .entry(entry.index))
            }
            // The same key in another table.
            return withUnsafeTemporaryAllocation(byteCount: entry.memory.pointee.columns.keyRoom, alignment: 1) {
                room in
                guard let key = entry.memory.pointee.copyKey(of: entry.index, to: room) else { return .absent }
                return answer(sample, memory, .key(key))
            }
        }
    }

    private func answer(
        _ sample: TableSample,
        _ memory: UnsafeMutablePointer<StickMemory>,
        _ place: StickMemory.Place
    ) -> SampleOutcome {
        let makes = sample.subject == .source
        let reading: StickMemory.Reading
        switch sample.operation {
        case .read(let kind): reading = memory.pointee.read(kind, sample.element, at: place, now: now)
        case .kilobytes(let kind):
            reading =
                switch memory.pointee.read(kind, at: place, now: now) {
                case .value(let bytes): .value(bytes >> 10)
                case let other: other
                }
        case .increment(let kind, let rate):
            reading = memory.pointee.increment(kind, rate, sample.element, at: place, makes: makes, now: now)
        case .clear(let kind):
            reading = memory.pointee.exchange(kind, sample.element, at: place, makes: makes, with: 0, now: now)
        case .isTracked: return .value(.boolean(true))
        case .trackers:
            // HAProxy's converter counts itself too.
            let own: UInt64 = sample.subject == .sample ? 1 : 0
            reading = memory.pointee.uses(at: place, now: now).map { .value(UInt64($0) + own) } ?? .noEntry
        case .countConnection:
            guard case .key(let key) = place else { return .absent }
            reading = memory.pointee.countConnection(key, now: now)
            if reading == .noEntry { return .absent }
        case .isThere: return .value(.boolean(memory.pointee.uses(at: place, now: now) != nil))
        case .rest(let otherwise): return time(memory.pointee.rest(at: place, now: now).map { Int64($0) } ?? otherwise)
        case .idle(let otherwise):
            let expiry = Int64(memory.pointee.expiry)
            let idle = memory.pointee.rest(at: place, now: now).map { expiry == 0 ? 0 : expiry - Int64($0) }
            return time(idle ?? otherwise)
        case .used, .available: return .absent
        }
        switch reading {
        case .value(let value): return .value(.integer(Int64(bitPattern: value)))
        case .noEntry: return .value(.integer(0))
        case .notStored: return .absent
        }
    }

    private func time(_ milliseconds: Int64?) -> SampleOutcome {
        milliseconds.map { .value(.integer($0)) } ?? .absent
    }
}
