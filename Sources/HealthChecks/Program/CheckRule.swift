/// One step of a check.
public struct CheckRule: Hashable, Sendable {
    public enum Action: Hashable, Sendable {
        case connect(CheckConnection)
        case send(CheckTemplate)
        case request(HTTPRequestTemplate)
        case expect(CheckExpectation)
        /// Says what the steps behind it are for.
        case comment
    }

    public var action: Action
    public var comment: String?
    /// Its place among the lines of the configuration from 1 on; 0 for a connection that no line asks for.
    public var step: Int

    public init(_ action: Action, comment: String? = nil, step: Int = 0) {
        self.action = action
        self.comment = comment
        self.step = step
    }
}

/// `tcp-check connect` (configuration manual, section 4.2).
public struct CheckConnection: Hashable, Sendable {
    /// No line asks for it, or one with `default`: the server's own settings count.
    public var usesDefaults = false
    public var isImplicit = false
    /// nil: that of the check or the server.
    public var port: UInt16?
    /// `10.0.0.1`, `[fd00::1]:80`, `unix@/run/x.sock` or `abns@x`; nil: that of the check or the server. ``port`` counts more than its
    /// port.
    public var address: String?
    public var sendsProxy = false
    public var usesTLS = false
    public var serverName: String?
    /// `alpn`, comma-separated.
    public var protocols: String?
    /// Ends in order instead of by a reset.
    public var lingers = false

    public init() {}

    /// What connects where no line does.
    static var implicit: CheckConnection {
        var result = CheckConnection()
        result.isImplicit = true
        result.usesDefaults = true
        return result
    }
}

/// `tcp-check expect` and `http-check expect`.
public struct CheckExpectation: Hashable, Sendable {
    public enum Match: Hashable, Sendable {
        case string([UInt8])
        case regex(Pattern)
        case binary([UInt8])
        case binaryRegex(Pattern)
        /// `string-lf`, `binary-lf`
        case template(CheckTemplate)
        case status([ClosedRange<Int>])
        case statusRegex(Pattern)
        case header(HeaderMatch)
        case body([UInt8])
        case bodyRegex(Pattern)
        case bodyTemplate(CheckTemplate)
        case custom(Custom)
    }

    /// Answers that need more than a pattern.
    public enum Custom: Hashable, Sendable {
        case mysqlGreeting
        case mysqlAnswer
        case ldapBind
        case agent
    }

    public var match: Match
    public var isNegated = false
    /// -1: waits for a match until the server has said all; 0 and more: the first so many bytes decide.
    public var minimum = -1
    public var passedStatus: CheckStatus?
    public var failedStatus: CheckStatus?
    public var timeoutStatus: CheckStatus?
    public var onSuccess: CheckTemplate?
    public var onError: CheckTemplate?
    /// `status-code`
    public var code: CheckTemplate?

    public init(_ match: Match) { self.match = match }

    /// How the log names it: `(expect string 'hello')`.
    var words: String {
        switch match {
        case .string(let bytes): "expect string '\(String(decoding: bytes, as: UTF8.self))'"
        case .binary(let bytes): "expect binary '\(Self.dump(bytes))'"
        case .regex: "expect regex"
        case .binaryRegex: "expect binary regex"
        case .template(let template): template.isHexadecimal ? "expect log-format binary" : "expect log-format string"
        case .status: "expect HTTP status codes"
        case .statusRegex: "expect HTTP status regex"
        case .header: "expect HTTP header pattern"
        case .body(let bytes): "expect HTTP body content '\(String(decoding: bytes, as: UTF8.self))'"
        case .bodyRegex: "expect HTTP body regex"
        case .bodyTemplate: "expect log-format HTTP body"
        case .custom: "expect custom function"
        }
    }

    /// Bytes as HAProxy shows them: what is printable as it is, the rest as `\\x00`.
    private static func dump(_ bytes: [UInt8]) -> String {
        let isPrintable = { (byte: UInt8) in (0x20..<0x7f).contains(byte) }
        return bytes.map { byte in
            isPrintable(byte)
                ? String(decoding: [byte], as: UTF8.self) : "\\x" + String(decoding: Hex.text([byte]), as: UTF8.self)
        }.joined()
    }

    /// How a failure names it: ` 'hello'`, ` (regex)`.
    var kindWords: String {
        switch match {
        case .string(let bytes), .body(let bytes): " '\(String(decoding: bytes, as: UTF8.self))'"
        case .binary: " (binary)"
        case .regex, .statusRegex, .bodyRegex: " (regex)"
        case .binaryRegex: " (binary regex)"
        case .template(let template): template.isHexadecimal ? " (log-format binary)" : " (log-format string)"
        case .bodyTemplate: " (log-format string)"
        case .status: "(status codes)"
        case .header: " (header pattern)"
        case .custom: " (custom function)"
        }
    }
}

/// `http-check expect hdr` and `fhdr`.
public struct HeaderMatch: Hashable, Sendable {
    public enum Method: Hashable, Sendable {
        case exact(String)
        case begins(String)
        case ends(String)
        case contains(String)
        case regex(Pattern)
    }

    public var name: Method
    /// nil: the header only has to be there.
    public var value: Method?
    /// The value as a whole, instead of each part between commas.
    public var isWhole = false

    public init(name: Method, value: Method? = nil, isWhole: Bool = false) {
        self.name = name
        self.value = value
        self.isWhole = isWhole
    }
}

/// `http-check send`
public struct HTTPRequestTemplate: Hashable, Sendable {
    public var method: String?
    public var target: CheckTemplate?
    public var version: String?
    public var headers: [(name: String, value: CheckTemplate)] = []
    public var body: CheckTemplate?
    /// It stems from `option httpchk`; a line of `http-check send` is laid over it.
    public var isFromOption = false

    public init() {}

    /// What `other` says takes the place of what this one says.
    mutating func overlay(_ other: HTTPRequestTemplate) {
        method = other.method ?? method
        target = other.target ?? target
        version = other.version ?? version
        if !other.headers.isEmpty { headers = other.headers }
        body = other.body ?? body
    }

    public static func == (a: Self, b: Self) -> Bool {
        a.method == b.method && a.target == b.target && a.version == b.version && a.body == b.body
            && a.headers.map { $0.name } == b.headers.map { $0.name }
            && a.headers.map { $0.value } == b.headers.map { $0.value } && a.isFromOption == b.isFromOption
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(method)
        hasher.combine(target)
        hasher.combine(version)
        hasher.combine(body)
        hasher.combine(headers.map { $0.name })
    }
}
