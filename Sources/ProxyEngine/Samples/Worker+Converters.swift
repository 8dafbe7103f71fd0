internal import Glibc

// Converters (configuration manual, 7.3.1).
extension Worker {
    /// nil where nothing comes out.
    mutating func convert(
        _ sample: Sample,
        _ entry: UnsafePointer<ConverterEntry>,
        _ connection: UnsafeMutablePointer<Connection>
    ) -> Sample? {
        if let map = entry.pointee.map {
            let room = samples.next()
            return map.pointee.value(of: sample, samples.patterns, room)
        }
        let converter = entry.pointee.converter
        switch converter {
        case .setVariable:
            let number = UInt32(truncatingIfNeeded: entry.pointee.arguments[0].number)
            // As in HAProxy, nothing comes out where a condition does not hold.
            return setVariable(number, sample, if: entry.pointee.conditions, connection) ? sample : nil
        case .unsetVariable:
            setVariable(UInt32(truncatingIfNeeded: entry.pointee.arguments[0].number), nil, connection)
            return sample
        case .tableNumber, .tableFlag:
            guard let table = entry.pointee.table, case .value(let answer) = answer(table.pointee, connection, sample)
            else { return nil }
            return answer
        default: break
        }
        guard let type = converter.takes, let input = cast(sample, to: type) else { return nil }
        switch input {
        case .integer(let value): return convert(value, entry, connection)
        case .boolean(let value):
            let index = value ? 0 : 1
            return .string(entry.pointee.text(index))
        case .address(let number, let family):
            if family == 6, entry.pointee.argumentCount < 2 { return nil }
            return .address(number & entry.pointee.arguments[family == 4 ? 0 : 1].address, family: family)
        case .string(let text): return convert(text, entry, connection)
        case .binary(let bytes): return convertBinary(bytes, entry, connection)
        }
    }

    // MARK: - Numbers

    private mutating func convert(
        _ value: Int64,
        _ entry: UnsafePointer<ConverterEntry>,
        _ connection: UnsafeMutablePointer<Connection>
    ) -> Sample? {
        switch entry.pointee.converter {
        case .complement: return .integer(~value)
        case .negate: return .integer(value == .min ? .max : -value)
        case .boolean: return .boolean(value != 0)
        case .not: return .boolean(value == 0)
        case .even: return .boolean(value & 1 == 0)
        case .odd: return .boolean(value & 1 == 1)
        case .networkOrder: return .binary(bigEndian(UInt128(UInt32(truncatingIfNeeded: value)), count: 4))
        case .localTime, .universalTime: return time(value, entry)
        case .httpDate: return httpDate(value, entry)
        default: break
        }
        guard let other = operand(entry, connection) else { return nil }
        return .integer(Self.computed(value, other, entry.pointee.converter))
    }

    /// The number in parentheses, or of the variable there.
    private mutating func operand(
        _ entry: UnsafePointer<ConverterEntry>,
        _ connection: UnsafeMutablePointer<Connection>
    ) -> Int64? {
        let argument = entry.pointee.arguments[0]
        guard argument.kind == .variable else { return argument.number }
        return variable(UInt32(truncatingIfNeeded: argument.number), connection).flatMap { integer($0) }
    }

    /// What is too large is the largest, as with HAProxy.
    private static func computed(_ a: Int64, _ b: Int64, _ converter: SampleConverter) -> Int64 {
        switch converter {
        case .add:
            let (sum, isTooLarge) = a.addingReportingOverflow(b)
            return isTooLarge ? (a < 0 ? .min : .max) : sum
        case .subtract:
            let (difference, isTooLarge) = a.subtractingReportingOverflow(b)
            return isTooLarge ? (a < 0 ? .min : .max) : difference
        case .multiply:
            let (product, isTooLarge) = a.multipliedReportingOverflow(by: b)
            return isTooLarge ? ((a < 0) == (b < 0) ? .max : .min) : product
        case .divide: return b == 0 ? .max : a == .min && b == -1 ? .max : a / b
        case .modulo: return b == 0 || b == -1 ? 0 : a % b
        case .and: return a & b
        case .or: return a | b
        default: return a ^ b
        }
    }

