/// What is sent for a request, whole.
public struct PageAnswer: Hashable, Sendable {
    public var bytes: [UInt8]
    public var status: Int
    public var keepsAlive: Bool
    /// nil: it is not logged, as what a monitor asks is not.
    public var note: PageNote?
    /// Milliseconds until it is sent (`tarpit`).
    public var delay: Int?
}

/// What a log line says of a request beyond the obvious.
public struct PageNote: Hashable, Sendable {
    /// The backend that stands in it.
    public var backend: String
    /// `<STATS>`, `<PROMEX>`, `<NOSRV>`
    public var server: String
    /// Who ended it and when, four characters.
    public var ending: String
    /// Times of a server that there was: an answer made here took none.
    public var isServed: Bool
    /// There is no backend that it could have been for: nothing is timed then.
    public var isLost = false

    public init(backend: String, server: String, ending: String, isServed: Bool = false) {
        self.backend = backend
        self.server = server
        self.ending = ending
        self.isServed = isServed
    }
}

/// What becomes of a request.
public enum PageDecision: Sendable {
    case answer(PageAnswer)
    /// The connection is closed without a word.
    case drop(PageNote)
    /// What is counted, in some form.
    case report(PageReport)
    /// Something is to be changed; then the client is sent to look at it.
    case orders(PageOrders)
}

/// A report that a client asked for.
public struct PageReport: Sendable {
    public enum Kind: Sendable {
        case page(StatisticsQuery)
        case metrics(MetricsQuery)
    }

    public var kind: Kind
    public var settings: StatisticsSettings
    /// The proxy that shows it.
    public var proxy: String
    public var head: [UInt8]
    /// The body comes in chunks (RFC 9112, section 7.1); otherwise the end of the connection is its end.
    public var isChunked: Bool
    public var isHead: Bool
    public var keepsAlive: Bool
    public var isAdmin: Bool
    public var note: PageNote
}

extension HTTPRequest {
    /// The bytes of an answer to it.
    func rendered(
        _ start: String,
        _ fields: [HTTPField],
        _ body: [UInt8],
        keepsAlive: Bool,
        isChunked: Bool = false
    ) -> [UInt8] {
        var text = start + "\r\n"
        for field in fields { text += "\(field.name): \(field.value)\r\n" }
        if !keepsAlive, !start.hasPrefix("HTTP/1.0") { text += "connection: close\r\n" }
        if keepsAlive, !isModern { text += "connection: keep-alive\r\n" }
        if isChunked { text += "transfer-encoding: chunked\r\n" }
        return Array((text + "\r\n").utf8) + (isHead ? [] : body)
    }

    func answer(_ custom: CustomAnswer, _ note: PageNote?, closes: Bool = false) -> PageAnswer {
        if custom.isSilent {
            return PageAnswer(bytes: [], status: custom.status, keepsAlive: false, note: note)
        }
        let stays = keepsAlive && custom.hasLength && !closes
        let bytes = rendered(custom.startLine, custom.fields, custom.body, keepsAlive: stays)
        return PageAnswer(bytes: bytes, status: custom.status, keepsAlive: stays, note: note)
    }
}
