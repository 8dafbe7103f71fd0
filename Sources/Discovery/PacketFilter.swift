internal import Addresses
internal import CLinux

/// Which frames the kernel lets through to a socket (classic BPF, SO_ATTACH_FILTER): those about addresses of a few
/// ranges. What the other hosts of a link say to each other wakes nobody up.
struct PacketFilter: Hashable {
    /// Sorted, without overlaps. Somewhat more than what is asked for where that would be too many.
    private(set) var ranges: [ClosedRange<UInt128>] = []
    let family: IPAddress.Family

    init(_ family: IPAddress.Family, _ addresses: some Sequence<IPAddress> = []) {
        self.family = family
        widen(addresses)
    }

    /// Of IPv6 only the network of 64 bits is looked at: BPF compares 32 bits at a time.
    private static let mostRanges = 32

    func covers(_ address: IPAddress) -> Bool { ranges.contains { $0.contains(number(address)) } }

    private func number(_ address: IPAddress) -> UInt128 { family == .v4 ? address.number : address.number >> 64 }

    /// Lets frames about these through as well; false if they came through already.
    @discardableResult
    mutating func widen(_ addresses: some Sequence<IPAddress>) -> Bool {
        let new = addresses.filter { $0.family == family && !covers($0) }
        if new.isEmpty { return false }
        let numbers = Set(new.map { number($0) })
        let all = (ranges + numbers.map { $0...$0 }).sorted { $0.lowerBound < $1.lowerBound }
        ranges = Self.merged(all, gap: 1)
        // The smallest gaps go first.
        while ranges.count > Self.mostRanges {
            let gaps = zip(ranges, ranges.dropFirst()).map { $1.lowerBound - $0.upperBound }.sorted()
            ranges = Self.merged(ranges, gap: gaps[ranges.count - Self.mostRanges - 1])
        }
        return true
    }

    /// Ranges that lie no further apart than `gap` become one.
    private static func merged(_ ranges: [ClosedRange<UInt128>], gap: UInt128) -> [ClosedRange<UInt128>] {
        var result: [ClosedRange<UInt128>] = []
        for range in ranges {
            if let last = result.last, range.lowerBound - last.upperBound <= gap {
                result[result.count - 1] = last.lowerBound...range.upperBound
            } else {
                result.append(range)
            }
        }
        return result
    }

    /// The program. Offsets count from the begin of the Ethernet header.
    var instructions: [clinux_filter] {
        var program: [clinux_filter] = []
        // Not what the card took in for others, nor what we send ourselves.
        program.load(.word, at: Self.packetType)
        program.reject(above: 2)
        switch family {
        case .v4:
            // Ethernet, IPv4.
            program.load(.word, at: 14)
            program.reject(unless: 0x0001_0800)
            // Who sends; in a probe, what is asked for.
            program.load(.word, at: 28)
            program.skip(1, unless: 0)
            program.load(.word, at: 38)
            for range in ranges { program.accept(range.words32) }
        case .v6:
            // ICMPv6 with a hop limit of 255; solicitations and advertisements.
            program.load(.half, at: 20)
            program.reject(unless: 0x3aff)
            program.load(.byte, at: 54)
            program.reject(below: 135)
            program.reject(above: 136)
            // The target, or the source.
            for offset in [62, 22] as [UInt32] {
                for range in ranges { program.accept(network: range, at: offset) }
            }
        }
        program.finish(0)
        return program
    }

    /// SKF_AD_OFF + SKF_AD_PKTTYPE: whom a frame is for, as a place to load from. 0 is us, 1 all, 2 a group.
    private static let packetType: UInt32 = 0xffff_f004
}

extension ClosedRange<UInt128> {
    /// For IPv4.
    fileprivate var words32: ClosedRange<UInt32> {
        UInt32(truncatingIfNeeded: lowerBound)...UInt32(truncatingIfNeeded: upperBound)
    }

    /// The upper words of the 64 bits of an IPv6 network.
    fileprivate var upperWords: ClosedRange<UInt32> {
        UInt32(truncatingIfNeeded: lowerBound >> 32)...UInt32(truncatingIfNeeded: upperBound >> 32)
    }
}

/// An assembler without jumps that go far.
extension [clinux_filter] {
    fileprivate enum Size: UInt16 {
        case word = 0x20
        case half = 0x28
        case byte = 0x30
    }

    private mutating func put(_ code: UInt16, _ value: UInt32, ifTrue: UInt8 = 0, ifFalse: UInt8 = 0) {
        append(clinux_filter(code: code, jump_true: ifTrue, jump_false: ifFalse, value: value))
    }

    /// BPF_LD | BPF_ABS
    fileprivate mutating func load(_ size: Size, at offset: UInt32) { put(size.rawValue, offset) }

    /// BPF_RET | BPF_K: how many bytes come in.
    fileprivate mutating func finish(_ bytes: UInt32) { put(0x06, bytes) }

    fileprivate mutating func reject(unless value: UInt32) {
        put(Self.jumpIfEqual, value, ifTrue: 1)
        finish(0)
    }

    fileprivate mutating func reject(above value: UInt32) {
        put(Self.jumpIfGreater, value, ifFalse: 1)
        finish(0)
    }

    fileprivate mutating func reject(below value: UInt32) {
        put(Self.jumpIfNotLess, value, ifTrue: 1)
        finish(0)
    }

    fileprivate mutating func skip(_ count: UInt8, unless value: UInt32) {
        put(Self.jumpIfEqual, value, ifFalse: count)
    }

    fileprivate mutating func accept(_ range: ClosedRange<UInt32>) {
        put(Self.jumpIfNotLess, range.lowerBound, ifFalse: 2)
        put(Self.jumpIfGreater, range.upperBound, ifTrue: 1)
        finish(0xffff)
    }

    fileprivate mutating func accept(network range: ClosedRange<UInt128>, at offset: UInt32) {
        load(.word, at: offset)
        if range.lowerBound == range.upperBound {
            skip(3, unless: range.upperWords.lowerBound)
            load(.word, at: offset + 4)
            skip(1, unless: UInt32(truncatingIfNeeded: range.lowerBound))
            finish(0xffff)
        } else {
            accept(range.upperWords)
        }
    }

    private static var jumpIfEqual: UInt16 { 0x15 }
    private static var jumpIfGreater: UInt16 { 0x25 }
    private static var jumpIfNotLess: UInt16 { 0x35 }
}
