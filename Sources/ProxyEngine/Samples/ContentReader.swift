/// What may be said of bytes that come one after the other.
enum ContentAnswer {
    case number(Int64)
    case truth
    case text(Range<Int>)
    /// Never, whatever comes behind them.
    case absent
    /// As many bytes as that are not there yet.
    case incomplete
}

/// Reads what a client or a server says first: TLS and RDP, as HAProxy's payload.c looks at them.
///
/// Every function takes the bytes so far; what is not there is never looked at.
struct ContentReader {
    let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    private func byte(_ place: Int) -> Int { Int(bytes[place]) }
    private func short(_ place: Int) -> Int { byte(place) << 8 | byte(place + 1) }
    private func long(_ place: Int) -> Int { byte(place) << 16 | short(place + 1) }

    // MARK: - TLS

    /// `req.ssl_hello_type`: the type of a handshake message that is there as a whole.
    func helloType() -> ContentAnswer {
        guard bytes.count > 0 else { return .incomplete }
        guard (0x14...0x17).contains(byte(0)) || byte(0) == 0xff else { return .absent }
        guard bytes.count >= 9 else { return .incomplete }
        guard byte(1) << 16 + byte(2) >= 0x30000, short(3) >= 4 else { return .absent }
        return bytes.count < 9 + long(6) ? .incomplete : .number(Int64(byte(5)))
    }

    /// `req.ssl_ver`: the version that a client asks for, in the upper and lower 16 bits.
    func version(most: Int) -> ContentAnswer {
        guard bytes.count > 0 else { return .incomplete }
        if (0x14...0x17).contains(byte(0)) || byte(0) == 0xff {
            guard bytes.count >= 11 else { return .incomplete }
            let length = short(3)
            guard byte(1) << 16 + byte(2) >= 0x30000, (6...(1 << 14) + 2048).contains(length) else { return .absent }
            return bytes.count - 5 < min(length, most) ? .incomplete : .number(Int64(byte(9) << 16 + byte(10)))
        }
        return oldVersion(most: most)
    }

    /// The header of SSLv2, which hellos may have.
    private func oldVersion(most: Int) -> ContentAnswer {
        let isShort = byte(0) & 0x80 != 0
        let header = isShort ? 2 : 3
        guard bytes.count > header else { return .incomplete }
        let length = isShort ? short(0) & 0x7fff : short(0) & 0x3fff
        let padding = isShort ? 0 : byte(2)
        guard byte(header) == 1 else { return .absent }
        let place = header + 1
        guard bytes.count >= place + 8 else { return .incomplete }
        let (ciphers, session, challenge) = (short(place + 2), short(place + 4), short(place + 6))
        guard ciphers % 3 == 0, session == 0 || session == 16, (16...32).contains(challenge),
            length == 9 + ciphers + session + challenge
        else { return .absent }
        let rest = min(ciphers + session + challenge + padding, most)
        return bytes.count - place - 8 < rest ? .incomplete : .number(Int64(byte(place) << 16 + byte(place + 1)))
    }

    /// Where the extensions of a ClientHello are; nil with why they are not.
    private func extensions() -> (range: Range<Int>?, answer: ContentAnswer) {
        guard bytes.count > 0 else { return (nil, .incomplete) }
        guard byte(0) == 0x16 else { return (nil, .absent) }
        guard bytes.count >= 3 else { return (nil, .incomplete) }
        guard byte(1) >= 3 else { return (nil, .absent) }
        guard bytes.count >= 5 else { return (nil, .incomplete) }
        guard short(3) >= 4 + 45 else { return (nil, .absent) }
        guard bytes.count >= 6 else { return (nil, .incomplete) }
        guard byte(5) == 1 else { return (nil, .absent) }
        guard bytes.count >= 9 else { return (nil, .incomplete) }
        var rest = long(6)
        guard rest >= 45 else { return (nil, .absent) }
        guard bytes.count >= 9 + rest else { return (nil, .incomplete) }
        var place = 9
        guard byte(place) >= 3, byte(place + 1) >= 1 else { return (nil, .absent) }
        let session = byte(place + 34)
        guard session <= 32, session <= rest - 35 else { return (nil, .absent) }
        place += 35 + session
        rest -= 35 + session
        guard rest >= 4, short(place) >= 2, short(place) <= rest - 2 else { return (nil, .absent) }
        rest -= 2 + short(place)
        place += 2 + short(place)
        guard rest >= 2, byte(place) >= 1, byte(place) <= rest - 1 else { return (nil, .absent) }
        rest -= 1 + byte(place)
        place += 1 + byte(place)
        guard rest >= 2, short(place) <= rest - 2 else { return (nil, .absent) }
        return (place + 2..<place + 2 + short(place), .absent)
    }

    /// The body of an extension of a ClientHello.
    private func body(ofExtension type: Int) -> (range: Range<Int>?, answer: ContentAnswer) {
        let (found, answer) = extensions()
        guard var rest = found else { return (nil, answer) }
        while rest.count >= 4 {
            let length = short(rest.lowerBound + 2)
            guard length <= rest.count - 4 else { break }
            let body = rest.lowerBound + 4..<rest.lowerBound + 4 + length
            if short(rest.lowerBound) == type { return (body, .absent) }
            rest = body.upperBound..<rest.upperBound
        }
        return (nil, .absent)
    }

    /// `req.ssl_sni`
    func serverName() -> ContentAnswer {
        let (found, answer) = body(ofExtension: 0)
        guard let body = found else { return answer }
        guard body.count >= 5, short(body.lowerBound) >= 4, short(body.lowerBound) <= body.count - 2 else {
            return .absent
        }
        let length = short(body.lowerBound + 3)
        guard byte(body.lowerBound + 2) == 0, length <= body.count - 5 else { return .absent }
        return .text(body.lowerBound + 5..<body.lowerBound + 5 + length)
    }

