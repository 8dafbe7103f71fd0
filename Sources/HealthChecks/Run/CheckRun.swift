/// One run of a check, from its first connection to its result: told what happened, it says what to do. It reads no clock
/// and opens nothing.
public struct CheckRun: Sendable {
    /// What happened to the connection.
    public enum Event: Sendable {
        /// It is established, with TLS where that was asked for.
        case connected
        case received([UInt8])
        /// The server will say no more.
        case ended
        /// A system call failed, with this errno's words. `layer` says how far the connection had come.
        case failed(String, Layer)
        case timedOut(Layer)
    }

    /// How far a connection has come.
    public enum Layer: Sendable {
        /// Not connected yet, or no address to connect to.
        case none
        case connecting
        /// TLS is being spoken.
        case securing
        case established
    }

    public enum Action: Sendable, Equatable {
        /// Closes the connection there is, and makes another.
        case connect(CheckConnection)
        case send([UInt8])
        /// Tells the run what the server says next.
        case receive
        case finish(CheckResult)
    }

    /// What a check may say of the server it is about.
    public struct Subject: Sendable {
        public var backend: String
        public var server: String
        /// The value of `X-Haproxy-Server-State`.
        public var state: String
        public var isUp: Bool
        public var date: UInt32

        public init(backend: String, server: String, state: String = "", isUp: Bool = true, date: UInt32 = 0) {
            self.backend = backend
            self.server = server
            self.state = state
            self.isUp = isUp
            self.date = date
        }
    }

    /// Most of an answer that is looked at: HAProxy's `tune.bufsize`.
    static let most = 16384

    let program: CheckProgram
    let subject: Subject
    var position = 0
    var answer: [UInt8] = []
    var hasEnded = false
    var code = 0
    /// The last request, which decides how long its answer is.
    var method = ""
    private var isOver = false
    /// What an agent said, once it has said it.
    public internal(set) var agentReply: AgentReply?

    public init(_ program: CheckProgram, _ subject: Subject) {
        self.program = program
        self.subject = subject
    }

    public mutating func start() -> [Action] { proceed() }

    public mutating func handle(_ event: Event) -> [Action] {
        if isOver { return [] }
        switch event {
        case .connected:
            position += 1
            return proceed()
        case .received(let bytes):
            answer += bytes.prefix(max(0, Self.most - answer.count))
            return proceed()
        case .ended:
            hasEnded = true
            return proceed()
        case .failed(let words, let layer):
            if layer == .established, !answer.isEmpty {
                hasEnded = true
                return proceed()
            }
            let status: CheckStatus =
                switch layer {
                case .none, .established: .socketError
                case .connecting: .layer4Problem
                case .securing: .layer6Invalid
                }
            return finish(status, words + place)
        case .timedOut(let layer):
            let status: CheckStatus =
                switch layer {
                case .none, .connecting: .layer4Timeout
                case .securing: .layer6Timeout
                case .established: timeoutStatus
                }
            return finish(status, place)
        }
    }

    private var rule: CheckRule? { position < program.rules.count ? program.rules[position] : nil }

    private var timeoutStatus: CheckStatus {
        if case .expect(let expectation)? = rule?.action, let status = expectation.timeoutStatus { return status }
        return .layer7Timeout
    }

    /// Which step it was at, where `option tcp-check` names them.
    private var place: String {
        guard program.namesSteps, let rule else { return "" }
        if case .connect(let connection) = rule.action, connection.isImplicit {
            return " at initial connection step of tcp-check"
        }
        let what =
            switch rule.action {
            case .connect(let connection): connection.port.map { "connect port \($0)" } ?? "connect"
            case .expect(let expectation): expectation.words
            case .send, .request, .comment: "send"
            }
        return " at step \(rule.step) of tcp-check (\(what))" + (rule.comment.map { " comment: '\($0)'" } ?? "")
    }

    /// Goes on until something must happen.
    private mutating func proceed() -> [Action] {
        var actions: [Action] = []
        while let rule {
            switch rule.action {
            case .connect(let connection):
                answer = []
                hasEnded = false
                return actions + [.connect(connection)]
            case .send(let template):
                answer = []
                actions.append(.send(template.bytes(values)))
            case .request(let template):
                answer = []
                method = template.method ?? "OPTIONS"
                actions.append(.send(request(template)))
            case .expect(let expectation):
                switch evaluate(expectation, rule) {
                case .wait:
                    // All of a row of expectations look at the same answer.
                    while position > 0, case .expect = program.rules[position - 1].action { position -= 1 }
                    return actions + [.receive]
                case .goOn: break
                case .stop(let status, let info): return actions + finish(status, info)
                }
            case .comment: break
            }
            position += 1
        }
        return actions + conclude()
    }

    private mutating func finish(_ status: CheckStatus, _ info: String) -> [Action] {
        isOver = true
        return [.finish(CheckResult(status, code: code, info: info))]
    }

    /// Every rule holds.
    private mutating func conclude() -> [Action] {
        guard let last = program.rules.last else { return finish(.layer4Passed, "") }
        switch last.action {
        case .connect(let connection):
            let status: CheckStatus = isSecured ? .layer6Passed : .layer4Passed
            return finish(status, connection.isImplicit ? "" : "(tcp-check)")
        case .expect(let expectation):
            if program.stopsOn404, subject.isUp, code == 404 { return finish(.layer7ConditionallyPassed, "") }
            let status = expectation.passedStatus ?? .layer7Passed
            if let template = expectation.code { code = number(template) }
            if let template = expectation.onSuccess { return finish(status, text(template)) }
            if let passed = customInfo { return finish(status, passed) }
            return finish(status, program.kind == .tcp ? "(tcp-check)" : "")
        case .send, .request, .comment:
            return finish(.layer7Passed, "(tcp-check)")
        }
    }

    /// The last connection was made with TLS; set by whoever makes connections.
    public var isSecured = false
    /// What a custom expectation has to say when all is well.
    var customInfo: String?

    var values: CheckTemplate.Values {
        CheckTemplate.Values(
            answer: answer,
            server: subject.server,
            backend: subject.backend,
            status: code,
            date: subject.date
        )
    }

    func text(_ template: CheckTemplate) -> String { String(decoding: template.bytes(values), as: UTF8.self) }

    func number(_ template: CheckTemplate) -> Int {
        Int(String(decoding: template.bytes(values).prefix { (48...57).contains($0) }, as: UTF8.self)) ?? 0
    }

    /// The bytes of an HTTP request, as HAProxy's own HTTP/1 writes it.
    private func request(_ template: HTTPRequestTemplate) -> [UInt8] {
        let version = template.version ?? "HTTP/1.0"
        let target = template.target.map { text($0) } ?? "/"
        var head = "\(template.method ?? "OPTIONS") \(target.isEmpty ? "/" : target) \(version)\r\n"
        for header in template.headers { head += "\(header.name): \(text(header.value))\r\n" }
        if program.sendsState { head += "x-haproxy-server-state: \(subject.state)\r\n" }
        let body = template.body?.bytes(values) ?? []
        if !body.isEmpty { head += "content-length: \(body.count)\r\n" }
        let closes = !template.headers.contains { $0.name == "connection" } && version != "HTTP/1.0"
        if closes { head += "connection: close\r\n" }
        return Array((head + "\r\n").utf8) + body
    }
}
