internal import Glibc
internal import ProxyEngine

/// Stick tables as HAProxy writes them.
enum TableText {
    static func head(_ table: StickTable, used: UInt32) -> String {
        let kind =
            switch table.kind {
            case .v4: "ip"
            case .v6: "ipv6"
            case .integer: "integer"
            case .string: "string"
            case .binary: "binary"
            }
        return "# table: \(table.name), type: \(kind), size:\(table.size), used:\(used)\n"
    }

    /// In the order of keys, which HAProxy compares byte by byte; numbers lie there with their low byte first.
    static func rows(_ rows: [TableAnswer.Row], _ table: StickTable) -> String {
        let isNumber = table.kind == .integer
        let sorted = rows.sorted { a, b in
            isNumber
                ? a.key.reversed().lexicographicallyPrecedes(b.key.reversed()) : a.key.lexicographicallyPrecedes(b.key)
        }
        var text = ""
        for row in sorted { add(row, table, to: &text) }
        return text
    }

    private static func add(_ row: TableAnswer.Row, _ table: StickTable, to text: inout String) {
        text +=
            "0x\(String((UInt64(row.place) + 1) << 6, radix: 16)): key=\(key(row.key, table)) use=\(row.uses) exp=\(row.rest)"
        var values = row.values[...]
        for data in table.data {
            for element in 0..<data.count {
                guard let value = values.popFirst() else { break }
                text += " \(name(data, element))="
                switch data.kind.form {
                case .name: text += row.server ?? "-"
                case .wide: text += String(UInt64(bitPattern: value))
                case .signed, .unsigned, .rate: text += String(value)
                }
            }
        }
        text += "\n"
    }

    /// `gpc_rate` of an array: `gpc1_rate(10000)`.
    private static func name(_ data: StickData, _ element: UInt16) -> String {
        var name = data.kind.name
        if data.kind.isArray {
            let stem = name.prefix { $0 != "_" }
            name = "\(stem)\(element)\(name.dropFirst(stem.count))"
        }
        return data.kind.form == .rate ? "\(name)(\(data.period))" : name
    }

    private static func key(_ bytes: [UInt8], _ table: StickTable) -> String {
        switch table.kind {
        case .v4: address(AF_INET, bytes)
        case .v6: address(AF_INET6, bytes)
        case .integer: String(bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
        case .string: escaped(bytes)
        case .binary:
            (bytes + [UInt8](repeating: 0, count: max(0, Int(table.length) - bytes.count))).map { byte in
                (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }.joined()
        }
    }

    private static func address(_ family: CInt, _ bytes: [UInt8]) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { room in
            guard let start = room.baseAddress, inet_ntop(family, bytes, start, 64) != nil else { return "" }
            return String(cString: start)
        }
    }

    private static func escaped(_ bytes: [UInt8]) -> String {
        var text = ""
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\\"),
                UInt8(ascii: " "),
                UInt8(ascii: "="):
                text += "\\"
                text.unicodeScalars.append(Unicode.Scalar(byte))
            case 0x20..<0x7f: text.unicodeScalars.append(Unicode.Scalar(byte))
            case 9: text += "\\t"
            case 10: text += "\\n"
            case 13: text += "\\r"
            case 27: text += "\\e"
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                text += digits.count == 1 ? "\\x0\(digits)" : "\\x\(digits)"
            }
        }
        return text
    }

    /// A key as it is written, in bytes; nil for one that there cannot be.
    static func key(_ text: String, _ kind: StickTable.Kind) -> [UInt8]? {
        switch kind {
        // As inet_addr(3) of old: anything that is no address is 0.0.0.0.
        case .v4: return address(text)
        case .v6:
            var bytes = [UInt8](repeating: 0, count: 16)
            return inet_pton(AF_INET6, text, &bytes) == 1 ? bytes : nil
        case .integer:
            guard let number = unsigned(text) else { return nil }
            return (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
        case .string: return Array(text.utf8)
        case .binary: return nil
        }
    }

    /// HAProxy's inetaddr_host: numbers of one byte each, whatever they are, up to the first that is wrong.
    private static func address(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in text.split(separator: ".", omittingEmptySubsequences: false) {
            guard !part.isEmpty, part.utf8.allSatisfy({ (48...57).contains($0) }), bytes.count < 4 else {
                return [0, 0, 0, 0]
            }
            bytes.append(part.utf8.reduce(0) { $0 &* 10 &+ ($1 &- 48) })
        }
        return bytes.count == 4 ? bytes : [0, 0, 0, 0]
    }

    /// strtoul(3), up to 32 bits.
    private static func unsigned(_ text: String) -> UInt32? {
        let trimmed = text.drop { $0 == " " }
        let digits = trimmed.drop { $0 == "+" }.prefix { $0.isASCII && $0.isNumber }
        return digits.isEmpty ? nil : UInt64(digits).flatMap { UInt32(exactly: $0) }
    }

    /// A number and nothing else, negative ones included.
    static func number(_ text: String) -> Int64? {
        guard let first = text.utf8.first, first != UInt8(ascii: "+") else { return nil }
        return Int64(text)
    }
}
