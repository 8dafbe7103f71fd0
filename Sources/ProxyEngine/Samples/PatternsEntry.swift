internal import Addresses
internal import Glibc

/// What the answer of an ACL's expression is compared with, in the plan's memory.
struct PatternsEntry {
    enum Method: UInt8 {
        case found
        case boolean
        case integer
        case address
        case string
        case binary
        case beginning
        case end
        case contained
        case length
    }

    var method: Method
    var ignoresCase: Bool
    /// Inclusive ranges, of numbers and lengths.
    var numbers: UnsafePointer<NumberRange>
    var numberCount: Int
    var networks: UnsafePointer<RangeEntry>
    var networkCount: Int
    var texts: UnsafePointer<PlanText>
    var textCount: Int

    struct NumberRange {
        var low: Int64
        var high: Int64
    }

    func contains(_ number: Int64) -> Bool {
        for index in 0..<numberCount where number >= numbers[index].low && number <= numbers[index].high { return true }
        return false
    }

    func contains(_ number: UInt128, family: UInt8) -> Bool {
        for index in 0..<networkCount {
            let range = networks[index]
            if range.family == family, number >= range.low, number <= range.high { return true }
        }
        return false
    }

    func matches(_ text: UnsafeRawBufferPointer) -> Bool {
        for index in 0..<textCount where matches(text, texts[index].raw) { return true }
        return false
    }

    private func matches(_ text: UnsafeRawBufferPointer, _ pattern: UnsafeRawBufferPointer) -> Bool {
        guard pattern.count <= text.count else { return false }
        switch method {
        case .beginning: return isSame(text, 0, pattern)
        case .end: return isSame(text, text.count - pattern.count, pattern)
        case .contained:
            for place in 0...(text.count - pattern.count) where isSame(text, place, pattern) { return true }
            return false
        default: return pattern.count == text.count && isSame(text, 0, pattern)
        }
    }

    private func isSame(_ text: UnsafeRawBufferPointer, _ place: Int, _ pattern: UnsafeRawBufferPointer) -> Bool {
        for index in 0..<pattern.count {
            let (a, b) = (text[place + index], pattern[index])
            if a != b, !ignoresCase || a.lowercased != b.lowercased { return false }
        }
        return true
    }
}

extension Arena {
    /// - Parameter type: Of what is compared with them.
    mutating func patterns(_ patterns: SampleTest.Patterns, _ type: SampleType) -> PatternsEntry {
        let method: PatternsEntry.Method =
            switch patterns.method {
            case "found": .found
            case "bool": .boolean
            case "int": .integer
            case "ip": .address
            case "bin": .binary
            case "beg": .beginning
            case "end": .end
            case "sub": .contained
            case "len": .length
            case nil:
                switch type {
                case .boolean: .boolean
                case .integer: .integer
                case .address: .address
                case .string: .string
                case .binary: .binary
                }
            default: .string
            }
        var numbers: [PatternsEntry.NumberRange] = []
        var networks: [RangeEntry] = []
        var texts: [PlanText] = []
        switch method {
        case .found, .boolean: break
        case .integer, .length: numbers = Self.ranges(patterns.values)
        case .address: networks = patterns.values.compactMap { Self.network($0) }
        case .binary: texts = patterns.values.map { text(bytes: SampleArguments.bytes(ofHexadecimal: $0)) }
        default: texts = patterns.values.map { text($0) }
        }
        return PatternsEntry(
            method: method,
            ignoresCase: patterns.ignoresCase,
            numbers: copy(numbers),
            numberCount: numbers.count,
            networks: copy(networks),
            networkCount: networks.count,
            texts: copy(texts),
            textCount: texts.count
        )
    }

    /// `80`, `1:10`, `ge 5`
    private static func ranges(_ values: [String]) -> [PatternsEntry.NumberRange] {
        var relation = "eq"
        var ranges: [PatternsEntry.NumberRange] = []
        for value in values {
            if ["eq", "ge", "gt", "le", "lt"].contains(value) {
                relation = value
                continue
            }
            let ends = value.split(separator: ":", omittingEmptySubsequences: false).map { Int64($0) }
            guard let first = ends.first, let last = ends.last else { continue }
            var range = PatternsEntry.NumberRange(low: first ?? .min, high: last ?? .max)
            switch relation {
            case "ge": range.high = .max
            case "gt": range = .init(low: range.low == .max ? .max : range.low + 1, high: .max)
            case "le": range.low = .min
            case "lt": range = .init(low: .min, high: range.high == .min ? .min : range.high - 1)
            default: break
            }
            ranges.append(range)
        }
        return ranges
    }

    private static func network(_ text: String) -> RangeEntry? {
        let parts = text.split(separator: "/", maxSplits: 1)
        guard let address = parts.first.flatMap({ IPAddress($0) }) else { return nil }
        let length = parts.count == 2 ? Int(parts[1]) ?? -1 : address.family.bits
        guard let network = IPNetwork(containing: address, prefixLength: length) else { return nil }
        let family: UInt8 = network.family == .v4 ? 4 : 6
        return RangeEntry(low: network.first.number, high: network.last.number, family: family)
    }
}

extension Worker {
    mutating func matches(_ sample: Sample, _ patterns: UnsafePointer<PatternsEntry>) -> Bool {
        switch patterns.pointee.method {
        case .found: return true
        case .boolean: return (integer(sample) ?? 0) != 0
        case .integer: return integer(sample).map { patterns.pointee.contains($0) } ?? false
        case .address:
            guard case .address(let number, let family) = cast(sample, to: .address) else { return false }
            return patterns.pointee.contains(number, family: family)
        case .binary:
            guard case .binary(let bytes) = cast(sample, to: .binary) else { return false }
            return patterns.pointee.matches(bytes)
        case .length: return patterns.pointee.contains(Int64(string(sample).count))
        default: return patterns.pointee.matches(string(sample))
        }
    }
}
