internal import CLinux
internal import Patterns

/// Where readers find the newest table of an expression. It stays where it is.
struct PatternHead {
    /// A ``PatternTable``, exchanged as a whole.
    var table: UnsafeMutableRawPointer?
    /// Parts of plans that have it.
    var users: UInt32 = 0
}

/// What a condition or a converter compares samples with, compiled for the data path.
struct PatternSetEntry {
    let method: MatchMethod
    /// Looked through in order.
    let heads: UnsafePointer<UnsafeMutablePointer<PatternHead>>
    let headCount: Int

    /// Whether a condition with this sample holds.
    func matches(_ sample: Sample, _ scratch: PatternScratch) -> Bool {
        switch method {
        case .found: true
        case .bool: SampleCast.integer(sample).map { $0 != 0 } ?? false
        default: find(sample, scratch) != nil
        }
    }

    /// The entry that decides; nil if none matches. It is there until the end of the turn.
    func find(_ sample: Sample, _ scratch: PatternScratch) -> UnsafeMutablePointer<PatternCell>? {
        SampleCast.probe(sample, method, scratch.text).flatMap { find($0, scratch) }
    }

    func find(_ probe: PatternProbe, _ scratch: PatternScratch) -> UnsafeMutablePointer<PatternCell>? {
        item(probe, scratch)?.pointee.cell
    }

    func item(_ probe: PatternProbe, _ scratch: PatternScratch) -> UnsafeMutablePointer<PatternItem>? {
        var index = 0
        while index < headCount {
            let raw = clinux_atomic_load_pointer(&UnsafeMutablePointer(mutating: heads[index]).pointee.table)
            index += 1
            guard let table = raw?.assumingMemoryBound(to: PatternTable.self) else { continue }
            let place = table.pointee.find(probe, scratch)
            if place >= 0 { return table.pointee.items + place }
        }
        return nil
    }
}

/// A converter `map…` compiled for the data path.
struct MapEntry {
    let patterns: PatternSetEntry
    let output: MapLookup.Output
    /// Where no key matches.
    let fallback: Sample?

    /// The value of the key that matches; nil: there is no sample. It is there until the end of the turn.
    ///
    /// - Parameter room: For what is put together of a value and what has matched.
    func value(of sample: Sample, _ scratch: PatternScratch, _ room: UnsafeMutablePointer<UInt8>) -> Sample? {
        // What cannot be a key gives nothing, whatever is given where no key matches.
        guard let probe = SampleCast.probe(sample, patterns.method, scratch.text) else { return nil }
        guard let item = patterns.item(probe, scratch) else { return fallback }
        let cell = item.pointee.cell
        if let places = item.pointee.places, case .string(let value)? = cell.value.map({ $0.sample(output) }) ?? nil {
            var steps = PatternPlaces.mostSteps
            guard places.pointee.find(probe.bytes, scratch, steps: &steps),
                let count = PatternReplacement.write(
                    value,
                    probe.bytes,
                    scratch.places,
                    to: room,
                    most: SampleDesk.size
                )
            else { return nil }
            return .string(UnsafeRawBufferPointer(start: room, count: count))
        }
        // As HAProxy: an entry without a value is a 1.
        return cell.value.map { $0.sample(output) } ?? .integer(1)
    }
}
