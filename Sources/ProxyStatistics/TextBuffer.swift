/// Bytes of a growing text; numbers are written without a string for each.
struct TextBuffer: Sendable {
    private(set) var bytes: [UInt8] = []

    /// The bytes; it is empty then.
    mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    mutating func byte(_ character: Unicode.Scalar) { bytes.append(UInt8(ascii: character)) }

    mutating func byte(_ value: UInt8) { bytes.append(value) }

    mutating func bytes(_ other: UnsafeBufferPointer<UInt8>) { bytes.append(contentsOf: other) }

    mutating func bytes(_ other: ArraySlice<UInt8>) { bytes.append(contentsOf: other) }

    /// Writes a number where there is room for it; gives what is behind it.
    @inline(__always)
    static func write(_ value: UInt64, at start: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
        if value < 10 {
            start.pointee = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value)
            return start + 1
        }
        var (digits, rest) = (0, value)
        while rest > 0 {
            digits += 1
            rest /= 10
        }
        rest = value
        var place = start + digits
        while place > start {
            place -= 1
            place.pointee = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        return start + digits
    }

    static func write(_ value: Int32, at start: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
        if value >= 0 { return write(UInt64(value), at: start) }
        start.pointee = UInt8(ascii: "-")
        return write(UInt64(value.magnitude), at: start + 1)
    }

    /// Writes a text of CSV that needs no quotes and has `most` bytes at most; nil for another one.
    static func write(_ text: String, at start: UnsafeMutablePointer<UInt8>, most: Int) -> UnsafeMutablePointer<UInt8>?
    {
        guard text.utf8.count <= most else { return nil }
        let isPlain = text.utf8.withContiguousStorageIfAvailable { units in
            // Without a way out of the loop: sixteen bytes are looked at and copied at once.
            var special: UInt8 = 0
            for (index, unit) in units.enumerated() {
                special |= unit == UInt8(ascii: "\"") ? 1 : 0
                special |= unit == UInt8(ascii: ",") ? 1 : 0
                special |= unit == 10 || unit == 13 ? 1 : 0
                start[index] = unit
            }
            return special == 0
        }
        return isPlain == true ? start + text.utf8.count : nil
    }

    mutating func text(_ text: String) { bytes.append(contentsOf: text.utf8) }

    mutating func text(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func number(_ value: UInt64) {
        if value < 10 {
            bytes.append(UInt8(ascii: "0") + UInt8(value))
            return
        }
        // No number has more digits.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            guard let start = digits.baseAddress else { return }
            let end = Self.write(value, at: start)
            bytes.append(contentsOf: UnsafeBufferPointer(start: start, count: end - start))
        }
    }

    mutating func signed(_ value: Int32) {
        if value < 0 { byte("-") }
        number(UInt64(value.magnitude))
    }

    /// A cell of CSV as HAProxy writes it: in quotes where it has one, a comma or a line end in it.
    mutating func cell(_ text: String) {
        let isPlain = !text.utf8.contains {
            $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: ",") || $0 == 10 || $0 == 13
        }
        if isPlain { return self.text(text) }
        byte("\"")
        for unit in text.utf8 {
            if unit == UInt8(ascii: "\"") { byte(unit) }
            byte(unit)
        }
        byte("\"")
    }

    /// A JSON string with its quotes (RFC 8259, 7).
    mutating func quoted(_ text: String) {
        byte("\"")
        for unit in text.utf8 {
            switch unit {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                byte("\\")
                byte(unit)
            case 0..<0x20:
                self.text("\\u00")
                for digit in [unit >> 4, unit & 15] {
                    byte(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
                }
            default: byte(unit)
            }
        }
        byte("\"")
    }

    /// `"tags":{…}`
    mutating func tags(_ tag: FieldTag) {
        text("\"tags\":{\"origin\":\"")
        text(tag.origin)
        text("\",\"nature\":\"")
        text(tag.nature)
        text("\",\"scope\":\"")
        text(tag.scope)
        text("\"}")
    }
}
