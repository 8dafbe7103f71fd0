internal import Addresses
internal import Patterns

/// Lays patterns out as a ``PatternTable``, which lives as long as this does.
final class PatternTableMemory: @unchecked Sendable {
    // Written by who makes the table, before anybody else has it; later only as `PatternTable` says.
    private var arena = Arena()
    let table: UnsafeMutablePointer<PatternTable>

    /// - Parameters:
    ///   - cells: In order.
    ///   - patterns: What their keys say, as the method reads it.
    init(
        _ method: MatchMethod,
        ignoresCase: Bool,
        _ cells: [UnsafeMutablePointer<PatternCell>],
        _ patterns: [MatchPattern]
    ) {
        let items = arena.table(of: PatternItem.self, count: cells.count + PatternTable.room(behind: cells.count))
        let total = arena.table(of: UInt32.self, count: 1)
        total.initialize(to: UInt32(truncatingIfNeeded: cells.count))
        table = arena.table(of: PatternTable.self, count: 1)
        table.initialize(
            to: PatternTable(items: items, settled: cells.count, total: total, method: method, ignoresCase: ignoresCase)
        )
        for index in cells.indices { set(cells[index], patterns[index], at: index) }
        table.pointee.hasMasks = (0..<cells.count).contains { items[$0].kind == .masked }
        switch method {
        case .int, .len: table.pointee.ranges = segments(.range)
        case .ip:
            table.pointee.v4 = segments(.v4)
            table.pointee.v6 = segments(.v6)
        case .bin, .str, .beg, .sub, .dir, .dom, .end: layOutBytes()
        case .found, .bool, .reg, .regm: break
        }
    }

    deinit { arena.free() }

    /// Whether one more pattern can be added.
    var hasRoom: Bool {
        let settled = table.pointee.settled
        return Int(table.pointee.total.pointee) < settled + PatternTable.room(behind: settled)
    }

    /// Adds a pattern behind the others, where there is room.
    func append(_ cell: UnsafeMutablePointer<PatternCell>, _ pattern: MatchPattern) {
        let count = Int(table.pointee.total.pointee)
        set(cell, pattern, at: count)
        table.pointee.publish(count + 1)
    }

    private func set(_ cell: UnsafeMutablePointer<PatternCell>, _ pattern: MatchPattern, at place: Int) {
        let key = cell.key
        let start = UnsafeRawPointer(cell) + MemoryLayout<PatternCell>.stride
        var item = PatternItem(cell, start.assumingMemoryBound(to: UInt8.self))
        switch pattern {
        case .nothing: break
        case .range(let range):
            item.kind = .range
            (item.low, item.high) = (PatternProbe.moved(range.lowerBound), PatternProbe.moved(range.upperBound))
        case .network(let network):
            item.kind = network.family == .v4 ? .v4 : .v6
            (item.low, item.high) = (network.first.number, network.last.number)
            item.prefixLength = UInt8(network.prefixLength)
        case .masked(let address, let mask):
            item.kind = .masked
            (item.low, item.high) = (UInt128(address), UInt128(mask))
        case .bytes(let bytes):
            item.kind = .bytes
            item.count = key.count
            if table.pointee.method == .bin {
                (item.bytes, item.count) = (arena.copy(bytes), bytes.count)
            } else if table.pointee.method == .dir || table.pointee.method == .dom {
                trim(&item)
            }
            item.hash = hash(item)
        case .expression(let pattern):
            item.kind = .expression
            item.machine = arena.copy([PatternMachine(pattern, &arena)])
            if table.pointee.method == .regm {
                item.places = arena.copy([PatternPlaces(pattern, &arena)])
            }
        }
        (table.pointee.items + place).initialize(to: item)
    }

    /// Delimiters at the ends of a word are no part of it.
    private func trim(_ item: inout PatternItem) {
        let delimiters = table.pointee.delimiters
        while item.count > 0, PatternTable.isDelimiter(item.bytes[0], delimiters) {
            item.bytes += 1
            item.count -= 1
        }
        while item.count > 0, PatternTable.isDelimiter(item.bytes[item.count - 1], delimiters) { item.count -= 1 }
    }

    private func hash(_ item: PatternItem) -> UInt64 {
        let isBackwards = table.pointee.method == .end
        var hash = PatternTable.seed
        for index in 0..<item.count {
            let byte = item.bytes[isBackwards ? item.count - 1 - index : index]
            hash = PatternTable.step(hash, table.pointee.folded(byte))
        }
        return hash
    }

    // MARK: - Texts

