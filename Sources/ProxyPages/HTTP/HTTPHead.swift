/// The head of a request: its first line and its fields.
enum HTTPHead {
    /// nil for what is none.
    static func request(_ bytes: ArraySlice<UInt8>) -> HTTPRequest? {
        var lines = bytes.split(separator: 10, omittingEmptySubsequences: false).map { line in
            line.last == 13 ? line.dropLast() : line
        }[...]
        guard let first = lines.popFirst(), var request = start(first) else { return nil }
        for line in lines where !line.isEmpty {
            if line.first == 32 || line.first == 9 {
                // A line that goes on (RFC 9112, section 5.2).
                guard let last = request.fields.indices.last, let more = text(line[...]) else { return nil }
                request.fields[last].value += " " + more
                continue
            }
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
                line[..<colon].allSatisfy(isToken), let value = text(line[(colon + 1)...])
            else { return nil }
            request.fields.append(HTTPField(String(decoding: line[..<colon], as: UTF8.self).lowercased(), value))
        }
        // Which of several is meant nobody knows (RFC 9112, section 3.2).
        let hosts = request.values(of: "host")
        return Set(hosts).count > 1 ? nil : request
    }

    private static func start(_ line: ArraySlice<UInt8>) -> HTTPRequest? {
        let words = line.split(separator: 32, omittingEmptySubsequences: false)
        guard words.count == 3, !words[0].isEmpty, words[0].allSatisfy(isToken),
            let begin = words[1].first, words[1].allSatisfy({ (0x21...0x7e).contains($0) })
        else { return nil }
        let target = String(decoding: words[1], as: UTF8.self)
        let version = Array(words[2])
        guard version.count == 8, version.starts(with: Array("HTTP/".utf8)), version[6] == UInt8(ascii: "."),
            (48...57).contains(version[5]), (48...57).contains(version[7])
        else { return nil }
        let method = String(decoding: words[0], as: UTF8.self)
        // An origin, `*` of OPTIONS, or a whole URI; what CONNECT names is nothing that is served here.
        guard
            begin == UInt8(ascii: "/") || target == "*" && method == "OPTIONS" || target.contains("://")
                || method == "CONNECT"
        else { return nil }
        return HTTPRequest(method: method, target: target, version: String(decoding: version, as: UTF8.self))
    }

    /// A field's value without the white space around it; nil with a control character.
    private static func text(_ bytes: ArraySlice<UInt8>) -> String? {
        var bytes = bytes
        while let first = bytes.first, first == 32 || first == 9 { bytes.removeFirst() }
        while let last = bytes.last, last == 32 || last == 9 { bytes.removeLast() }
        guard bytes.allSatisfy({ $0 >= 32 || $0 == 9 }) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// RFC 9110, section 5.6.2.
    static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
