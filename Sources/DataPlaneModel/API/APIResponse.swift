/// One answer.
public struct APIResponse: Sendable {
    public var status: Int
    public var headers: [(name: String, value: String)] = []
    /// Empty for no body.
    public var body: [UInt8] = []
    /// Words for the log that are not for the client: what an administrator should see.
    public var remark: String?
    /// What the request has changed, for the audit log.
    public var change: ConfigurationChange?
    /// What it has changed beside haproxy.cfg, in words for the audit log.
    public var action: String?

    public init(_ status: Int, _ body: JSONValue? = nil) {
        self.status = status
        guard let body else { return }
        headers.append(("Content-Type", "application/json"))
        self.body = body.utf8 + [UInt8(ascii: "\n")]
    }

    public init(_ error: APIError) {
        self.init(error.status, error.body)
        if error.status == 401 { headers.append(("WWW-Authenticate", "Basic realm=\"API\"")) }
        if let seconds = error.retryAfter { headers.append(("Retry-After", String(seconds))) }
        if !error.allow.isEmpty { headers.append(("Allow", error.allow.joined(separator: ", "))) }
    }

    public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}
