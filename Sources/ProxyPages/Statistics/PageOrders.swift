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
        if let action, Self.command(action, "") == nil { early = .wrong }
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
        var found: [String] = []
        for row in table.rows {
            guard let proxy = table["pxname", row], let server = table["svname", row], servers.contains(server) else {
                continue
            }
            if let command = action.flatMap({ Self.command($0, "\(proxy)/\(server)") }) { found.append(command) }
        }
        if servers.isEmpty, !table.rows.isEmpty { return (nil, Result.none) }
        if found.isEmpty { return (nil, .wrong) }
        return (found.joined(separator: ";"), found.count == servers.count ? .done : .part)
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

    /// The runtime command; nil for what is no action.
    private static func command(_ action: String, _ path: String) -> String? {
        switch action {
        case "ready", "drain", "maint": "set server \(path) state \(action)"
        case "enable": "set server \(path) state ready"
        case "disable": "set server \(path) state maint"
        case "dhlth": "disable health \(path)"
        case "ehlth": "enable health \(path)"
        case "hrunn": "set server \(path) health up"
        case "hnolb": "set server \(path) health stopping"
        case "hdown": "set server \(path) health down"
        case "dagent": "disable agent \(path)"
        case "eagent": "enable agent \(path)"
        case "arunn": "set server \(path) agent up"
        case "adown": "set server \(path) agent down"
        case "shutdown": "shutdown sessions server \(path)"
        default: nil
        }
    }

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
