/// A refusal as the API words it: `{"code": …, "message": …}`. Clients match parts of the messages.
public struct APIError: Error, Hashable, Sendable {
    /// The HTTP status.
    public var status: Int
    /// The number in the body; violations of the schema have numbers of their own beyond the status codes.
    public var code: Int
    public var message: String
    /// Methods that the path has, for 405.
    public var allow: [String] = []
    /// Seconds after which the client may try again, for 429.
    public var retryAfter: Int?

    public init(_ status: Int, _ message: String, code: Int? = nil) {
        self.status = status
        self.code = code ?? status
        self.message = message
    }

    /// The same refusal with one more line.
    func adding(_ words: String) -> APIError {
        var error = self
        error.message += "\n" + words
        return error
    }

    public var body: JSONValue { ["code": .integer(code), "message": .string(message)] }

    static func missing(_ what: String) -> APIError { APIError(404, "missing object: \(what) does not exist") }
    static func exists(_ what: String) -> APIError { APIError(409, "object already exists: \(what)") }
    static func missingParent(_ what: String) -> APIError {
        APIError(400, "parent does not exist: \(what) does not exist")
    }
    public static let unauthenticated = APIError(401, "unauthenticated for invalid credentials")
    static func tooManyLogins(seconds: Int) -> APIError {
        var error = APIError(429, "too many wrong passwords, try again in \(seconds) seconds")
        error.retryAfter = seconds
        return error
    }
    static func unsupported(_ type: String, allowed: [String]) -> APIError {
        APIError(415, "unsupported media type \"\(type)\", only [\(allowed.joined(separator: " "))] are allowed")
    }
    static func notAcceptable(available: String) -> APIError {
        APIError(406, "unsupported media type requested, only [\(available)] are available")
    }
    static let versionMismatch = APIError(409, "version mismatch")
    static let versionMissing = APIError(400, "version or transaction not specified")
    static func transactionUnknown(_ id: String, status: Int) -> APIError {
        APIError(status, "transaction does not exist: \(id)")
    }

    /// The numbers of the original's schema violations.
    enum Violation: Int {
        case type = 601
        case required = 602
        case pattern = 605
        case oneOf = 606
        case maximum = 608
        case minimum = 609
        case unknown = 616
    }

    static func violation(_ violation: Violation, _ message: String) -> APIError {
        APIError(422, message, code: violation.rawValue)
    }
}
