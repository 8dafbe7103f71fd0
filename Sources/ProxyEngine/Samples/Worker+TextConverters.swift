internal import Glibc

// Converters of texts (configuration manual, 7.3.1).
extension Worker {
    mutating func convert(
        _ text: UnsafeRawBufferPointer,
        _ entry: UnsafePointer<ConverterEntry>,
        _ connection: UnsafeMutablePointer<Connection>
    ) -> Sample? {
        switch entry.pointee.converter {
        case .lower: return .string(mapped(text) { $0.lowercased })
        case .upper: return .string(mapped(text) { $0.uppercased })
        case .length: return .integer(Int64(text.count))
        case .fromHexadecimal: return number(ofHexadecimal: text)
        case .field: return field(text, entry)
        case .word: return word(text, entry)
        case .trimStart:
            let characters = entry.pointee.text(0)
            var start = 0
            while start < text.count, characters.contains(text[start]) { start += 1 }
            return .string(UnsafeRawBufferPointer(rebasing: text[start...]))
        case .trimEnd:
            let characters = entry.pointee.text(0)
            var end = text.count
            while end > 0, characters.contains(text[end - 1]) { end -= 1 }
            return .string(UnsafeRawBufferPointer(rebasing: text[..<end]))
        case .cutLine:
            var end = 0
            while end < text.count, text[end] != 13, text[end] != 10 { end += 1 }
            return .string(UnsafeRawBufferPointer(rebasing: text[..<end]))
        case .concatenate: return concatenated(text, entry, connection)
        case .compare: return compared(text, entry, connection)
        case .fromBase64: return bytes(ofBase64: text, isForURLs: false)
        case .fromURLBase64: return bytes(ofBase64: text, isForURLs: true)
        case .toURL: return encodedForURL(text)
        case .json: return encodedForJSON(text, entry)
        case .hostOnly, .portOnly: return host(text, entry.pointee.converter)
        case .replace: return replaced(text, entry)
        case .addItem: return withItem(text, entry, connection)
        case .fromURL: return .string(decoded(text, isForm: entry.pointee.number(0) != 0))
        default: return nil
        }
    }

    mutating func mapped(
        _ text: UnsafeRawBufferPointer,
        _ change: (UInt8) -> UInt8
    ) -> UnsafeRawBufferPointer {
        let room = samples.next()
        let count = min(text.count, SampleDesk.size)
        for index in 0..<count { room[index] = change(text[index]) }
        return UnsafeRawBufferPointer(start: room, count: count)
    }

    private func number(ofHexadecimal text: UnsafeRawBufferPointer) -> Sample? {
        var value: UInt64 = 0
        for byte in text {
            guard let digit = byte.hexadecimalDigit else { return nil }
            value = value << 4 | UInt64(digit)
        }
        return .integer(Int64(bitPattern: value))
    }

    /// `field(<index>,<delimiters>[,<count>])`: the index counts from 1, or from the end by negative numbers; a count of 0
    /// takes all that is left.
    private func field(_ text: UnsafeRawBufferPointer, _ entry: UnsafePointer<ConverterEntry>) -> Sample? {
        let wanted = Int(clamping: entry.pointee.number(0))
        let delimiters = entry.pointee.text(1)
        var count = Self.count(entry)
        if wanted == 0 { return nil }
        var (start, end, field) = (0, text.count, wanted > 0 ? 1 : -1)
        if wanted > 0 {
            var place = 0
            while place < text.count {
                if delimiters.contains(text[place]) {
                    if field != wanted {
                        start = place + 1
                        field += 1
                    } else if count == 1 {
                        end = place
                        return .string(UnsafeRawBufferPointer(rebasing: text[start..<end]))
                    } else if count > 1 {
                        count -= 1
                    }
                }
                place += 1
            }
        } else {
            var place = text.count
            while place > 0 {
                if delimiters.contains(text[place - 1]) {
                    if field != wanted {
                        end = place - 1
                        field -= 1
                    } else if count == 1 {
                        start = place
                        return .string(UnsafeRawBufferPointer(rebasing: text[start..<end]))
                    } else if count > 1 {
                        count -= 1
                    }
                }
                place -= 1
            }
        }
        guard field == wanted else { return nil }
        return .string(UnsafeRawBufferPointer(rebasing: text[start..<end]))
    }

