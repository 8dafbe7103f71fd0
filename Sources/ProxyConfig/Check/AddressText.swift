import Addresses
internal import Patterns

/// Reads the addresses of `bind`, `server`, `log` and `stats socket` lines as `str2sa_range()` of HAProxy 2.6 does: the
/// last colon separates the port, a path or a prefix makes it something else than an internet address.
struct AddressText {
    struct Failure: Error {
        var message: String
        var remedy: String
    }

    enum Purpose {
        case bind
        case server
        /// Where a check goes to.
        case check
        case source
        case log
    }

    var address: SocketAddress
    /// `+10` or `-10` behind the colon.
    var portOffset = 0
    /// True if the port is absent, so that a server takes that of the client.
    var hasPort: Bool

    /// - Parameter prefixLength: Bytes before a socket's path.
    init(
        _ text: String,
        for purpose: Purpose,
        prefixLength: Int = 0,
        resolve: ((String) -> IPAddress?)?
    ) throws(Failure) {
        hasPort = false
        address = .unix("")
        // Nearly every address starts with a digit and is none of the special forms.
        if let first = text.utf8.first, (48...57).contains(first) {
            if purpose != .source, let place = Self.plain(text) {
                address = .ip(IPAddress(v4: place.address), ports: place.port...place.port)
                hasPort = true
                return
            }
            try readInternet(text, for: purpose, resolve: resolve)
            return
        }
        let whole = text
        var text = text
        // `stream+ipv4@…`: the kind of socket, then the address.
        if text.hasPrefix("stream+") { text.removeFirst(7) }
        if purpose == .bind || purpose == .server || purpose == .check,
            text.hasPrefix("dgram+") || text.hasPrefix("udp") && text.contains("@")
        {
            throw Failure(
                message: "dgram-type address not acceptable in '\(text)'",
                remedy: "write an address that connections can be made to"
            )
        }
        if let path = Self.path(of: text) {
            // sun_path has 108 bytes, its NUL included; HAProxy binds beside the path, and counts that everywhere.
            try Self.refuseLong(path, whole, over: 97 - prefixLength)
            address = .unix(path)
            return
        }
        if text.hasPrefix("abns@") {
            let name = String(text.dropFirst(5))
            try Self.refuseLong(name, whole, over: 107)
            address = .abstract(name)
            return
        }
        if text.hasPrefix("fd@") || text.hasPrefix("sockpair@") {
            guard let at = text.firstIndex(of: "@"), let number = Int(text[text.index(after: at)...]), number >= 0
            else {
                throw Failure(
                    message:
                        "file descriptor '\(text.drop { $0 != "@" }.dropFirst())' is not a valid integer in '\(text)'",
                    remedy: "write fd@ and the number of an inherited descriptor"
                )
            }
            guard purpose != .server && purpose != .check || text.hasPrefix("sockpair@") else {
                throw Failure(
                    message: "a file descriptor is not acceptable here in '\(text)'",
                    remedy: "write an address that connections can be made to"
                )
            }
            address = .descriptor(number)
            return
        }
        try readInternet(text, for: purpose, resolve: resolve)
    }

    private mutating func readInternet(
        _ text: String,
        for purpose: Purpose,
        resolve: ((String) -> IPAddress?)?
    ) throws(Failure) {
        var rest = Substring(text)
        var family: IPAddress.Family?
        let prefixes = text.utf8.contains(UInt8(ascii: "@")) ? Self.prefixes : []
        for (prefix, of) in prefixes where rest.hasPrefix(prefix) {
            rest = rest.dropFirst(prefix.count)
            family = of
            break
        }
        var host = rest
        var port: Substring?
        let bytes = rest.utf8
        if let mark = bytes.lastIndex(where: { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "]") }),
            bytes[mark] == UInt8(ascii: ":")
        {
            host = rest[..<mark]
            port = rest[bytes.index(after: mark)...]
        }
        if host.utf8.first == UInt8(ascii: "["), host.utf8.last == UInt8(ascii: "]") {
            host = host.dropFirst().dropLast()
        }

