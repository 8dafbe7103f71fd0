internal import Patterns

/// Texts: a hash over each beginning of a text tells at once whether a pattern is the same, so that it takes a look for
/// each length that patterns have, however many they are.
extension PatternTable {
    static let seed: UInt64 = 0xcbf2_9ce4_8422_2325

    @inline(__always)
    static func step(_ hash: UInt64, _ byte: UInt8) -> UInt64 { (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }

    @inline(__always)
    static func bucket(_ hash: UInt64) -> UInt64 { hash ^ hash >> 29 }

    @inline(__always)
    static func lower(_ byte: UInt8) -> UInt8 { byte &- 65 < 26 ? byte | 0x20 : byte }

    @inline(__always)
    func folded(_ byte: UInt8) -> UInt8 { ignoresCase ? Self.lower(byte) : byte }

    func findBytes(_ text: UnsafeRawBufferPointer, _ total: Int) -> Int {
        var best = settledBytes(text)
        let isLongest = method.prefersLongest(ignoringCase: ignoresCase)
        if best >= 0, !isLongest { return best }
        // Few: those that were added since.
        var place = settled
        while place < total {
            if fits(items + place, text), items[place].cell.isAlive {
                if !isLongest { return place }
                if best < 0 || items[place].count > items[best].count { best = place }
            }
            place += 1
        }
        return best
    }

    private func settledBytes(_ text: UnsafeRawBufferPointer) -> Int {
        guard settled > 0 else { return Self.none }
        switch method {
        case .str, .bin: return whole(text)
        case .beg: return beginning(text, 0, delimiters: 0)
        case .end: return ending(text)
        case .sub: return part(text)
        case .dir, .dom: return word(text)
        case .found, .bool, .int, .ip, .len, .reg, .regm: return Self.none
        }
    }

    @inline(__always)
    private func has(_ length: Int) -> Bool {
        let bit = UInt64(1) << UInt64(length & 63)
        switch length >> 6 {
        case 0: return lengths.0 & bit != 0
        case 1: return lengths.1 & bit != 0
        case 2: return lengths.2 & bit != 0
        case 3: return lengths.3 & bit != 0
        default: return true
        }
    }

    private func whole(_ text: UnsafeRawBufferPointer) -> Int {
        guard text.count <= longest, has(text.count) else { return Self.none }
        var hash = Self.seed
        for byte in text { hash = Self.step(hash, folded(byte)) }
        return look(hash, text, 0, text.count)
    }

    /// - Parameter delimiters: As ``isDelimiter(_:_:)``; 0: what is found may end anywhere.
    private func beginning(_ text: UnsafeRawBufferPointer, _ start: Int, delimiters: UInt8) -> Int {
        var best = Self.none
        let isLongest = method.prefersLongest(ignoringCase: ignoresCase)
        var hash = Self.seed
        var length = 0
        let most = min(longest, text.count - start)
        while true {
            if has(length),
                delimiters == 0 || start + length == text.count
                    || Self.isDelimiter(text[start + length], delimiters)
            {
                let place = look(hash, text, start, length)
                if place >= 0, best < 0 || isLongest || place < best { best = place }
            }
            if length == most { return best }
            hash = Self.step(hash, folded(text[start + length]))
            length += 1
        }
    }

    private func ending(_ text: UnsafeRawBufferPointer) -> Int {
        var best = Self.none
        var hash = Self.seed
        var length = 0
        let most = min(longest, text.count)
        while true {
            if has(length) {
                let place = look(hash, text, text.count - length, length)
                if place >= 0, best < 0 || place < best { best = place }
            }
            if length == most { return best }
            length += 1
            hash = Self.step(hash, folded(text[text.count - length]))
        }
    }

    private func part(_ text: UnsafeRawBufferPointer) -> Int {
        var best = Self.none
        var start = 0
        while start <= text.count {
            if start + 1 < text.count, let beginnings {
                let pair = Int(folded(text[start])) << 8 | Int(folded(text[start + 1]))
                if beginnings[pair >> 6] >> UInt64(pair & 63) & 1 == 0 {
                    start += 1
                    continue
                }
            }
            let place = beginning(text, start, delimiters: 0)
            if place >= 0, best < 0 || place < best { best = place }
            start += 1
        }
        return best
    }

    private func word(_ text: UnsafeRawBufferPointer) -> Int {
        let delimiters = self.delimiters
        var best = Self.none
        var start = 0
        var isFirst = true
        while start < text.count {
            if Self.isDelimiter(text[start], delimiters) {
                isFirst = true
            } else if isFirst {
                let place = beginning(text, start, delimiters: delimiters)
                if place >= 0, best < 0 || place < best { best = place }
                isFirst = false
            }
            start += 1
        }
        return best
    }

    /// The first of those that say this.
    private func look(_ hash: UInt64, _ text: UnsafeRawBufferPointer, _ start: Int, _ length: Int) -> Int {
        guard let buckets else { return Self.none }
        var next = buckets[Int(Self.bucket(hash) & bucketMask)]
        while next != 0 {
            let item = items + Int(next - 1)
            if item.pointee.hash == hash, item.pointee.count == length, isSame(item, text, start),
                item.pointee.cell.isAlive
            {
                return Int(next - 1)
            }
            next = item.pointee.next
        }
        return Self.none
    }

    @inline(__always)
    private func isSame(_ item: UnsafeMutablePointer<PatternItem>, _ text: UnsafeRawBufferPointer, _ start: Int) -> Bool
    {
        let (bytes, count) = (item.pointee.bytes, item.pointee.count)
        var index = 0
        while index < count {
            if folded(bytes[index]) != folded(text[start + index]) { return false }
            index += 1
        }
        return true
    }

    // MARK: - One by one

    /// Whether one item fits a text.
    func fits(_ item: UnsafeMutablePointer<PatternItem>, _ text: UnsafeRawBufferPointer) -> Bool {
        let count = item.pointee.count
        guard count <= text.count else { return false }
        switch method {
        case .str, .bin: return count == text.count && isSame(item, text, 0)
        case .beg: return isSame(item, text, 0)
        case .end: return isSame(item, text, text.count - count)
        case .sub:
            var start = 0
            while start <= text.count - count {
                if isSame(item, text, start) { return true }
                start += 1
            }
            return false
        case .dir, .dom: return fitsWord(item, text)
        case .found, .bool, .int, .ip, .len, .reg, .regm: return false
        }
    }

    private func fitsWord(_ item: UnsafeMutablePointer<PatternItem>, _ text: UnsafeRawBufferPointer) -> Bool {
        let count = item.pointee.count
        // A pattern of delimiters only is no word.
        if count == 0 { return false }
        let delimiters = self.delimiters
        var isFirst = true
        var start = 0
        while start <= text.count - count {
            if Self.isDelimiter(text[start], delimiters) {
                isFirst = true
            } else if isFirst {
                let end = start + count
                if isSame(item, text, start), end == text.count || Self.isDelimiter(text[end], delimiters) {
                    return true
                }
                isFirst = false
            }
            start += 1
        }
        return false
    }

    /// Which bytes end a word: 1 for paths, 2 for domains.
    var delimiters: UInt8 { method == .dir ? 1 : 2 }

    @inline(__always)
    static func isDelimiter(_ byte: UInt8, _ delimiters: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "/"), UInt8(ascii: "?"): true
        case UInt8(ascii: "."), UInt8(ascii: ":"): delimiters == 2
        default: false
        }
    }
}
