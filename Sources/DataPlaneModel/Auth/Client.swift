/// Who sends a request, as far as the connection tells.
public struct Client: Sendable, Hashable {
    /// The address without its port; empty for a unix socket.
    public var address: String
    /// The header of that name.
    public var authorization: String?
    /// Subject of the client certificate that the TLS listener has verified; nil if none was shown.
    public var certificate: String?

    public init(address: String = "", authorization: String? = nil, certificate: String? = nil) {
        self.address = address
        self.authorization = authorization
        self.certificate = certificate
    }
}

/// What the credentials of a request are worth.
public enum Admission: Sendable, Hashable {
    /// By name, or by the subject of the certificate.
    case accepted(user: String)
    /// The answer, and how long it is to be held back: who guesses passwords waits for each.
    case refused(APIError, delayMilliseconds: Int)
}