        var ports: ClosedRange<UInt16>?
        var offset = 0
        let sign = port?.utf8.first
        let isOffset = sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-")
        if isOffset, purpose != .server {
            throw Failure(message: "port offset not permitted here in '\(text)'", remedy: "write a port")
        }
        switch purpose {
        case .bind:
            guard let port else {
                throw Failure(message: "missing port specification in '\(text)'", remedy: "write a port behind a colon")
            }
            guard !port.isEmpty else {
                throw Failure(message: "missing port specification in '\(text)'", remedy: "write a port behind a colon")
            }
            ports = try Self.range(port, in: text)
        case .server, .check:
            if let port, !port.isEmpty {
                if isOffset {
                    // Of 32 bits, which HAProxy keeps, 16 reach the port.
                    offset = Checker.shortNumber(String(port)) % 65536
                } else {
                    if port.contains("-"), port.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: "-") }) {
                        throw Failure(message: "port range not permitted here in '\(text)'", remedy: "write one port")
                    }
                    let number = try Self.number(port, in: text)
                    // Port 0 is that of the client, as an absent one.
                    if number > 0 { ports = number...number }
                }
            }
        case .source:
            if let port, !port.isEmpty { ports = try Self.range(port, in: text) }
        case .log:
            var number: UInt16 = 514
            if let port { number = try Self.number(port, in: text) }
            ports = number...number
        }
        portOffset = offset
        hasPort = ports != nil
        do throws(Failure) {
            address = try Self.resolved(host, family, ports, in: text, resolve: resolve)
        } catch {
            guard purpose == .server, resolve == nil else { throw error }
            // Servers are asked for later, and differently.
            throw Failure(message: "could not resolve address '\(host)'.", remedy: error.remedy)
        }
    }

    /// The bytes of `10.0.0.1:80`, which nearly every address is like; nil for anything else, right or wrong.
    private static func plain(_ text: String) -> (address: UInt32, port: UInt16)? {
        var address: UInt32 = 0
        var number: UInt32 = 0
        var digits = 0
        var dots = 0
        var isPort = false
        for byte in text.utf8 {
            switch byte {
            case 48...57:
                // A leading zero has a meaning of its own.
                guard digits < 5, digits == 0 || number > 0 else { return nil }
                number = number * 10 + UInt32(byte - 48)
                digits += 1
                continue
            case UInt8(ascii: ".") where dots < 3: dots += 1
            case UInt8(ascii: ":") where dots == 3 && !isPort: isPort = true
            default: return nil
            }
            guard digits > 0, number <= 255 else { return nil }
            address = address << 8 | number
            number = 0
            digits = 0
        }
        guard isPort, digits > 0, let port = UInt16(exactly: number), port > 0 else { return nil }
        return (address, port)
    }

    private static let prefixes: [(String, IPAddress.Family?)] = [
        ("ipv4@", .v4), ("ipv6@", .v6), ("tcp4@", .v4), ("tcp6@", .v6), ("tcp@", nil), ("udp4@", .v4), ("udp6@", .v6),
        ("udp@", nil),
    ]

    private static func path(of text: String) -> String? {
        if text.hasPrefix("/") { return text }
        for prefix in ["unix@", "uxst@", "uxdg@", "uxsock@"] where text.hasPrefix(prefix) {
            return String(text.dropFirst(prefix.count))
        }
        return nil
    }

    private static func refuseLong(_ path: String, _ whole: String, over longest: Int) throws(Failure) {
        guard path.utf8.count > longest else { return }
        throw Failure(message: "socket path '\(whole)' too long (max \(longest))", remedy: "use a shorter path")
    }

    private static func range(_ text: Substring, in whole: String) throws(Failure) -> ClosedRange<UInt16> {
        if let sign = text.first, sign == "+" || sign == "-" {
            throw Failure(message: "port offset not permitted here in '\(whole)'", remedy: "write the port as a number")
        }
        guard let dash = text.utf8.firstIndex(of: UInt8(ascii: "-")) else {
            let port = try number(text, in: whole)
            guard port > 0 else { throw badPort(text, whole) }
            return port...port
        }
        let low = try number(text[..<dash], in: whole)
        let high = try number(text[text.index(after: dash)...], in: whole)
        guard low > 0 else { throw badPort(text[..<dash], whole) }
        guard high >= low else {
            throw Failure(message: "invalid port range '\(text)'", remedy: "write the lower port first")
        }
        return low...high
    }

    private static func number(_ text: Substring, in whole: String) throws(Failure) -> UInt16 {
        if !text.utf8.allSatisfy({ (48...57).contains($0) }) {
            let other = text.first { !$0.isASCII || !$0.isNumber } ?? " "
            throw Failure(
                message: "invalid character '\(other)' in port number '\(text)' in '\(whole)'",
                remedy: "write the port as a number"
            )
        }
        guard text.utf8.count < 10, let port = Int(text), let number = UInt16(exactly: port) else {
            throw badPort(text, whole)
        }
        return number
    }

    private static func badPort(_ text: Substring, _ whole: String) -> Failure {
        Failure(message: "invalid port '\(text)'", remedy: "write a port between 1 and 65535")
    }

    private static func resolved(
        _ host: Substring,
        _ family: IPAddress.Family?,
        _ ports: ClosedRange<UInt16>?,
        in whole: String,
        resolve: ((String) -> IPAddress?)?
    ) throws(Failure) -> SocketAddress {
        if host.isEmpty || host == "*" {
            return .ip(IPAddress(family: family ?? .v4, number: 0), ports: ports)
        }
        if let address = IPAddress(host) ?? ShortAddress.parse(host) {
            guard family == nil || family == address.family else { throw badHost(host, whole) }
            return .ip(address, ports: ports)
        }
        // What looks like an address and is none is a slip, not a name.
        let looksLikeAddress = host.utf8.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: ".") }
        guard !looksLikeAddress, isHostName(host) else { throw badHost(host, whole) }
        guard let resolve else { return .name(String(host), ports: ports) }
        guard let address = resolve(String(host)) else { throw badHost(host, whole) }
        return .ip(address, ports: ports)
    }

    private static func isHostName(_ text: Substring) -> Bool {
        text.utf8.count <= 255
            && text.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"): true
                case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
                default: false
                }
            }
    }

    private static func badHost(_ host: Substring, _ whole: String) -> Failure {
        Failure(
            message: "invalid address: '\(host)' in '\(whole)'",
            remedy: "write an IPv4 or IPv6 address, or a name that resolves"
        )
    }
}
