internal import CLinux
internal import Patterns

/// Patterns of one method, laid out so that thousands are looked through as quickly as a few. It does not change, but
/// for a few patterns that are added behind the others and for entries that are no longer alive.
struct PatternTable {
    /// Items in order: first those that ``PatternTableBuilder`` has laid out, then ``recent`` ones.
    var items: UnsafeMutablePointer<PatternItem>
    var settled = 0
    /// How many there are in all; only who adds patterns writes it.
    let total: UnsafeMutablePointer<UInt32>
    let method: MatchMethod
    let ignoresCase: Bool
    /// Of items that are bytes, their first in each bucket, plus one.
    var buckets: UnsafeMutablePointer<UInt32>?
    var bucketMask: UInt64 = 0
    /// Which lengths there are, a bit for each below 256.
    var lengths: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    var longest = 0
    /// For `sub`: which two bytes a pattern begins with, a bit for each.
    var beginnings: UnsafeMutablePointer<UInt64>?
    var ranges = PatternSegments()
    var v4 = PatternSegments()
    var v6 = PatternSegments()
    var hasMasks = false

    /// Patterns that may be added before it is laid out anew: laying few out costs little.
    static func room(behind count: Int) -> Int { max(4, min(64, count)) }

    /// The place of none.
    static let none = -1

    /// The place of the item that decides; ``none`` if there is none.
    func find(_ probe: PatternProbe, _ scratch: PatternScratch) -> Int {
        let total = Int(clinux_atomic_load(total))
        switch method {
        case .found, .bool: return Self.none
        case .int, .len: return firstRange(probe, total)
        case .ip: return findAddress(probe, total)
        case .bin, .str, .beg, .sub, .dir, .dom, .end: return findBytes(probe.bytes, total)
        case .reg, .regm:
            return scan(0, total) { item in
                item.pointee.machine.map { $0.pointee.matches(probe.bytes, scratch) } ?? false
            }
        }
    }

    // MARK: - Numbers

    private func firstRange(_ probe: PatternProbe, _ total: Int) -> Int {
        let place = ranges.place(of: probe.number)
        if place >= 0 {
            if items[place].cell.isAlive { return place }
            return scan(0, total) { $0.pointee.low <= probe.number && probe.number <= $0.pointee.high }
        }
        return scan(settled, total) { $0.pointee.low <= probe.number && probe.number <= $0.pointee.high }
    }

    /// The first that is alive and fits.
    private func scan(_ first: Int, _ total: Int, _ fits: (UnsafeMutablePointer<PatternItem>) -> Bool) -> Int {
        var place = first
        while place < total {
            if fits(items + place), items[place].cell.isAlive { return place }
            place += 1
        }
        return Self.none
    }

    // MARK: - Addresses

    private func findAddress(_ probe: PatternProbe, _ total: Int) -> Int {
        if probe.family == 4 {
            var place = longestNetwork(probe.number, .v4, total)
            // As HAProxy: an IPv4 address is also the IPv6 one that stands for it.
            if place < 0 { place = longestNetwork(probe.number | 0xffff << 32, .v6, total) }
            return place >= 0 ? place : firstMask(probe.number, total)
        }
        let place = longestNetwork(probe.number, .v6, total)
        if place >= 0 { return place }
        guard let v4 = probe.embedded else { return Self.none }
        let embedded = longestNetwork(v4, .v4, total)
        return embedded >= 0 ? embedded : firstMask(v4, total)
    }

    private func longestNetwork(_ number: UInt128, _ kind: PatternItem.Kind, _ total: Int) -> Int {
        var place = kind == .v4 ? v4.place(of: number) : v6.place(of: number)
        var next = settled
        if place >= 0, !items[place].cell.isAlive { (place, next) = (Self.none, 0) }
        while next < total {
            let item = items + next
            if item.pointee.kind == kind, item.pointee.low <= number, number <= item.pointee.high,
                place < 0 || item.pointee.prefixLength > items[place].prefixLength, item.pointee.cell.isAlive
            {
                place = next
            }
            next += 1
        }
        return place
    }

    private func firstMask(_ number: UInt128, _ total: Int) -> Int {
        guard hasMasks || total > settled else { return Self.none }
        return scan(hasMasks ? 0 : settled, total) {
            $0.pointee.kind == .masked && number & $0.pointee.high == $0.pointee.low
        }
    }
}

/// Numbers cut into pieces, each of which belongs to one item or to none.
struct PatternSegments {
    struct Segment {
        var start: UInt128
        /// -1: none.
        var place: Int
    }

    var segments: UnsafeMutablePointer<Segment>?
    var count = 0

    /// The item that has a number; -1 if none has.
    func place(of number: UInt128) -> Int {
        guard let segments else { return -1 }
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if segments[middle].start <= number { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? -1 : segments[low - 1].place
    }
}

extension PatternTable {
    /// Shows readers one more pattern.
    func publish(_ count: Int) { clinux_atomic_store(total, UInt32(truncatingIfNeeded: count)) }
}
