import Diagnostics

extension XMLReader {
    /// ` = "value"` with its references resolved, and the place of its first character.
    mutating func readAttributeValue() throws(Diagnostic) -> (String, SourcePosition) {
        scanner.skipBlanks()
        guard scanner.take("=") else {
            throw scanner.problem("expected '=', found \(scanner.next)", remedy: "write attributes as name=\"value\"")
        }
        scanner.skipBlanks()
        guard let quote = scanner.peek, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            throw scanner.problem(
                "expected a quoted value, found \(scanner.next)",
                remedy: "write attributes as name=\"value\""
            )
        }
        scanner.advance()
        let place = scanner.position
        var value: [UInt8] = []
        while let byte = scanner.peek, byte != quote {
            switch byte {
            case UInt8(ascii: "<"):
                throw scanner.problem(
                    "the value of an attribute holds '<'",
                    remedy: "write it as &lt;, or close the value's quotes"
                )
            case UInt8(ascii: "&"):
                value += try readReference()
            case 0x09, 0x0a:
                value.append(0x20)
                scanner.advance()
            case 0x0d:
                // A line end of two characters is one blank.
                scanner.advance()
                if scanner.peek != 0x0a { value.append(0x20) }
            default:
                value.append(try readCharacter(byte))
            }
        }
        guard !scanner.atEnd else {
            throw scanner.problem(
                "the value of an attribute is not closed",
                at: place,
                remedy: "give the whole document: it may have been cut off"
            )
        }
        scanner.advance()
        return (String(decoding: value, as: UTF8.self), place)
    }

    /// Text up to the next `<`.
    mutating func readText() throws(Diagnostic) -> String {
        var text: [UInt8] = []
        while let byte = scanner.peek, byte != UInt8(ascii: "<") {
            if byte == UInt8(ascii: "&") {
                text += try readReference()
            } else {
                text.append(try readCharacter(byte))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// `<![CDATA[ … ]]>`.
    mutating func readCharacterData() throws(Diagnostic) -> String {
        let place = scanner.position
        _ = scanner.take("<![CDATA[")
        var text: [UInt8] = []
        while !scanner.take("]]>") {
            guard let byte = scanner.peek else {
                throw scanner.problem("the CDATA section is not closed", at: place, remedy: "end it by ]]>")
            }
            text.append(try readCharacter(byte))
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// One byte of a character; control characters other than tab and line ends are not XML.
    private mutating func readCharacter(_ byte: UInt8) throws(Diagnostic) -> UInt8 {
        guard byte >= 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d else {
            throw scanner.problem("\(scanner.next) is not allowed in XML", remedy: "remove it")
        }
        scanner.advance()
        return byte
    }

    /// `&amp;`, `&#10;`, `&#xA;`. Longer names than those of the predefined entities are never collected.
    private mutating func readReference() throws(Diagnostic) -> [UInt8] {
        let place = scanner.position
        scanner.advance()
        var name = ""
        while let byte = scanner.peek, byte != UInt8(ascii: ";"), name.utf8.count < 10 {
            name.unicodeScalars.append(Unicode.Scalar(byte))
            scanner.advance()
        }
        guard scanner.take(";"), let scalar = Self.scalar(named: name) else {
            // The name is not repeated: an ampersand that was not escaped may stand in a password.
            throw scanner.problem(
                "'&' starts no reference that is known here",
                at: place,
                remedy: "write a literal & as &amp;; the other references are &lt; &gt; &quot; &apos; and &#number;"
            )
        }
        return Array(String(scalar).utf8)
    }

    private static func scalar(named name: String) -> Unicode.Scalar? {
        switch name {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        default: break
        }
        let number: UInt32?
        if name.hasPrefix("#x") {
            number = name.dropFirst(2).first == "+" ? nil : UInt32(name.dropFirst(2), radix: 16)
        } else if name.hasPrefix("#") {
            number = name.dropFirst().first == "+" ? nil : UInt32(name.dropFirst())
        } else {
            number = nil
        }
        guard let number, let scalar = Unicode.Scalar(number) else { return nil }
        switch number {
        case 0x09, 0x0a, 0x0d, 0x20...0xfffd, 0x10000...: return scalar
        default: return nil
        }
    }
}
