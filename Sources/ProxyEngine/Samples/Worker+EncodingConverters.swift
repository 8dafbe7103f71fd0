internal import Glibc

// Converters that write a text in another form (configuration manual, 7.3.1).
extension Worker {
    // MARK: - Digests

    /// `sha1`, `sha2([<bits>])`, `digest(<algorithm>)`, `hmac(<algorithm>,<key>)`: the key is base64, or a variable that is.
    mutating func digest(
        _ bytes: UnsafeRawBufferPointer,
        _ entry: UnsafePointer<ConverterEntry>,
        _ connection: UnsafeMutablePointer<Connection>
    ) -> Sample? {
        let digest: SampleDigest
        switch entry.pointee.converter {
        case .sha1: digest = .sha1
        case .sha2:
            switch entry.pointee.number(0) {
            case 224: digest = .sha224
            case 384: digest = .sha384
            case 512: digest = .sha512
            default: digest = .sha256
            }
        default:
            guard let known = SampleDigest(rawValue: UInt8(truncatingIfNeeded: entry.pointee.number(0))) else {
                return nil
            }
            digest = known
        }
        guard entry.pointee.converter == .hmac else {
            let room = samples.next()
            digest.write(UnsafeRawBufferPointer(start: nil, count: 0), bytes, room)
            return .binary(UnsafeRawBufferPointer(start: room, count: digest.size))
        }
        guard entry.pointee.arguments[1].kind == .variable else {
            return authenticated(bytes, digest, key: entry.pointee.text(1))
        }
        // The text may lie where its key would be decoded.
        let number = UInt32(truncatingIfNeeded: entry.pointee.number(1))
        guard let value = variable(number, connection), bytes.count <= SampleDesk.size else { return nil }
        let text = string(value)
        return withUnsafeTemporaryAllocation(byteCount: text.count + 4, alignment: 1) { key in
            guard let start = key.baseAddress else { return nil }
            let room = start.assumingMemoryBound(to: UInt8.self)
            guard let count = Self.decode(text, isForURLs: false, room) else { return nil }
            return authenticated(bytes, digest, key: UnsafeRawBufferPointer(start: start, count: count))
        }
    }

    private mutating func authenticated(
        _ bytes: UnsafeRawBufferPointer,
        _ digest: SampleDigest,
        key: UnsafeRawBufferPointer
    ) -> Sample {
        let room = samples.next()
        digest.writeAuthenticated(bytes, key: key, room)
        return .binary(UnsafeRawBufferPointer(start: room, count: digest.size))
    }

    // MARK: - Base64

    mutating func base64(_ bytes: UnsafeRawBufferPointer, isForURLs: Bool) -> UnsafeRawBufferPointer {
        let room = samples.next()
        let count = min(bytes.count, SampleDesk.size / 4 * 3)
        var (place, out) = (0, 0)
        while place < count {
            let size = min(3, count - place)
            var word = UInt32(bytes[place]) << 16
            if size > 1 { word |= UInt32(bytes[place + 1]) << 8 }
            if size > 2 { word |= UInt32(bytes[place + 2]) }
            for index in 0..<4 where index <= size || !isForURLs {
                let digit = UInt8(truncatingIfNeeded: word >> UInt32(18 - 6 * index)) & 63
                room[out] = index <= size ? Self.letter(digit, isForURLs) : UInt8(ascii: "=")
                out += 1
            }
            place += size
        }
        return UnsafeRawBufferPointer(start: room, count: out)
    }

    mutating func bytes(ofBase64 text: UnsafeRawBufferPointer, isForURLs: Bool) -> Sample? {
        let room = samples.next()
        guard let count = Self.decode(text, isForURLs: isForURLs, room) else { return nil }
        return .binary(UnsafeRawBufferPointer(start: room, count: count))
    }

    private static func letter(_ digit: UInt8, _ isForURLs: Bool) -> UInt8 {
        switch digit {
        case 0..<26: 65 + digit
        case 26..<52: 71 + digit
        case 52..<62: digit - 4
        case 62: isForURLs ? UInt8(ascii: "-") : UInt8(ascii: "+")
        default: isForURLs ? UInt8(ascii: "_") : UInt8(ascii: "/")
        }
    }

    /// nil for what is no base64. Those of URLs need nothing that fills them up.
    static func decode(
        _ text: UnsafeRawBufferPointer,
        isForURLs: Bool,
        _ room: UnsafeMutablePointer<UInt8>
    ) -> Int? {
        guard isForURLs ? text.count % 4 != 1 : text.count % 4 == 0 else { return nil }
        var (word, bits, count, padding) = (UInt32(0), 0, 0, 0)
        for byte in text.prefix(SampleDesk.size) {
            let value: UInt32
            switch byte {
            case 65...90: value = UInt32(byte - 65)
            case 97...122: value = UInt32(byte - 71)
            case 48...57: value = UInt32(byte + 4)
            case letter(62, isForURLs): value = 62
            case letter(63, isForURLs): value = 63
            case UInt8(ascii: "="):
                padding += 1
                continue
            default: return nil
            }
            if padding > 0 { return nil }
            word = word << 6 | value
            bits += 6
            if bits >= 8 {
                bits -= 8
                room[count] = UInt8(truncatingIfNeeded: word >> UInt32(bits))
                count += 1
            }
        }
        return padding > 2 ? nil : count
    }