    /// `word(<index>,<delimiters>[,<count>])`: as fields of which empty ones do not count.
    private func word(_ text: UnsafeRawBufferPointer, _ entry: UnsafePointer<ConverterEntry>) -> Sample? {
        let wanted = Int(clamping: entry.pointee.number(0))
        let delimiters = entry.pointee.text(1)
        var count = Self.count(entry)
        if wanted == 0 { return nil }
        let isForward = wanted > 0
        // Where the word begins that is looked at, and how far it has been read: towards the end, or the beginning.
        var (start, place, word, isInside) = (isForward ? 0 : text.count, isForward ? 0 : text.count, 0, false)
        while isForward ? place < text.count : place > 0 {
            let isDelimiter = delimiters.contains(text[isForward ? place : place - 1])
            if !isInside {
                if !isDelimiter {
                    if word != wanted {
                        word += isForward ? 1 : -1
                        start = place
                    }
                    isInside = true
                }
            } else if isDelimiter {
                if word == wanted {
                    if count == 1 { break }
                    if count > 1 { count -= 1 }
                }
                isInside = false
            }
            place += isForward ? 1 : -1
        }
        // As in HAProxy, a word that is not there is an empty text, and delimiters at the end go with the last word.
        guard word == wanted else { return .string(UnsafeRawBufferPointer(rebasing: text[..<0])) }
        return .string(UnsafeRawBufferPointer(rebasing: text[min(start, place)..<max(start, place)]))
    }

    /// How many fields or words are wanted, which is an `int` in HAProxy; 0 and less take all that is left.
    private static func count(_ entry: UnsafePointer<ConverterEntry>) -> Int {
        entry.pointee.argumentCount > 2 ? Int(Int32(truncatingIfNeeded: entry.pointee.number(2))) : 1
    }

    /// `concat([<start>],[<variable>],[<end>])`
    private mutating func concatenated(
        _ text: UnsafeRawBufferPointer,
        _ entry: UnsafePointer<ConverterEntry>,
        _ connection: UnsafeMutablePointer<Connection>
    ) -> Sample? {
        let room = samples.next()
        var count = 0
        func append(_ part: UnsafeRawBufferPointer) {
            let size = min(part.count, SampleDesk.size - count)
            if let start = part.baseAddress { memcpy(room + count, start, size) }
            count += size
        }
        append(text)
        append(entry.pointee.text(0))
        if entry.pointee.argumentCount > 1, entry.pointee.arguments[1].kind == .variable,
            let value = variable(UInt32(truncatingIfNeeded: entry.pointee.number(1)), connection)
        {
            append(string(value))
        }
        append(entry.pointee.text(2))
        return .string(UnsafeRawBufferPointer(start: room, count: count))
    }

    /// `strcmp(<variable>)`
    private mutating func compared(
        _ text: UnsafeRawBufferPointer,
        _ entry: UnsafePointer<ConverterEntry>,
        _ connection: UnsafeMutablePointer<Connection>
    ) -> Sample? {
        guard let value = variable(UInt32(truncatingIfNeeded: entry.pointee.number(0)), connection) else { return nil }
        let other = string(value)
        let common = min(text.count, other.count)
        for index in 0..<common where text[index] != other[index] {
            return .integer(Int64(text[index]) - Int64(other[index]))
        }
        return .integer(text.count == other.count ? 0 : text.count < other.count ? -1 : 1)
    }

    /// `%41` as `A`; of a form, or behind a question mark, a plus is a space.
    private mutating func decoded(_ text: UnsafeRawBufferPointer, isForm: Bool) -> UnsafeRawBufferPointer {
        let room = samples.next()
        var (place, count, isForm) = (0, 0, isForm)
        while place < text.count, count < SampleDesk.size {
            var byte = text[place]
            place += 1
            switch byte {
            case UInt8(ascii: "+") where isForm: byte = 32
            case UInt8(ascii: "?"): isForm = true
            case UInt8(ascii: "%"):
                if place + 1 < text.count, let high = text[place].hexadecimalDigit,
                    let low = text[place + 1].hexadecimalDigit
                {
                    byte = high << 4 | low
                    place += 2
                }
            default: break
            }
            room[count] = byte
            count += 1
        }
        return UnsafeRawBufferPointer(start: room, count: count)
    }
}
