internal import Diagnostics

/// As much of JSON as the control socket needs: an object whose values are strings, numbers and words. Foundation's
/// reader would more than double the memory of a program that waits all its life.
enum FlatJSON {
    /// The members of one object; values that are no strings are given as they are written.
    static func object(_ text: String) throws(ControlError) -> [String: String] {
        var reader = Reader(bytes: Array(text.utf8))
        return try reader.object()
    }

    static func list(_ texts: [String]) -> String {
        "[" + texts.map { JSONString.quoted($0) }.joined(separator: ",") + "]"
    }

    private struct Reader {
        let bytes: [UInt8]
        var offset = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        mutating func object() throws(ControlError) -> [String: String] {
            var members: [String: String] = [:]
            try expect("{")
            if take("}") { return try ended(members) }
            repeat {
                let key = try string()
                try expect(":")
                members[key] = next == UInt8(ascii: "\"") ? try string() : try word()
            } while take(",")
            try expect("}")
            return try ended(members)
        }

        private func ended(_ members: [String: String]) throws(ControlError) -> [String: String] {
            if next != nil { throw ControlError(message: "there is something behind the object") }
            return members
        }

        /// The next byte that is no space.
        private var next: UInt8? { bytes[offset...].first { !Self.isSpace($0) } }

        private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 13 || byte == 10 }

        private mutating func take(_ character: Unicode.Scalar) -> Bool {
            while offset < bytes.count, Self.isSpace(bytes[offset]) { offset += 1 }
            guard offset < bytes.count, bytes[offset] == UInt8(ascii: character) else { return false }
            offset += 1
            return true
        }

        private mutating func expect(_ character: Unicode.Scalar) throws(ControlError) {
            if !take(character) { throw ControlError(message: "expected \(character) at byte \(offset + 1)") }
        }

        private mutating func word() throws(ControlError) -> String {
            while offset < bytes.count, Self.isSpace(bytes[offset]) { offset += 1 }
            let word = bytes[offset...].prefix { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || "+-.E".utf8.contains(byte)
            }
            if word.isEmpty { throw ControlError(message: "expected a plain value at byte \(offset + 1)") }
            offset += word.count
            return String(decoding: word, as: UTF8.self)
        }

        private mutating func string() throws(ControlError) -> String {
            try expect("\"")
            var units: [UInt8] = []
            while offset < bytes.count {
                let byte = bytes[offset]
                offset += 1
                switch byte {
                case UInt8(ascii: "\""): return String(decoding: units, as: UTF8.self)
                case UInt8(ascii: "\\"): units += try escape()
                case 0..<32: throw ControlError(message: "a control character stands in a string")
                default: units.append(byte)
                }
            }
            throw ControlError(message: "a string does not end")
        }

        private mutating func escape() throws(ControlError) -> [UInt8] {
            guard offset < bytes.count else { throw ControlError(message: "a string does not end") }
            let byte = bytes[offset]
            offset += 1
            switch Unicode.Scalar(byte) {
            case "\"", "\\", "/": return [byte]
            case "b": return [8]
            case "f": return [12]
            case "n": return [10]
            case "r": return [13]
            case "t": return [9]
            case "u":
                let digits = String(decoding: bytes[offset...].prefix(4), as: UTF8.self)
                guard digits.utf8.count == 4, let value = UInt32(digits, radix: 16) else { break }
                offset += 4
                // Half of a surrogate pair: no name of ours has one.
                return Array(String(Unicode.Scalar(value).map { Character($0) } ?? "\u{fffd}").utf8)
            default: break
            }
            throw ControlError(message: "unknown escape at byte \(offset)")
        }
    }
}
