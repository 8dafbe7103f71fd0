/// The PEM files of a TLS listener.
public struct TLSFiles: Sendable, Hashable {
    /// Leaf first.
    public var certificate: String
    public var key: String
    /// Clients must show a certificate of this authority; nil asks for none.
    public var clientAuthority: String?

    public init(certificate: String, key: String, clientAuthority: String? = nil) {
        self.certificate = certificate
        self.key = key
        self.clientAuthority = clientAuthority
    }
}

/// Where the API listens.
public enum Listener: Sendable, Hashable {
    case http(host: String, port: Int)
    case https(host: String, port: Int, TLSFiles)
    case unix(path: String)

    /// Scheme and address as in a URL; `port` is the one that was bound where 0 was asked for.
    func description(port: Int?) -> String {
        switch self {
        case .http(let host, let asked): "http://\(bracketed(host)):\(port ?? asked)"
        case .https(let host, let asked, _): "https://\(bracketed(host)):\(port ?? asked)"
        case .unix(let path): "unix:\(path)"
        }
    }

    private func bracketed(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }
}
