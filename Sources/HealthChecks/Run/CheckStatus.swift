/// How a check ended, in HAProxy's words (`check_status` of `show stat`, management guide, section 9.1).
public enum CheckStatus: String, Hashable, Sendable, CaseIterable {
    case unknown = "UNK"
    case initializing = "INI"
    /// Ended without anything to say about the server.
    case noChange = "CHECKED"
    case healthAnalyze = "HANA"
    case socketError = "SOCKERR"
    case layer4Passed = "L4OK"
    case layer4Timeout = "L4TOUT"
    case layer4Problem = "L4CON"
    case layer6Passed = "L6OK"
    case layer6Timeout = "L6TOUT"
    case layer6Invalid = "L6RSP"
    case layer7Timeout = "L7TOUT"
    case layer7Invalid = "L7RSP"
    case layer7Passed = "L7OK"
    /// Passed, and the server asks for no new connections.
    case layer7ConditionallyPassed = "L7OKC"
    case layer7WrongStatus = "L7STS"

    /// What a status says about the server.
    public enum Verdict: Hashable, Sendable {
        case neutral
        case failed
        case passed
        case conditionallyPassed
    }

    public var verdict: Verdict {
        switch self {
        case .unknown, .initializing, .noChange: .neutral
        case .layer4Passed, .layer6Passed, .layer7Passed: .passed
        case .layer7ConditionallyPassed: .conditionallyPassed
        case .healthAnalyze, .socketError, .layer4Timeout, .layer4Problem, .layer6Timeout, .layer6Invalid,
            .layer7Timeout, .layer7Invalid, .layer7WrongStatus:
            .failed
        }
    }

    /// As the log has it.
    public var words: String {
        switch self {
        case .unknown: "Unknown"
        case .initializing: "Initializing"
        case .noChange: "No status change"
        case .healthAnalyze: "Health analyze"
        case .socketError: "Socket error"
        case .layer4Passed: "Layer4 check passed"
        case .layer4Timeout: "Layer4 timeout"
        case .layer4Problem: "Layer4 connection problem"
        case .layer6Passed: "Layer6 check passed"
        case .layer6Timeout: "Layer6 timeout"
        case .layer6Invalid: "Layer6 invalid response"
        case .layer7Timeout: "Layer7 timeout"
        case .layer7Invalid: "Layer7 invalid response"
        case .layer7Passed: "Layer7 check passed"
        case .layer7ConditionallyPassed: "Layer7 check conditionally passed"
        case .layer7WrongStatus: "Layer7 wrong status"
        }
    }

    /// The server said something that a code can be taken from.
    public var hasCode: Bool {
        self == .layer7Passed || self == .layer7ConditionallyPassed || self == .layer7WrongStatus
    }
}

/// The outcome of one check.
public struct CheckResult: Hashable, Sendable {
    public var status: CheckStatus
    /// What the server answered: an HTTP status, an error number of MySQL.
    public var code: Int
    /// More about it; at most 127 bytes, as HAProxy keeps them.
    public var info: String

    public init(_ status: CheckStatus, code: Int = 0, info: String = "") {
        self.status = status
        self.code = code
        self.info = info.utf8.count < 128 ? info : String(decoding: info.utf8.prefix(127), as: UTF8.self)
    }

    /// `, reason: Layer7 wrong status, code: 503, info: "No Way"`
    public var reason: String {
        var text = ", reason: \(status.words)"
        if status.hasCode { text += ", code: \(code)" }
        if !info.isEmpty { text += ", info: \"\(Self.printable(info))\"" }
        return text
    }

    /// What a server says must not be able to forge lines of the log.
    private static func printable(_ text: String) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            if (0x20..<0x7f).contains(byte), !"\"<>".utf8.contains(byte) {
                result.append(byte)
            } else {
                let digits = Array("0123456789ABCDEF".utf8)
                result += [UInt8(ascii: "<"), digits[Int(byte >> 4)], digits[Int(byte & 15)], UInt8(ascii: ">")]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
