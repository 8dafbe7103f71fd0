internal import Glibc

/// A part of a ``UniqueIDFormat`` in the plan's memory.
struct UniqueIDPart {
    var kind: UniqueIDFormat.Part.Kind
    var isHexadecimal: Bool
    var text: PlanText
}

struct UniqueIDEntry {
    var parts: UnsafePointer<UniqueIDPart>
    var count: Int
}

/// What a unique id is made of.
struct UniqueIDValues {
    var client: Party
    var frontend: Party
    /// Milliseconds since 1970.
    var accepted: UInt64
    var counter: UInt32
    var process: Int32
}

/// Writes unique ids as HAProxy does.
struct UniqueIDWriter {
    static let longest = 128
    private let bytes: UnsafeMutablePointer<UInt8>
    private(set) var count = 0

    /// - Parameter room: At least ``longest`` bytes.
    init(_ room: UnsafeMutablePointer<UInt8>) { bytes = room }

    mutating func write(_ entry: UniqueIDEntry, _ values: UniqueIDValues) {
        for index in 0..<entry.count {
            let part = entry.parts + index
            let isHexadecimal = part.pointee.isHexadecimal
            switch part.pointee.kind {
            case .text: for place in 0..<part.pointee.text.count { byte(part.pointee.text.start[place]) }
            case .clientAddress: address(values.client, isHexadecimal)
            case .clientPort: number(UInt64(values.client.port), isHexadecimal)
            case .frontendAddress: address(values.frontend, isHexadecimal)
            case .frontendPort: number(UInt64(values.frontend.port), isHexadecimal)
            case .seconds: number(values.accepted / 1000, isHexadecimal)
            case .milliseconds: number(values.accepted % 1000, isHexadecimal, digits: isHexadecimal ? 2 : 3)
            case .counter: number(UInt64(values.counter), isHexadecimal)
            case .process: number(UInt64(values.process), isHexadecimal)
            }
        }
    }

    private mutating func byte(_ value: UInt8) {
        guard count < Self.longest else { return }
        bytes[count] = value
        count += 1
    }

    /// Hexadecimal numbers have four digits at least.
    private mutating func number(_ value: UInt64, _ isHexadecimal: Bool, digits: Int? = nil) {
        let base: UInt64 = isHexadecimal ? 16 : 10
        var divisor: UInt64 = 1
        for _ in 1..<(digits ?? (isHexadecimal ? 4 : 1)) { divisor *= base }
        while value / divisor >= base { divisor *= base }
        while divisor > 0 {
            let digit = UInt8(value / divisor % base)
            byte(digit < 10 ? 48 + digit : 55 + digit)
            divisor /= base
        }
    }

    private mutating func address(_ party: Party, _ isHexadecimal: Bool) {
        guard party.family != 0 else { return byte(UInt8(ascii: "-")) }
        if isHexadecimal {
            let size = party.family == 4 ? 4 : 16
            for place in (0..<size).reversed() {
                number(UInt64(UInt8(truncatingIfNeeded: party.number >> UInt128(8 * place))), true, digits: 2)
            }
            return
        }
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 48) { text in
            guard let base = text.baseAddress else { return }
            if party.family == 4 {
                var network = UInt32(truncatingIfNeeded: party.number).bigEndian
                _ = inet_ntop(AF_INET, &network, base, 48)
            } else {
                var network = party.number.bigEndian
                _ = inet_ntop(AF_INET6, &network, base, 48)
            }
            for place in 0..<strlen(base) { byte(UInt8(bitPattern: base[place])) }
        }
    }
}

extension Arena {
    mutating func uniqueID(_ format: UniqueIDFormat?) -> UnsafePointer<UniqueIDEntry>? {
        guard let format else { return nil }
        let parts = format.parts.map {
            UniqueIDPart(kind: $0.kind, isHexadecimal: $0.isHexadecimal, text: text($0.text))
        }
        return copy([UniqueIDEntry(parts: copy(parts), count: parts.count)])
    }
}