    private func layOutBytes() {
        let (items, count) = (table.pointee.items, table.pointee.settled)
        if count == 0 { return }
        var size = 16
        while size < count * 2 { size *= 2 }
        let buckets = arena.table(of: UInt32.self, count: size)
        buckets.initialize(repeating: 0, count: size)
        table.pointee.buckets = buckets
        table.pointee.bucketMask = UInt64(size - 1)
        let isWord = table.pointee.method == .dir || table.pointee.method == .dom
        // The last first: the first is to be the first of its bucket.
        for place in (0..<count).reversed() {
            let item = items + place
            if isWord, item.pointee.count == 0 { continue }
            let bucket = Int(PatternTable.bucket(item.pointee.hash) & table.pointee.bucketMask)
            item.pointee.next = buckets[bucket]
            buckets[bucket] = UInt32(place + 1)
            note(length: item.pointee.count)
        }
        if table.pointee.method == .sub { noteBeginnings() }
    }

    private func note(length: Int) {
        table.pointee.longest = max(table.pointee.longest, length)
        let bit = UInt64(1) << UInt64(length & 63)
        switch length >> 6 {
        case 0: table.pointee.lengths.0 |= bit
        case 1: table.pointee.lengths.1 |= bit
        case 2: table.pointee.lengths.2 |= bit
        case 3: table.pointee.lengths.3 |= bit
        default: break
        }
    }

    private func noteBeginnings() {
        let words = arena.table(of: UInt64.self, count: 1024)
        words.initialize(repeating: 0, count: 1024)
        for place in 0..<table.pointee.settled {
            let item = table.pointee.items[place]
            // One that is everywhere.
            if item.count == 0 { return }
            let first = Int(table.pointee.folded(item.bytes[0])) << 8
            let others = item.count > 1 ? [Int(table.pointee.folded(item.bytes[1]))] : Array(0..<256)
            for second in others { words[(first | second) >> 6] |= 1 << UInt64(second & 63) }
        }
        table.pointee.beginnings = words
    }

    // MARK: - Numbers

    /// Cuts what items of a kind have into pieces; what several have belongs to the longest prefix, else to the first.
    private func segments(_ kind: PatternItem.Kind) -> PatternSegments {
        let items = table.pointee.items
        var places = (0..<table.pointee.settled).filter { items[$0].kind == kind }
        if places.isEmpty { return PatternSegments() }
        if kind != .range {
            places.sort { (items[$1].prefixLength, $0) < (items[$0].prefixLength, $1) }
        }
        var cuts: [UInt128] = []
        cuts.reserveCapacity(2 * places.count)
        for place in places {
            cuts.append(items[place].low)
            if items[place].high < .max { cuts.append(items[place].high + 1) }
        }
        cuts.sort()
        var count = 0
        for cut in cuts where count == 0 || cuts[count - 1] != cut {
            cuts[count] = cut
            count += 1
        }
        cuts.removeLast(cuts.count - count)
        return compact(cuts, owners(of: cuts, places))
    }

    /// The item of each piece: the best come first, and each takes what is free of its own.
    private func owners(of cuts: [UInt128], _ places: [Int]) -> [Int] {
        let items = table.pointee.items
        var owners = [Int](repeating: -1, count: cuts.count)
        // The next free piece from each on.
        var free = Array(0...cuts.count)
        func next(_ piece: Int) -> Int {
            var end = piece
            while free[end] != end { end = free[end] }
            var place = piece
            while free[place] != end { (free[place], place) = (end, free[place]) }
            return end
        }
        for place in places {
            let end = items[place].high == .max ? cuts.count : Self.index(of: items[place].high + 1, in: cuts)
            var piece = next(Self.index(of: items[place].low, in: cuts))
            while piece < end {
                owners[piece] = place
                free[piece] = piece + 1
                piece = next(piece)
            }
        }
        return owners
    }

    private static func index(of value: UInt128, in cuts: [UInt128]) -> Int {
        var (low, high) = (0, cuts.count)
        while low < high {
            let middle = (low + high) / 2
            if cuts[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func compact(_ cuts: [UInt128], _ owners: [Int]) -> PatternSegments {
        var segments: [PatternSegments.Segment] = []
        for (index, cut) in cuts.enumerated() where segments.last?.place != owners[index] {
            segments.append(PatternSegments.Segment(start: cut, place: owners[index]))
        }
        let memory = arena.table(of: PatternSegments.Segment.self, count: segments.count)
        for (index, segment) in segments.enumerated() { (memory + index).initialize(to: segment) }
        return PatternSegments(segments: memory, count: segments.count)
    }
}
