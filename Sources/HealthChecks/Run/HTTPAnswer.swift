/// An HTTP/1 response as far as it has come (RFC 9112).
struct HTTPAnswer {
    enum Reading {
        case incomplete
        case invalid
        case answer(HTTPAnswer)
    }

    var status: Int
    var reason: String
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
    /// Nothing more belongs to it.
    var isComplete = false

    static func read(_ bytes: [UInt8], hasEnded: Bool, method: String) -> Reading {
        var position = 0
        func line() -> ArraySlice<UInt8>? {
            guard let end = bytes[position...].firstIndex(of: 10) else { return nil }
            let result = bytes[position..<end]
            position = end + 1
            return result.last == 13 ? result.dropLast() : result
        }
        let unfinished: Reading = hasEnded ? .invalid : .incomplete
        guard let first = line() else {
            // What cannot become a status line is not waited for.
            let begin = Array("HTTP/1.".utf8)
            return bytes.prefix(7).elementsEqual(begin.prefix(bytes.count)) ? unfinished : .invalid
        }
        guard var answer = statusLine(first) else { return .invalid }
        while true {
            guard let next = line() else { return unfinished }
            if next.isEmpty { break }
            guard let colon = next.firstIndex(of: UInt8(ascii: ":")), colon > next.startIndex else { return .invalid }
            let value = next[(colon + 1)...].drop { $0 == 32 || $0 == 9 }
            let trimmed = value.reversed().drop { $0 == 32 || $0 == 9 }.reversed()
            answer.headers.append(
                (String(decoding: next[..<colon], as: UTF8.self).lowercased(), String(decoding: trimmed, as: UTF8.self))
            )
        }
        // An interim response comes before the one that counts.
        if (100..<200).contains(answer.status), answer.status != 101 {
            return read(Array(bytes[position...]), hasEnded: hasEnded, method: method)
        }
        answer.takeBody(bytes[position...], method)
        return .answer(answer)
    }

    private static func statusLine(_ line: ArraySlice<UInt8>) -> HTTPAnswer? {
        guard line.count >= 12, line.starts(with: Array("HTTP/1.".utf8)) else { return nil }
        let parts = line.split(separator: 32, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[1].count == 3, parts[1].allSatisfy({ (48...57).contains($0) }) else { return nil }
        let status = parts[1].reduce(0) { $0 * 10 + Int($1 - 48) }
        return HTTPAnswer(status: status, reason: parts.count > 2 ? String(decoding: parts[2], as: UTF8.self) : "")
    }

    private func value(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    private mutating func takeBody(_ rest: ArraySlice<UInt8>, _ method: String) {
        if method == "HEAD" || status == 204 || status == 304 {
            isComplete = true
        } else if value("transfer-encoding")?.lowercased().hasSuffix("chunked") == true {
            takeChunks(rest)
        } else if let length = value("content-length").flatMap({ Int($0) }), length >= 0 {
            body = Array(rest.prefix(length))
            isComplete = body.count == length
        } else {
            body = Array(rest)
        }
    }

    private mutating func takeChunks(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while let end = rest.firstIndex(of: 10) {
            let digits = rest[..<end].prefix { Hex.value($0) != nil }
            guard !digits.isEmpty, digits.count <= 7 else {
                isComplete = true
                return
            }
            let size = digits.reduce(0) { $0 << 4 | Int(Hex.value($1) ?? 0) }
            rest = rest[(end + 1)...]
            if size == 0 {
                isComplete = true
                return
            }
            body += rest.prefix(size)
            guard rest.count >= size + 2 else { return }
            rest = rest.dropFirst(size + 2)
        }
    }

    func has(_ match: HeaderMatch) -> Bool {
        headers.contains { header in
            guard Self.holds(match.name, header.name, ignoringCase: true) else { return false }
            guard let wanted = match.value else { return true }
            let values =
                match.isWhole
                ? [header.value]
                : header.value.split(separator: ",").map { String(Self.trimmed($0)) }
            return values.contains { Self.holds(wanted, $0, ignoringCase: false) }
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var rest = text.drop { $0 == " " || $0 == "\t" }
        while rest.last == " " || rest.last == "\t" { rest.removeLast() }
        return rest
    }

    private static func holds(_ method: HeaderMatch.Method, _ text: String, ignoringCase: Bool) -> Bool {
        func cased(_ wanted: String) -> String { ignoringCase ? wanted.lowercased() : wanted }
        return switch method {
        case .exact(let wanted): text == cased(wanted)
        case .begins(let wanted): text.hasPrefix(cased(wanted))
        case .ends(let wanted): text.hasSuffix(cased(wanted))
        case .contains(let wanted): Array(text.utf8).contains(Array(cased(wanted).utf8))
        case .regex(let pattern): pattern.matches(Array(text.utf8))
        }
    }
}