    // MARK: - URLs, JSON and dates

    /// `url_enc([<what for>])`: everything but letters, digits and `-._~` as `%41`.
    mutating func encodedForURL(_ text: UnsafeRawBufferPointer) -> Sample? {
        let room = samples.next()
        guard text.count <= SampleDesk.size / 3 else { return nil }
        var count = 0
        for byte in text {
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                room[count] = byte
                count += 1
            default:
                room[count] = UInt8(ascii: "%")
                room[count + 1] = Self.upperDigit(byte >> 4)
                room[count + 2] = Self.upperDigit(byte & 15)
                count += 3
            }
        }
        return .string(UnsafeRawBufferPointer(start: room, count: count))
    }

    private static func upperDigit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 55 + value }
    private static func lowerDigit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 87 + value }

    /// `json([<input>])`: what a string of JSON needs an escape for. The input is `ascii`, or UTF-8: an error ends it
    /// (`utf8`, `utf8p`) or is left out (`utf8s`, `utf8ps`); with a `p` code points may be longer than they need be.
    mutating func encodedForJSON(_ text: UnsafeRawBufferPointer, _ entry: UnsafePointer<ConverterEntry>) -> Sample? {
        let kind = entry.pointee.text(0)
        let isASCII = kind.isEmpty || kind.first == UInt8(ascii: "a")
        let isLenient = kind.contains(UInt8(ascii: "p"))
        let leavesOut = kind.contains(UInt8(ascii: "s"))
        let room = samples.next()
        var (place, count) = (0, 0)
        while place < text.count {
            var code = UInt32(text[place])
            if isASCII {
                place += 1
            } else {
                let (size, isRight) = SampleText.codePoint(text, at: place, &code, isLenient: isLenient)
                place += size
                if !isRight || code > 0xffff {
                    if leavesOut { continue }
                    return nil
                }
            }
            guard count + 6 <= SampleDesk.size else { return nil }
            let escape: UInt8? =
                switch code {
                case 34, 92, 47: UInt8(truncatingIfNeeded: code)
                case 8: UInt8(ascii: "b")
                case 9: UInt8(ascii: "t")
                case 10: UInt8(ascii: "n")
                case 12: UInt8(ascii: "f")
                case 13: UInt8(ascii: "r")
                default: nil
                }
            if let escape {
                room[count] = UInt8(ascii: "\\")
                room[count + 1] = escape
                count += 2
            } else if (32...126).contains(code) {
                room[count] = UInt8(truncatingIfNeeded: code)
                count += 1
            } else {
                room[count] = UInt8(ascii: "\\")
                room[count + 1] = UInt8(ascii: "u")
                for index in 0..<4 {
                    let digit = UInt8(truncatingIfNeeded: code >> UInt32(12 - 4 * index)) & 15
                    room[count + 2 + index] = Self.lowerDigit(digit)
                }
                count += 6
            }
        }
        return .string(UnsafeRawBufferPointer(start: room, count: count))
    }

    /// `http_date([<offset>],[<unit>])`: as heads of HTTP have it; of finer units with what is left of a second.
    mutating func httpDate(_ value: Int64, _ entry: UnsafePointer<ConverterEntry>) -> Sample? {
        let unit = entry.pointee.text(1)
        let parts: Int64 = unit.count < 2 ? 1 : unit.first == UInt8(ascii: "m") ? 1000 : 1_000_000
        // As in HAProxy, which looks at 55 bits.
        let moment = value & 0x7f_ffff_ffff_ffff &+ entry.pointee.number(0)
        var seconds = time_t(moment / parts)
        var date = tm()
        guard gmtime_r(&seconds, &date) != nil, (0...6).contains(date.tm_wday), (0...11).contains(date.tm_mon) else {
            return nil
        }
        let room = samples.next()
        var count = 0
        func name(_ names: StaticString, _ index: Int32) {
            for letter in 0..<3 { room[count + letter] = names.utf8Start[3 * Int(index) + letter] }
            count += 3
        }
        func number(_ value: Int32, _ separator: UInt8) {
            room[count] = 48 + UInt8(truncatingIfNeeded: value / 10 % 10)
            room[count + 1] = 48 + UInt8(truncatingIfNeeded: value % 10)
            room[count + 2] = separator
            count += 3
        }
        name("SunMonTueWedThuFriSat", date.tm_wday)
        room[count] = UInt8(ascii: ",")
        room[count + 1] = 32
        count += 2
        number(date.tm_mday, 32)
        name("JanFebMarAprMayJunJulAugSepOctNovDec", date.tm_mon)
        room[count] = 32
        count += 1
        count += SampleText.write(Int64(date.tm_year) + 1900, room + count)
        room[count] = 32
        count += 1
        number(date.tm_hour, UInt8(ascii: ":"))
        number(date.tm_min, UInt8(ascii: ":"))
        number(date.tm_sec, UInt8(ascii: "."))
        if parts == 1 { count -= 1 } else { count += SampleText.write(moment % parts, room + count) }
        for byte in " GMT".utf8 {
            room[count] = byte
            count += 1
        }
        return .string(UnsafeRawBufferPointer(start: room, count: count))
    }

    // MARK: - Hosts and lists

    /// `host_only`, `port_only`: of a name or an address, perhaps in brackets, perhaps with a port; the
    /// host in lower case.
    mutating func host(_ text: UnsafeRawBufferPointer, _ converter: SampleConverter) -> Sample? {
        var start = text.count
        while start > 0, (48...57).contains(text[start - 1]) { start -= 1 }
        let hasPort = start > 0 && text[start - 1] == UInt8(ascii: ":")
        if converter == .hostOnly {
            return .string(
                mapped(UnsafeRawBufferPointer(rebasing: text[..<(hasPort ? start - 1 : text.count)])) { $0.lowercased }
            )
        }
        guard hasPort, start < text.count else { return .integer(0) }
        return .integer(SampleText.integer(UnsafeRawBufferPointer(rebasing: text[start...])))
    }

    /// `add_item(<delimiter>,[<variable>],[<suffix>])`: one more item of a list, if there is one.
    mutating func withItem(
        _ text: UnsafeRawBufferPointer,
        _ entry: UnsafePointer<ConverterEntry>,
        _ connection: UnsafeMutablePointer<Connection>
    ) -> Sample? {
        var item = UnsafeRawBufferPointer(start: nil, count: 0)
        if entry.pointee.argumentCount > 1, entry.pointee.arguments[1].kind == .variable,
            let value = variable(UInt32(truncatingIfNeeded: entry.pointee.number(1)), connection)
        {
            // Of a variable's own bytes no copy is made; what is written of others must not be where the text is.
            guard case .string(let bytes) = value else { return withItem(text, value, entry) }
            item = bytes
        }
        return joined(text, item, entry)
    }

    private mutating func withItem(
        _ text: UnsafeRawBufferPointer,
        _ value: Sample,
        _ entry: UnsafePointer<ConverterEntry>
    ) -> Sample? {
        withUnsafeTemporaryAllocation(byteCount: SampleDesk.size, alignment: 1) { room in
            let count = min(text.count, room.count)
            if let start = text.baseAddress, let base = room.baseAddress { memcpy(base, start, count) }
            let kept = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room)[..<count])
            return joined(kept, string(value), entry)
        }
    }

    private mutating func joined(
        _ text: UnsafeRawBufferPointer,
        _ item: UnsafeRawBufferPointer,
        _ entry: UnsafePointer<ConverterEntry>
    ) -> Sample? {
        let suffix = entry.pointee.text(2)
        let delimiter = entry.pointee.text(0)
        let room = samples.next()
        var count = 0
        func append(_ part: UnsafeRawBufferPointer) {
            let size = min(part.count, SampleDesk.size - count)
            if let start = part.baseAddress { memmove(room + count, start, size) }
            count += size
        }
        append(text)
        if item.count + suffix.count > 0 {
            if !text.isEmpty { append(delimiter) }
            append(item)
            append(suffix)
        }
        return .string(UnsafeRawBufferPointer(start: room, count: count))
    }

    /// `secure_memcmp(<variable>)`: in a time that tells nothing about where they differ.
    mutating func isSame(
        _ bytes: UnsafeRawBufferPointer,
        _ entry: UnsafePointer<ConverterEntry>,
        _ connection: UnsafeMutablePointer<Connection>
    ) -> Sample? {
        guard let value = variable(UInt32(truncatingIfNeeded: entry.pointee.number(0)), connection),
            case .binary(let other)? = cast(value, to: .binary)
        else { return nil }
        guard bytes.count == other.count else { return .boolean(false) }
        var difference: UInt8 = 0
        for index in 0..<bytes.count { difference |= bytes[index] ^ other[index] }
        return .boolean(difference == 0)
    }
}

extension SampleText {
    /// Reads a code point of UTF-8: how many bytes it takes, and whether it is one.
    ///
    /// - Parameter isLenient: It may have more bytes than it needs.
    static func codePoint(
        _ text: UnsafeRawBufferPointer,
        at place: Int,
        _ code: inout UInt32,
        isLenient: Bool
    ) -> (size: Int, isRight: Bool) {
        let first = text[place]
        if first < 0x80 {
            code = UInt32(first)
            return (1, true)
        }
        let ones = (~first).leadingZeroBitCount
        guard (2...6).contains(ones) else { return (1, false) }
        code = UInt32(first) & (0x7f >> UInt32(ones))
        for index in 1..<ones {
            guard place + index < text.count, text[place + index] & 0xc0 == 0x80 else { return (index, false) }
            code = code << 6 | UInt32(text[place + index] & 0x3f)
        }
        let least: UInt32 = ones == 2 ? 0x80 : 1 << UInt32(5 * ones - 4)
        let isNone = (0xd800...0xdfff).contains(code) || (0xfffe...0xffff).contains(code) || code > 0x10ffff
        return (ones, !isNone && (isLenient || code >= least))
    }
}
