/// The API's options that say how it works, whatever appliance it is of: what one takes over of another. Where it listens,
/// and where things lie, is each appliance's own.
public enum DataPlaneFlag: String, CaseIterable, Sendable {
    case logLevel = "log-level"
    case logFormat = "log-format"
    case backupsNumber = "backups-number"
    case maxOpenTransactions = "max-open-transactions"
    case transactionTimeToLive = "transaction-ttl"
    case listenLimit = "listen-limit"
    case tlsListenLimit = "tls-listen-limit"
    case maxHeaderSize = "max-header-size"
    case keepAlive = "keep-alive"
    case tlsKeepAlive = "tls-keep-alive"
    case readTimeout = "read-timeout"
    case tlsReadTimeout = "tls-read-timeout"
    case writeTimeout = "write-timeout"
    case tlsWriteTimeout = "tls-write-timeout"
    case gracefulTimeout = "graceful-timeout"
    case clientCertificate = "client-certificate"
    case tlsAuthority = "tls-ca"

    /// By its name, long or short.
    public init?(name: some StringProtocol) {
        let short = Self.allCases.first { $0.short.map { String($0) == name } ?? false }
        guard let flag = short ?? Self(rawValue: String(name)) else { return nil }
        self = flag
    }

    /// Its name of one letter.
    public var short: Character? { self == .backupsNumber ? "n" : nil }

    /// Most and fewest bytes of a request's header fields.
    public static let headerSizes = 1024...16 << 20

    /// Whether the API starts with this value of it.
    public func takes(_ value: String) -> Bool {
        switch self {
        case .logLevel, .tlsAuthority: true
        case .logFormat: ["text", "json"].contains(value.lowercased())
        case .backupsNumber, .maxOpenTransactions, .transactionTimeToLive: Int(value) != nil
        case .listenLimit, .tlsListenLimit: Int(value).map { $0 >= 0 } ?? false
        case .maxHeaderSize: Int(value).map { Self.headerSizes.contains($0) } ?? false
        case .keepAlive, .tlsKeepAlive, .readTimeout, .tlsReadTimeout, .writeTimeout, .tlsWriteTimeout,
            .gracefulTimeout:
            Duration(go: value) != nil
        case .clientCertificate: ["required", "optional"].contains(value)
        }
    }
}
