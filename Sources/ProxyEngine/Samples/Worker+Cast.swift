internal import Glibc

// One type of sample as another, as HAProxy turns them (its table sample_casts).
extension Worker {
    /// nil where there is no such thing.
    mutating func cast(_ sample: Sample, to type: SampleType) -> Sample? {
        if sample.type == type { return sample }
        switch type {
        case .boolean: return integer(sample).map { .boolean($0 != 0) }
        case .integer: return integer(sample).map { .integer($0) }
        case .address: return address(sample)
        case .string: return .string(string(sample))
        case .binary: return binary(sample)
        }
    }

    func integer(_ sample: Sample) -> Int64? {
        switch sample {
        case .boolean(let value): value ? 1 : 0
        case .integer(let value): value
        case .address(let number, let family): family == 4 ? Int64(UInt32(truncatingIfNeeded: number)) : nil
        case .string(let text): text.count == 0 ? nil : SampleText.integer(text)
        case .binary: nil
        }
    }

    private func address(_ sample: Sample) -> Sample? {
        switch sample {
        case .integer(let value): .address(UInt128(UInt32(truncatingIfNeeded: value)), family: 4)
        case .string(let text): SampleText.address(text)
        default: nil
        }
    }

    /// The text of anything: numbers are decimal.
    mutating func string(_ sample: Sample) -> UnsafeRawBufferPointer {
        switch sample {
        case .string(let text): return text
        case .boolean(let value):
            let room = samples.next()
            room[0] = value ? 49 : 48
            return UnsafeRawBufferPointer(start: room, count: 1)
        case .integer(let value):
            let room = samples.next()
            return UnsafeRawBufferPointer(start: room, count: SampleText.write(value, room))
        case .address(let number, let family):
            let room = samples.next()
            return UnsafeRawBufferPointer(start: room, count: SampleText.write(number, family, room))
        case .binary(let bytes): return SampleText.text(ofBinary: bytes)
        }
    }

    mutating func hexadecimal(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let room = samples.next()
        let count = min(bytes.count, SampleDesk.size / 2)
        for index in 0..<count {
            let (high, low) = (bytes[index] >> 4, bytes[index] & 15)
            room[2 * index] = high < 10 ? 48 + high : 55 + high
            room[2 * index + 1] = low < 10 ? 48 + low : 55 + low
        }
        return UnsafeRawBufferPointer(start: room, count: 2 * count)
    }

    private mutating func binary(_ sample: Sample) -> Sample? {
        switch sample {
        case .boolean(let value): return .binary(bigEndian(value ? 1 : 0, count: 8))
        case .string(let text): return .binary(text)
        case .binary: return sample
        case .integer(let value): return .binary(bigEndian(UInt128(UInt64(bitPattern: value)), count: 8))
        case .address(let number, let family): return .binary(bigEndian(number, count: family == 4 ? 4 : 16))
        }
    }

    mutating func bigEndian(_ value: UInt128, count: Int) -> UnsafeRawBufferPointer {
        let room = samples.next()
        for index in 0..<count { room[index] = UInt8(truncatingIfNeeded: value >> UInt128(8 * (count - 1 - index))) }
        return UnsafeRawBufferPointer(start: room, count: count)
    }
}

/// Numbers and addresses in texts of samples.
enum SampleText {
    /// Bytes as a text end before the first NUL, as HAProxy's do.
    static func text(ofBinary bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        guard let start = bytes.baseAddress, let end = memchr(start, 0, bytes.count) else { return bytes }
        return UnsafeRawBufferPointer(start: start, count: UnsafeRawPointer(end) - start)
    }

    /// What digits it begins with, perhaps behind a sign; what is too large is the largest.
    static func integer(_ text: UnsafeRawBufferPointer) -> Int64 {
        var place = 0
        let isNegative = text.first == 45
        if isNegative || text.first == 43 { place = 1 }
        var value: Int64 = 0
        while place < text.count, text[place].isDigit {
            let (tens, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, isLarger) = tens.addingReportingOverflow(Int64(text[place] - 48))
            if isTooLarge || isLarger { return isNegative ? .min : .max }
            value = sum
            place += 1
        }
        return isNegative ? -value : value
    }

    static func address(_ text: UnsafeRawBufferPointer) -> Sample? {
        guard text.count > 0, text.count < Int(INET6_ADDRSTRLEN) else { return nil }
        var room = (UInt128(0), UInt128(0), UInt128(0))
        return withUnsafeMutableBytes(of: &room) { words in
            guard let start = words.baseAddress, let source = text.baseAddress else { return nil }
            memcpy(start, source, text.count)
            let characters = start.assumingMemoryBound(to: CChar.self)
            var v4: UInt32 = 0
            if inet_pton(AF_INET, characters, &v4) == 1 { return .address(UInt128(UInt32(bigEndian: v4)), family: 4) }
            var v6: UInt128 = 0
            if inet_pton(AF_INET6, characters, &v6) == 1 { return .address(UInt128(bigEndian: v6), family: 6) }
            return nil
        }
    }

    static func write(_ value: Int64, _ room: UnsafeMutablePointer<UInt8>) -> Int {
        var rest = value.magnitude
        var count = 0
        repeat {
            room[count] = 48 + UInt8(rest % 10)
            rest /= 10
            count += 1
        } while rest > 0
        if value < 0 {
            room[count] = 45
            count += 1
        }
        var digits = UnsafeMutableBufferPointer(start: room, count: count)
        digits.reverse()
        return count
    }

    static func write(_ number: UInt128, _ family: UInt8, _ room: UnsafeMutablePointer<UInt8>) -> Int {
        let text = UnsafeMutableRawPointer(room).assumingMemoryBound(to: CChar.self)
        if family == 4 {
            var network = UInt32(truncatingIfNeeded: number).bigEndian
            guard inet_ntop(AF_INET, &network, text, socklen_t(INET6_ADDRSTRLEN)) != nil else { return 0 }
        } else {
            var network = number.bigEndian
            guard inet_ntop(AF_INET6, &network, text, socklen_t(INET6_ADDRSTRLEN)) != nil else { return 0 }
        }
        return strlen(text)
    }
}
