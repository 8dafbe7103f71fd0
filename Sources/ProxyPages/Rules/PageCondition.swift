public import Addresses
public import HealthChecks

/// What an ACL expression asks of a request (configuration manual, section 7).
public indirect enum PageCondition: Hashable, Sendable {
    case constant(Bool)
    case not(PageCondition)
    case all([PageCondition])
    case any([PageCondition])
    case test(PageTest)

    func holds(_ request: HTTPRequest, _ facts: some PageFacts) -> Bool {
        switch self {
        case .constant(let value): value
        case .not(let condition): !condition.holds(request, facts)
        case .all(let conditions): conditions.allSatisfy { $0.holds(request, facts) }
        case .any(let conditions): conditions.contains { $0.holds(request, facts) }
        case .test(let test): test.holds(request, facts)
        }
    }
}

/// What conditions ask beyond the request.
public protocol PageFacts {
    /// nil: a unix socket.
    var source: Endpoint? { get }
    var destination: Endpoint? { get }
    /// `nbsrv`: servers of a backend that may be used; nil if there is no such backend.
    func usableServers(of backend: String) -> Int?
    /// `srv_is_up`
    func isUp(_ server: String, of backend: String) -> Bool
}

/// A sample, and the values that it is compared with.
public struct PageTest: Hashable, Sendable {
    public enum Sample: Hashable, Sendable {
        case path
        case pathAndQuery
        case url
        case query
        case method
        case version
        /// Each of the values between commas, or the whole field.
        case field(String, isWhole: Bool)
        case parameter(String)
        case source
        case destination
        case sourcePort
        case destinationPort
        case usableServers(String)
        case isUp(String, backend: String)
        /// `http_auth`, by the accounts of the list; groups: `http_auth_group`.
        case authenticated([PageAccount])
        case groups([PageAccount])
        /// `ssl_fc`: pages have no TLS.
        case no
    }

    public enum Match: Hashable, Sendable {
        case found
        case isTrue
        case length([ClosedRange<Int>])
        case numbers([ClosedRange<Int>])
        case networks([IPNetwork])
        case texts(Place, [String], ignoresCase: Bool)
        case patterns([Pattern])
    }

    public enum Place: String, Hashable, Sendable {
        case whole = "str"
        case beginning = "beg"
        case end
        case part = "sub"
        /// Between slashes.
        case directory = "dir"
        /// Between slashes, dots, colons and question marks.
        case domain = "dom"
    }

    public var sample: Sample
    public var match: Match

    private enum Value {
        case text(String)
        case number(Int)
        case address(IPAddress)
    }

    func holds(_ request: HTTPRequest, _ facts: some PageFacts) -> Bool {
        let values = values(request, facts)
        if case .found = match { return !values.isEmpty }
        return values.contains { holds($0) }
    }

    private func values(_ request: HTTPRequest, _ facts: some PageFacts) -> [Value] {
        switch sample {
        case .path: request.path.isEmpty ? [] : [.text(String(request.path))]
        case .pathAndQuery: request.path.isEmpty ? [] : [.text(String(request.pathAndQuery))]
        case .url: [.text(request.target)]
        case .query: [.text(String(request.query))]
        case .method: [.text(request.method)]
        case .version: [.text(String(request.version.dropFirst(5)))]
        case .field(let name, true): request.values(of: name).map { .text($0) }
        case .field(let name, false):
            request.values(of: name).flatMap { $0.utf8.split(separator: UInt8(ascii: ",")) }.map {
                .text(Self.trimmed($0))
            }
        case .parameter(let name): parameters(name, request.query).map { .text($0) }
        case .source: facts.source.map { [.address($0.address)] } ?? []
        case .destination: facts.destination.map { [.address($0.address)] } ?? []
        case .sourcePort: facts.source.map { [.number(Int($0.port))] } ?? []
        case .destinationPort: facts.destination.map { [.number(Int($0.port))] } ?? []
        case .usableServers(let backend): facts.usableServers(of: backend).map { [.number($0)] } ?? []
        case .isUp(let server, let backend): [.number(facts.isUp(server, of: backend) ? 1 : 0)]
        case .authenticated(let accounts): [.number(account(accounts, request) == nil ? 0 : 1)]
        case .groups(let accounts): account(accounts, request)?.groups.map { .text($0) } ?? []
        case .no: [.number(0)]
        }
    }

