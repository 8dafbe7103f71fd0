// Fields that say how long a message is, and whom it is for.
extension HTTPHeadScan {
    /// Keeps a field.
    ///
    /// - Returns: Where it is wrong; nil: it is not.
    mutating func take(_ name: Range<Int>, _ value: Range<Int>, _ bytes: [UInt8]) -> Int? {
        if fields.count >= Self.mostFields { return index }
        switch String(decoding: bytes[name], as: UTF8.self).lowercased() {
        case "transfer-encoding": if !readCodings(bytes[value]) { return value.lowerBound }
        case "content-length":
            let isFirst = flags & Flag.length == 0
            guard readLengths(bytes[value]) else { return value.lowerBound }
            if !isFirst { return nil }
        case "connection":
            for word in Self.words(bytes[value]) {
                switch word {
                case "close": flags |= Flag.close
                case "keep-alive": flags |= Flag.keepAlive
                case "upgrade": flags |= Flag.upgrade
                default: break
                }
            }
        case "upgrade": if Self.words(bytes[value]).contains("websocket") { flags |= Flag.webSocket }
        case "host":
            if let host {
                return Self.isSame(bytes[fields[host].value], bytes[value]) ? nil : value.lowerBound
            }
            host = fields.count
        default: break
        }
        fields.append((name, value))
        return nil
    }

    /// In lower case, those of a list that has commas between them.
    private static func words(_ value: ArraySlice<UInt8>) -> [String] {
        value.split(separator: UInt8(ascii: ",")).compactMap { part in
            let word = part.drop { $0.isBlank }.reversed().drop { $0.isBlank }.reversed()
            return word.isEmpty ? nil : String(decoding: Array(word), as: UTF8.self).lowercased()
        }
    }

    /// `chunked` is the last one, and there once (RFC 9112, section 6.1).
    private mutating func readCodings(_ value: ArraySlice<UInt8>) -> Bool {
        flags |= Flag.coded
        for word in Self.words(value) {
            flags &= ~Flag.chunks
            if flags & Flag.codedInChunks != 0 { return false }
            flags |= word == "chunked" ? Flag.codedInChunks | Flag.chunks : Flag.codedOtherwise
        }
        return true
    }

    /// Several are the same number (RFC 9112, section 6.3).
    private mutating func readLengths(_ value: ArraySlice<UInt8>) -> Bool {
        let parts = value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        for part in parts {
            let digits = part.drop { $0.isBlank }.prefix { (48...57).contains($0) }
            let rest = part.drop { $0.isBlank }.dropFirst(digits.count)
            guard rest.allSatisfy({ $0.isBlank }), let number = UInt64(String(decoding: digits, as: UTF8.self))
            else { return false }
            if flags & Flag.length != 0, number != bodyLength { return false }
            flags |= Flag.length
            bodyLength = number
        }
        return true
    }

    /// A key of 16 bytes in base64 (RFC 6455, section 4.1).
    func hasWebSocketKey(_ bytes: [UInt8]) -> Bool {
        fields.contains { field in
            field.value.count == 24
                && String(decoding: bytes[field.name], as: UTF8.self).lowercased() == "sec-websocket-key"
        }
    }

    private static func isSame(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
        String(decoding: left, as: UTF8.self).lowercased() == String(decoding: right, as: UTF8.self).lowercased()
    }

    /// Where target and `Host` disagree (RFC 9112, section 3.2); nil: nowhere.
    func authorityProblem(_ bytes: [UInt8]) -> Int? {
        let place = Authority(bytes[target])
        let own = host.map { fields[$0].value }
        if bytes[method].elementsEqual("CONNECT".utf8) {
            guard !place.host.isEmpty, !place.port.isEmpty else { return target.lowerBound }
            guard let own else { return nil }
            let other = Authority(hostField: bytes[own])
            let isPortSame = other.port.isEmpty ? ["80", "443"].contains(place.port) : other.port == place.port
            return isPortSame && other.host == place.host ? nil : own.lowerBound
        }
        guard let own, !place.isEmpty else { return nil }
        let other = Authority(hostField: bytes[own])
        if place.text == other.text { return nil }
        let usual = place.scheme == "http" ? "80" : place.scheme == "https" ? "443" : nil
        // One of them has no port, or nothing behind its colon; the other one may have that of the scheme.
        let port = place.port.isEmpty ? other.port : place.port
        let isSame =
            !place.scheme.isEmpty && (place.port.isEmpty || other.port.isEmpty) && (port.isEmpty || port == usual)
            && place.host == other.host
        return isSame ? nil : own.lowerBound
    }
}

/// Host and port of a target, or of `Host`, in lower case.
private struct Authority {
    var scheme = ""
    var text = ""
    var host = ""
    var port = ""

    var isEmpty: Bool { text.isEmpty }

    init(hostField bytes: ArraySlice<UInt8>) { split(bytes) }

    init(_ target: ArraySlice<UInt8>) {
        // Whatever follows an asterisk.
        guard let first = target.first, first != UInt8(ascii: "/"), first != UInt8(ascii: "*") else { return }
        var rest = target
        let name = target.prefix { byte in byte.isToken && byte != UInt8(ascii: "_") }
        let isScheme = (65...90).contains(first) || (97...122).contains(first)
        if isScheme, target.dropFirst(name.count).starts(with: "://".utf8) {
            scheme = String(decoding: name, as: UTF8.self).lowercased()
            rest = target.dropFirst(name.count + 3)
        }
        rest = rest.prefix { $0 != UInt8(ascii: "/") }
        if let at = rest.lastIndex(of: UInt8(ascii: "@")) { rest = rest[(at + 1)...] }
        split(rest)
    }

    private mutating func split(_ bytes: ArraySlice<UInt8>) {
        text = String(decoding: bytes, as: UTF8.self).lowercased()
        let digits = text.reversed().prefix { $0.isASCII && $0.isNumber }
        let hasPort = text.dropLast(digits.count).last == ":"
        host = hasPort ? String(text.dropLast(digits.count + 1)) : text
        port = hasPort ? String(digits.reversed()) : ""
    }
}
