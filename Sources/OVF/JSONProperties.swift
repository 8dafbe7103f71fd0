import Diagnostics

/// Reads `--properties`: one JSON object (RFC 8259) whose members are strings, numbers, booleans or null, and whose
/// member `adapters` may be a list of such objects. Strict, but for keeping the place of every value.
struct JSONProperties {
    struct Member {
        var key: String
        var value: Value
        /// Of the key's first character.
        var position: SourcePosition
        /// Of the value's first character, behind its quote.
        var valuePosition: SourcePosition
    }

    enum Value {
        /// A string, or a number or boolean as it is written; null is empty.
        case text(String)
        case objects([[Member]])
    }

    private var scanner: InputScanner

    static func read(_ scanner: InputScanner) throws(Diagnostic) -> [Member] {
        var reader = JSONProperties(scanner: scanner)
        reader.scanner.skipBlanks()
        let members = try reader.readObject(listsAllowed: true)
        reader.scanner.skipBlanks()
        guard reader.scanner.atEnd else {
            throw reader.scanner.problem(
                "expected the end of the document, found \(reader.scanner.next)",
                remedy: "keep one object and nothing behind it"
            )
        }
        return members
    }

    private mutating func readObject(listsAllowed: Bool) throws(Diagnostic) -> [Member] {
        guard scanner.take("{") else {
            throw scanner.problem(
                "expected '{', found \(scanner.next)",
                remedy: "write the properties as an object: {\"network.hostname\": \"haproxy.local\", …}"
            )
        }
        var members: [Member] = []
        scanner.skipBlanks()
        if scanner.take("}") { return members }
        while true {
            scanner.skipBlanks()
            let member = try readMember(listsAllowed: listsAllowed)
            if let first = members.first(where: { $0.key == member.key }) {
                throw scanner.problem(
                    "\(member.key) is there twice, first on line \(first.position.line)",
                    at: member.position,
                    remedy: "keep one of them"
                )
            }
            guard members.count < OVFEnvironment.mostProperties else {
                throw scanner.problem(
                    "there are more than \(OVFEnvironment.mostProperties) members",
                    at: member.position,
                    remedy: "give the properties of the appliance, not another document"
                )
            }
            members.append(member)
            scanner.skipBlanks()
            if scanner.take("}") { return members }
            guard scanner.take(",") else {
                throw scanner.problem(
                    "expected ',' or '}', found \(scanner.next)",
                    remedy: "put a comma between two members, and } behind the last"
                )
            }
        }
    }

    private mutating func readMember(listsAllowed: Bool) throws(Diagnostic) -> Member {
        guard !scanner.sees("}") else {
            throw scanner.problem("a comma comes before '}'", remedy: "remove the comma behind the last member")
        }
        let (key, position) = try readString("a key")
        scanner.skipBlanks()
        guard scanner.take(":") else {
            throw scanner.problem("expected ':', found \(scanner.next)", remedy: "write members as \"key\": \"value\"")
        }
        scanner.skipBlanks()
        let place = scanner.position
        if scanner.sees("[") {
            guard listsAllowed else {
                throw scanner.problem("a list is not expected here", remedy: "give a string")
            }
            return Member(key: key, value: .objects(try readList()), position: position, valuePosition: place)
        }
        guard !scanner.sees("{") else {
            throw scanner.problem(
                "the value of \(key) is an object",
                remedy: "write flat keys such as \"network.hostname\""
            )
        }
        if let literal = readLiteral() {
            return Member(key: key, value: .text(literal), position: position, valuePosition: place)
        }
        let (text, textPosition) = try readString("a value")
        return Member(key: key, value: .text(text), position: position, valuePosition: textPosition)
    }

    private mutating func readList() throws(Diagnostic) -> [[Member]] {
        var objects: [[Member]] = []
        _ = scanner.take("[")
        scanner.skipBlanks()
        if scanner.take("]") { return objects }
        while true {
            scanner.skipBlanks()
            objects.append(try readObject(listsAllowed: false))
            scanner.skipBlanks()
            if scanner.take("]") { return objects }
            guard scanner.take(",") else {
                throw scanner.problem(
                    "expected ',' or ']', found \(scanner.next)",
                    remedy: "put a comma between two objects, and ] behind the last"
                )
            }
        }
    }

    /// A number or boolean as it is written; null as nothing.
    private mutating func readLiteral() -> String? {
        if scanner.take("null") { return "" }
        if scanner.take("true") { return "true" }
        if scanner.take("false") { return "false" }
        let start = scanner.index
        while let byte = scanner.peek, Self.isNumberByte(byte) { scanner.advance() }
        guard scanner.index > start else { return nil }
        return String(decoding: scanner.bytes[start..<scanner.index], as: UTF8.self)
    }

    private static func isNumberByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default:
            false
        }
    }

    // MARK: Strings

    private mutating func readString(_ what: String) throws(Diagnostic) -> (String, SourcePosition) {
        guard !scanner.sees("'") else {
            throw scanner.problem(
                "\(what) is in single quotes, which are not JSON",
                remedy: "JSON wants double quotes: write \"network.hostname\": \"haproxy.local\""
            )
        }
        guard scanner.take("\"") else {
            throw scanner.problem(
                "expected \(what) in double quotes, found \(scanner.next)",
                remedy: "write members as \"key\": \"value\""
            )
        }
        let place = scanner.position
        var bytes: [UInt8] = []
        while let byte = scanner.peek, byte != UInt8(ascii: "\"") {
            if byte == UInt8(ascii: "\\") {
                bytes += try readEscape()
            } else if byte < 0x20 {
                throw scanner.problem(
                    "a string holds \(scanner.next)",
                    remedy: "close the string, or write a line end in it as \\n and a tab as \\t"
                )
            } else {
                bytes.append(byte)
                scanner.advance()
            }
        }
        guard scanner.take("\"") else {
            throw scanner.problem("a string is not closed", at: place, remedy: "close it by a double quote")
        }
        return (String(decoding: bytes, as: UTF8.self), place)
    }

    private mutating func readEscape() throws(Diagnostic) -> [UInt8] {
        let place = scanner.position
        scanner.advance()
        let escapes: [(StaticString, UInt8)] = [
            ("\"", 0x22), ("\\", 0x5c), ("/", 0x2f), ("b", 0x08), ("f", 0x0c), ("n", 0x0a), ("r", 0x0d), ("t", 0x09),
        ]
        for (letter, byte) in escapes where scanner.take(letter) { return [byte] }
        if let unit = readUnit() {
            if let scalar = Unicode.Scalar(unit) { return Array(String(scalar).utf8) }
            // Above the basic plane: two units, high surrogate first.
            if unit < 0xdc00, scanner.take("\\"), let low = readUnit(), (0xdc00...0xdfff).contains(low),
                let scalar = Unicode.Scalar(0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00))
            {
                return Array(String(scalar).utf8)
            }
        }
        throw scanner.problem(
            "a string holds a wrong escape",
            at: place,
            remedy: "write a backslash as \\\\; the escapes are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX"
        )
    }

    /// `uXXXX` behind a backslash.
    private mutating func readUnit() -> UInt32? {
        guard scanner.take("u") else { return nil }
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = scanner.peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            unit = unit << 4 | UInt32(digit)
            scanner.advance()
        }
        return unit
    }
}
