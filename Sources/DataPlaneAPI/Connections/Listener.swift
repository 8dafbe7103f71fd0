/// The PEM files of a TLS listener.
public struct TLSFiles: Sendable, Hashable {
    /// Leaf first.
    public var certificate: String
    public var key: String
    /// Clients are asked for a certificate of this authority; nil asks for none.
    public var clientAuthority: String?
    /// Whether a client without a certificate is refused.
    public var requiresClientCertificate: Bool

    public init(
        certificate: String,
        key: String,
        clientAuthority: String? = nil,
        requiresClientCertificate: Bool = true
    ) {
        self.certificate = certificate
        self.key = key
        self.clientAuthority = clientAuthority
        self.requiresClientCertificate = requiresClientCertificate
    }
}

/// Where the API listens.
public enum Listener: Sendable, Hashable {
    case http(host: String, port: Int, ServerLimits = ServerLimits())
    case https(host: String, port: Int, TLSFiles, ServerLimits = ServerLimits())
    case unix(path: String, ServerLimits = ServerLimits())

    /// Whether clients may show a certificate.
    var asksForCertificates: Bool {
        if case .https(_, _, let files, _) = self { files.clientAuthority != nil } else { false }
    }

    /// Scheme and address as in a URL; `port` is the one that was bound where 0 was asked for.
    func description(port: Int?) -> String {
        switch self {
        case .http(let host, let asked, _): "http://\(bracketed(host)):\(port ?? asked)"
        case .https(let host, let asked, _, _): "https://\(bracketed(host)):\(port ?? asked)"
        case .unix(let path, _): "unix:\(path)"
        }
    }

    private func bracketed(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }
}