    private func account(_ accounts: [PageAccount], _ request: HTTPRequest) -> PageAccount? {
        guard let (user, password) = request.credentials else { return nil }
        return accounts.first { $0.user == user && $0.password == password }
    }

    private func parameters(_ name: String, _ query: Substring) -> [String] {
        query.split(separator: "&").compactMap { part in
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return halves.first == name[...] ? String(halves.count == 2 ? halves[1] : "") : nil
        }
    }

    private static func trimmed(_ bytes: Substring.UTF8View) -> String {
        func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }
        return String(decoding: bytes.drop(while: isBlank).reversed().drop(while: isBlank).reversed(), as: UTF8.self)
    }

    private func holds(_ value: Value) -> Bool {
        switch (match, value) {
        case (.found, _): true
        case (.isTrue, .number(let number)): number != 0
        case (.isTrue, _): false
        case (.length(let ranges), .text(let text)): ranges.contains { $0.contains(text.utf8.count) }
        case (.numbers(let ranges), .number(let number)): ranges.contains { $0.contains(number) }
        case (.numbers(let ranges), .text(let text)):
            Int(text).map { number in ranges.contains { $0.contains(number) } } ?? false
        case (.networks(let networks), .address(let address)): networks.contains { $0.contains(address) }
        case (.networks(let networks), .text(let text)):
            IPAddress(text).map { address in networks.contains { $0.contains(address) } } ?? false
        case (.texts(let place, let texts, let ignoresCase), .text(let text)):
            Self.isAny(of: texts, in: Array(text.utf8), place, ignoresCase)
        case (.patterns(let patterns), .text(let text)): patterns.contains { $0.matches(Array(text.utf8)) }
        case (.length, _), (.numbers, _), (.networks, _), (.texts, _), (.patterns, _): false
        }
    }

    /// Byte by byte: as characters, a text is another one with a combining mark behind it, and a rule would not see it.
    private static func isAny(of texts: [String], in bytes: [UInt8], _ place: Place, _ ignoresCase: Bool) -> Bool {
        func folded(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte | 0x20 : byte }
        let bytes = ignoresCase ? bytes.map(folded) : bytes
        return texts.contains { isThere(ignoresCase ? $0.utf8.map(folded) : Array($0.utf8), in: bytes, place) }
    }

    private static func isThere(_ wanted: [UInt8], in bytes: [UInt8], _ place: Place) -> Bool {
        switch place {
        case .whole: bytes == wanted
        case .beginning: bytes.starts(with: wanted)
        case .end: bytes.suffix(wanted.count).elementsEqual(wanted)
        case .part: wanted.isEmpty || bytes.firstRange(of: wanted) != nil
        case .directory: isBetween("/?", wanted, bytes)
        case .domain: isBetween("/?.:", wanted, bytes)
        }
    }

    private static func isBetween(_ delimiters: String, _ wanted: [UInt8], _ bytes: [UInt8]) -> Bool {
        func isDelimiter(_ byte: UInt8) -> Bool { delimiters.utf8.contains(byte) }
        let inner = wanted.split(whereSeparator: isDelimiter)
        let parts = bytes.split(whereSeparator: isDelimiter)
        guard !inner.isEmpty else { return wanted.isEmpty }
        guard parts.count >= inner.count else { return false }
        return (0...parts.count - inner.count).contains { start in
            parts[start..<start + inner.count].elementsEqual(inner)
        }
    }
}
