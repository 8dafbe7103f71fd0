public import ProxyStatistics

/// What a form of the statistics page asks for (configuration manual, `stats admin`).
public struct PageOrders: Sendable {
    /// What became of it; the page tells it by this word.
    public enum Result: String, Sendable {
        case done = "DONE"
        case part = "PART"
        case none = "NONE"
        case denied = "DENY"
        case tooLong = "EXCD"
        case wrong = "ERRP"
    }

    /// The name of the backend, or its number behind `#`.
    public private(set) var backend: String?
    public private(set) var servers: [String] = []
    /// Decided before anybody is asked.
    public private(set) var early: Result?
    public let note: PageNote
    private var action: String?
    private let request: HTTPRequest
    private let query: StatisticsQuery
    private let uri: String
    private let closes: Bool

    init(
        _ request: HTTPRequest,
        _ query: StatisticsQuery,
        _ uri: String,
        isAdmin: Bool,
        closes: Bool,
        _ note: PageNote
    ) {
        self.request = request
        self.query = query
        self.uri = uri
        self.closes = closes
        self.note = note
        guard isAdmin else {
            early = .denied
            return
        }
        if request.isBodyTooLong {
            early = .tooLong
            return
        }
        for part in request.body.split(separator: UInt8(ascii: "&")) {
            let halves = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2, let key = Self.decoded(halves[0]), let value = Self.decoded(halves[1]) else {
                continue
            }
            switch key {
            case "s": servers.append(value)
            case "b": backend = value
            case "action": action = value
            default: break
            }
        }
        if let action, !Self.actions.contains(action) { early = .wrong }
        if backend == nil || action == nil { early = early ?? Result.none }
    }

    /// What asks for the servers of the backend; nil for what is no name.
    public var question: String? {
        guard let backend, let first = backend.utf8.first else { return nil }
        let name = first == UInt8(ascii: "#") ? backend.dropFirst() : backend[...]
        return Self.isName(name) ? "show stat \(name) 4 -1" : nil
    }

    /// What does it, for servers that are there; nil where none is.
    ///
    /// - Parameter table: The answer to ``question``.
    public func commands(_ table: StatisticsTable) -> (line: String?, result: Result) {
        var known: [String: String] = [:]
        for row in table.rows {
            if let proxy = table["pxname", row], let server = table["svname", row] { known[server] = proxy }
        }
        // As HAProxy, which reads the form from its end.
        let found = servers.reversed().compactMap { server in
            known[server].flatMap { proxy in action.map { "page-order \($0) \(proxy)/\(server)" } }
        }
        if servers.isEmpty, !table.rows.isEmpty { return (nil, Result.none) }
        return found.isEmpty ? (nil, .wrong) : (found.joined(separator: ";"), .done)
    }

    /// What came of it.
    ///
    /// - Parameters:
    ///   - answer: That to ``commands(_:)``.
    ///   - asked: How many servers those were about.
    public func result(_ answer: [UInt8], asked: Int) -> Result {
        let done = PageOrderAnswer.count(answer)
        let unknown = servers.count - asked
        if done == 0 { return unknown == 0 ? Result.none : .wrong }
        return unknown == 0 ? .done : .part
    }

    /// The client is sent to the page, which tells the result.
    public func answer(_ result: Result) -> PageAnswer {
        let place = "\(uri);st=\(result.rawValue)\(query.words())"
        let custom = CustomAnswer(
            startLine: "HTTP/1.1 303 See Other",
            status: 303,
            fields: [
                HTTPField("cache-control", "no-cache"), HTTPField("content-type", "text/plain"),
                HTTPField("content-length", "0"), HTTPField("location", place),
            ],
            body: [],
            hasLength: true
        )
        return request.answer(custom, note, closes: closes)
    }

    /// The last four are of pages of older versions.
    private static let actions: Set = [
        "ready", "drain", "maint", "dhlth", "ehlth", "hrunn", "hnolb", "hdown", "dagent", "eagent", "arunn", "adown",
        "shutdown", "enable", "disable", "start", "stop",
    ]

    /// Names reach a command: no space, no semicolon, nothing that ends a line.
    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0.isToken || $0 == UInt8(ascii: ":") }
    }

    /// `application/x-www-form-urlencoded`
    private static func decoded(_ bytes: ArraySlice<UInt8>) -> String? {
        var result: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): result.append(32)
            case UInt8(ascii: "%"):
                guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
                else { return nil }
                result.append(value)
                rest = rest.dropFirst(2)
            default: result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