    /// `req.ssl_alpn`: the first name of the list; HAProxy 2.6 tells no more.
    func protocols() -> ContentAnswer {
        let (found, answer) = body(ofExtension: 16)
        guard let body = found else { return answer }
        guard body.count >= 3, short(body.lowerBound) <= body.count - 2 else { return .absent }
        let length = byte(body.lowerBound + 2)
        guard length > 0, length <= body.count - 3 else { return .absent }
        return .text(body.lowerBound + 3..<body.lowerBound + 3 + length)
    }

    /// `req.ssl_ec_ext`: there is a list of elliptic curves.
    func curves() -> ContentAnswer {
        let (found, answer) = body(ofExtension: 10)
        return found == nil ? answer : .truth
    }

    /// `req.ssl_st_ext`: 0 without a session ticket, 1 for an empty one.
    func ticket() -> ContentAnswer {
        let (found, answer) = body(ofExtension: 35)
        if let found { return .number(found.isEmpty ? 1 : 2) }
        if case .incomplete = answer { return .incomplete }
        return extensions().range == nil ? .absent : .number(0)
    }

    // MARK: - RDP

    /// `req.rdp_cookie`: a cookie of the connection request (MS-RDPBCGR, 2.2.1.1).
    ///
    /// - Parameter name: Of any, if it is empty.
    func cookie(_ name: UnsafeRawBufferPointer) -> ContentAnswer {
        guard bytes.count > 11 + 7 else { return .incomplete }
        guard isSame(11, "Cookie:") else { return .absent }
        var place = 18
        while place < bytes.count, byte(place) == 32 { place += 1 }
        if name.count > 0 {
            guard bytes.count - place > name.count else { return .incomplete }
            guard byte(place + name.count) == 61, isSame(place, name) else { return .absent }
            place += name.count + 1
        } else {
            while place < bytes.count, byte(place) != 61 {
                if byte(place) == 13 || byte(place) == 10 { return .absent }
                place += 1
            }
            guard place < bytes.count else { return .incomplete }
            place += 1
        }
        let start = place
        while place < bytes.count, byte(place) != 13 { place += 1 }
        guard bytes.count - place >= 2 else { return .incomplete }
        return byte(place + 1) == 10 ? .text(start..<place) : .absent
    }

    private func isSame(_ place: Int, _ word: StaticString) -> Bool {
        isSame(place, UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    }

    private func isSame(_ place: Int, _ word: UnsafeRawBufferPointer) -> Bool {
        for index in 0..<word.count where bytes[place + index].lowercased != word[index].lowercased { return false }
        return true
    }

    // MARK: - HTTP

    /// `req.proto_http`: the head of a request of HTTP/1 that is there as a whole.
    func isHTTP() -> ContentAnswer {
        var place = 0
        // Empty lines before it are nothing.
        while place < bytes.count, byte(place) == 13 || byte(place) == 10 { place += 1 }
        guard let end = end(ofLine: place) else {
            return mayBeHTTP(place..<bytes.count) ? .incomplete : .absent
        }
        guard isRequestLine(place..<end) else { return .absent }
        place = end
        while true {
            while place < bytes.count, byte(place) == 13 { place += 1 }
            guard place < bytes.count else { return .incomplete }
            place += 1
            guard let end = self.end(ofLine: place) else { return .incomplete }
            if end == place { return .truth }
            guard isHeader(place..<end) else { return .absent }
            place = end
        }
    }

    /// Without the CR and LF; nil if the line does not end yet.
    private func end(ofLine start: Int) -> Int? {
        var place = start
        while place < bytes.count, byte(place) != 10 { place += 1 }
        guard place < bytes.count else { return nil }
        return place > start && byte(place - 1) == 13 ? place - 1 : place
    }

    private func mayBeHTTP(_ range: Range<Int>) -> Bool {
        for place in range {
            if byte(place) == 32 { return place > range.lowerBound }
            if !bytes[place].isToken { return false }
        }
        return true
    }

    /// `GET /path HTTP/1.1`, or without a version.
    private func isRequestLine(_ range: Range<Int>) -> Bool {
        guard mayBeHTTP(range), let first = bytes[range].firstIndex(of: 32), let last = bytes[range].lastIndex(of: 32)
        else { return false }
        if first == last { return first + 1 < range.upperBound }
        guard first + 1 < last, range.upperBound - last == 9, isSame(last + 1, "HTTP/") else { return false }
        return bytes[last + 6].isDigit && byte(last + 7) == 46 && bytes[last + 8].isDigit
    }

    private func isHeader(_ range: Range<Int>) -> Bool {
        for place in range {
            if byte(place) == 58 { return place > range.lowerBound }
            // A line may go on in the next one.
            if place == range.lowerBound, byte(place) == 32 || byte(place) == 9 { return true }
            if !bytes[place].isToken { return false }
        }
        return false
    }
}

extension UInt8 {
    var isDigit: Bool { self >= 48 && self <= 57 }

    var lowercased: UInt8 { self >= 65 && self <= 90 ? self + 32 : self }

    var uppercased: UInt8 { self >= 97 && self <= 122 ? self - 32 : self }

    /// RFC 9110, 5.6.2
    fileprivate var isToken: Bool {
        switch self {
        case 48...57, 65...90, 97...122: true
        case 33, 35, 36, 37, 38, 39, 42, 43, 45, 46, 94, 95, 96, 124, 126: true
        default: false
        }
    }
}
