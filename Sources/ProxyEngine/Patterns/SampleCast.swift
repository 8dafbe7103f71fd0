internal import Glibc
internal import Patterns

/// A sample in the form of another type, as HAProxy's casts give it (configuration manual, 7.2).
enum SampleCast {
    /// What a method compares of a sample; nil where the sample has no such form.
    static func probe(_ sample: Sample, _ method: MatchMethod, _ room: UnsafeMutableRawBufferPointer) -> PatternProbe? {
        switch method {
        case .found, .bool, .int: integer(sample).map { PatternProbe($0) }
        case .ip: address(sample).map { PatternProbe($0.number, family: $0.family) }
        case .bin: PatternProbe(binary(sample, room))
        case .len: PatternProbe(Int64(text(sample, room).count))
        case .str, .beg, .sub, .dir, .dom, .end, .reg, .regm: PatternProbe(text(sample, room))
        }
    }

    /// nil of an IPv6 address and of bytes.
    static func integer(_ sample: Sample) -> Int64? {
        switch sample {
        case .boolean(let value): value ? 1 : 0
        case .integer(let value): value
        case .address(let number, let family): family == 4 ? Int64(truncatingIfNeeded: number) : nil
        case .string(let bytes): bytes.isEmpty ? nil : leadingInteger(bytes)
        case .binary: nil
        }
    }

    /// The number at the beginning of a text; 0 if there is none.
    private static func leadingInteger(_ bytes: UnsafeRawBufferPointer) -> Int64 {
        var place = 0
        let isNegative = bytes[0] == UInt8(ascii: "-")
        if isNegative || bytes[0] == UInt8(ascii: "+") { place = 1 }
        var value: Int64 = 0
        while place < bytes.count {
            let digit = Int64(bytes[place]) - 48
            guard (0...9).contains(digit) else { return value }
            let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, isTooLargeBy) = product.addingReportingOverflow(isNegative ? -digit : digit)
            if isTooLarge || isTooLargeBy { return isNegative ? .min : .max }
            value = sum
            place += 1
        }
        return value
    }

    static func address(_ sample: Sample) -> (number: UInt128, family: UInt8)? {
        switch sample {
        case .boolean, .binary: return nil
        case .integer(let value): return (UInt128(UInt32(truncatingIfNeeded: value)), 4)
        case .address(let number, let family): return (number, family)
        case .string(let bytes):
            // The longest text of an address has 45 bytes.
            guard bytes.count < 48 else { return nil }
            return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 48) { text in
                for (index, byte) in bytes.enumerated() { text[index] = CChar(bitPattern: byte) }
                text[bytes.count] = 0
                var v4: UInt32 = 0
                if inet_pton(AF_INET, text.baseAddress, &v4) == 1 { return (UInt128(UInt32(bigEndian: v4)), 4) }
                var v6: UInt128 = 0
                if inet_pton(AF_INET6, text.baseAddress, &v6) == 1 { return (UInt128(bigEndian: v6), 6) }
                return nil
            }
        }
    }

    private static func binary(_ sample: Sample, _ room: UnsafeMutableRawBufferPointer) -> UnsafeRawBufferPointer {
        switch sample {
        case .boolean(let value): return binary(.integer(value ? 1 : 0), room)
        case .integer(let value):
            room.storeBytes(of: value.bigEndian, as: Int64.self)
            return UnsafeRawBufferPointer(rebasing: room[..<8])
        case .string(let bytes), .binary(let bytes): return bytes
        case .address(let number, let family):
            if family == 4 {
                room.storeBytes(of: UInt32(truncatingIfNeeded: number).bigEndian, as: UInt32.self)
                return UnsafeRawBufferPointer(rebasing: room[..<4])
            }
            room.storeBytes(of: number.bigEndian, as: UInt128.self)
            return UnsafeRawBufferPointer(rebasing: room[..<16])
        }
    }

    static func text(_ sample: Sample, _ room: UnsafeMutableRawBufferPointer) -> UnsafeRawBufferPointer {
        switch sample {
        case .string(let bytes): return bytes
        case .binary(let bytes): return SampleText.text(ofBinary: bytes)
        case .boolean(let value): return decimal(value ? 1 : 0, room)
        case .integer(let value): return decimal(value, room)
        case .address(let number, let family):
            guard let base = room.baseAddress else { return UnsafeRawBufferPointer(start: nil, count: 0) }
            let text = base.assumingMemoryBound(to: CChar.self)
            if family == 4 {
                var network = UInt32(truncatingIfNeeded: number).bigEndian
                _ = inet_ntop(AF_INET, &network, text, 48)
            } else {
                var network = number.bigEndian
                _ = inet_ntop(AF_INET6, &network, text, 48)
            }
            return UnsafeRawBufferPointer(rebasing: room[..<strlen(text)])
        }
    }

    private static func decimal(_ value: Int64, _ room: UnsafeMutableRawBufferPointer) -> UnsafeRawBufferPointer {
        var rest = value.magnitude
        var place = 20
        repeat {
            room[place] = 48 + UInt8(rest % 10)
            rest /= 10
            place -= 1
        } while rest > 0
        if value < 0 {
            room[place] = UInt8(ascii: "-")
            place -= 1
        }
        return UnsafeRawBufferPointer(rebasing: room[(place + 1)...20])
    }
}
