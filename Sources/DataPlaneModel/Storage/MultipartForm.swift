/// A body of type multipart/form-data (RFC 7578), as much as an upload of one file needs.
enum MultipartForm {
    struct File: Equatable {
        /// As the client names it.
        var name: String
        var content: ArraySlice<UInt8>
    }

    /// The part with this name that is a file; nil if there is none, or the body is no form.
    ///
    /// The boundary is that of the body's first line: whatever the header says, parts are between such lines.
    static func file(named field: String, in body: [UInt8]) -> File? {
        guard body.starts(with: Array("--".utf8)), let end = body.firstIndex(of: newline) else { return nil }
        var delimiter = body[..<end]
        if delimiter.last == carriageReturn { delimiter = delimiter.dropLast() }
        // RFC 2046: at most 70 characters.
        guard delimiter.count > 2, delimiter.count <= 72 else { return nil }
        var rest = body[(end + 1)...]
        while let close = find([carriageReturn, newline] + delimiter, in: rest) {
            let part = rest[..<close]
            if let file = file(part, field) { return file }
            let after = rest[(close + 2 + delimiter.count)...]
            guard let line = after.firstIndex(of: newline), !after.starts(with: Array("--".utf8)) else { return nil }
            rest = after[(line + 1)...]
        }
        return nil
    }

    private static let newline = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    private static func file(_ part: ArraySlice<UInt8>, _ field: String) -> File? {
        guard let blank = find([carriageReturn, newline, carriageReturn, newline], in: part) else { return nil }
        for line in part[..<blank].split(separator: newline) {
            let header = String(decoding: line, as: UTF8.self)
            guard header.lowercased().hasPrefix("content-disposition:") else { continue }
            guard parameter("name", header) == field, let name = parameter("filename", header) else { return nil }
            return File(name: name, content: part[(blank + 4)...])
        }
        return nil
    }

    /// The value of `; name="…"`.
    private static func parameter(_ name: String, _ header: String) -> String? {
        for part in parameters(header) {
            let sides = part.split(separator: "=", maxSplits: 1)
            guard sides.count == 2, sides[0].filter({ $0 != " " }).lowercased() == name else { continue }
            let value = sides[1].filter { $0 != "\r" }
            return value.hasPrefix("\"") && value.hasSuffix("\"") && value.count > 1
                ? String(value.dropFirst().dropLast()) : value
        }
        return nil
    }

    /// What is between semicolons that are not in quotes.
    private static func parameters(_ header: String) -> [Substring] {
        var isQuoted = false
        return header.split { character in
            if character == "\"" { isQuoted.toggle() }
            return character == ";" && !isQuoted
        }
    }

    private static func find(_ pattern: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        guard let first = pattern.first else { return nil }
        var start = bytes.startIndex
        while let index = bytes[start...].firstIndex(of: first) {
            if bytes[index...].starts(with: pattern) { return index }
            start = index + 1
        }
        return nil
    }
}