    /// strftime(3)
    private mutating func time(_ value: Int64, _ entry: UnsafePointer<ConverterEntry>) -> Sample? {
        let format = entry.pointee.text(0)
        let room = samples.next()
        guard format.count < SampleDesk.size / 2 else { return nil }
        if let start = format.baseAddress { memcpy(room, start, format.count) }
        room[format.count] = 0
        // As in HAProxy, which looks at 55 bits.
        var seconds = time_t(value & 0x7f_ffff_ffff_ffff &+ entry.pointee.number(1))
        var parts = tm()
        let isLocal = entry.pointee.converter == .localTime
        guard (isLocal ? localtime_r(&seconds, &parts) : gmtime_r(&seconds, &parts)) != nil else { return nil }
        let out = room + SampleDesk.size / 2
        let count = strftime(
            UnsafeMutableRawPointer(out).assumingMemoryBound(to: CChar.self),
            SampleDesk.size / 2,
            UnsafeMutableRawPointer(room).assumingMemoryBound(to: CChar.self),
            &parts
        )
        return .string(UnsafeRawBufferPointer(start: out, count: count))
    }

    // MARK: - Bytes

    private mutating func convertBinary(
        _ bytes: UnsafeRawBufferPointer,
        _ entry: UnsafePointer<ConverterEntry>,
        _ connection: UnsafeMutablePointer<Connection>
    ) -> Sample? {
        switch entry.pointee.converter {
        case .bytes:
            let start = Int(clamping: entry.pointee.number(0))
            guard start >= 0, start < bytes.count else {
                return .binary(UnsafeRawBufferPointer(rebasing: bytes[bytes.count...]))
            }
            // As in HAProxy, where a length below 0 is a very large one.
            let wanted = entry.pointee.argumentCount > 1 ? entry.pointee.number(1) : -1
            let length = wanted < 0 ? bytes.count : Int(clamping: wanted)
            return .binary(UnsafeRawBufferPointer(rebasing: bytes[start...].prefix(length)))
        case .hexadecimal: return .string(hexadecimal(bytes))
        case .decimalChunks, .hexadecimalChunks: return .string(chunks(bytes, entry))
        case .base64: return .string(base64(bytes, isForURLs: false))
        case .urlBase64: return .string(base64(bytes, isForURLs: true))
        case .sha1, .sha2, .digest, .hmac: return digest(bytes, entry, connection)
        case .compareSecretly: return isSame(bytes, entry, connection)
        case .xxh32:
            return .integer(Int64(SampleHash.xxh32(bytes, UInt32(truncatingIfNeeded: entry.pointee.number(0)))))
        case .xxh64:
            let seed = UInt64(bitPattern: entry.pointee.number(0))
            return .integer(Int64(bitPattern: SampleHash.xxh64(bytes, seed)))
        case let converter:
            let hash =
                switch converter {
                case .crc32: SampleHash.crc32(bytes, 0xedb8_8320)
                case .crc32c: SampleHash.crc32(bytes, 0x82f6_3b78)
                case .djb2: SampleHash.djb2(bytes)
                case .sdbm: SampleHash.sdbm(bytes)
                default: SampleHash.wt6(bytes)
                }
            return .integer(Int64(entry.pointee.number(0) != 0 ? SampleHash.avalanche(hash) : hash))
        }
    }
}

extension ConverterEntry {
    func number(_ index: Int) -> Int64 { index < argumentCount ? arguments[index].number : 0 }

    func text(_ index: Int) -> UnsafeRawBufferPointer {
        index < argumentCount ? arguments[index].text.raw : UnsafeRawBufferPointer(start: nil, count: 0)
    }
}
