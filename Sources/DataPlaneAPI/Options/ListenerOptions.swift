public import ArgumentParser
internal import DataPlaneModel

/// Where the API listens, and what it allows there.
public struct ListenerOptions: ParsableArguments {
    /// The listeners that are scheduled, by name.
    public enum Scheme: String, ExpressibleByArgument, Sendable, CaseIterable {
        case http
        case https
        case unix
    }

    /// Whether clients must show a certificate of `--tls-ca`.
    public enum ClientCertificate: String, ExpressibleByArgument, Sendable, CaseIterable {
        case required
        case optional
    }

    @Option(help: "Listeners to enable; may be given several times.")
    var scheme: [Scheme] = []
    @Option(help: "Address for http.")
    var host = "localhost"
    @Option(help: "Port for http; 0 lets the system choose.")
    var port = 0
    @Option(name: .customLong("tls-host"), help: "Address for https; that of --host if absent.")
    var tlsHost: String?
    @Option(name: .customLong("tls-port"), help: "Port for https; 0 lets the system choose.")
    var tlsPort = 0
    @Option(name: .customLong("tls-certificate"), help: "Certificate chain in PEM; read again when it changes.")
    var tlsCertificate: String?
    @Option(name: .customLong("tls-key"), help: "Private key in PEM; read again when it changes.")
    var tlsKey: String?
    @Option(name: DataPlaneFlag.tlsAuthority.name, help: "Authority whose client certificates are asked for, in PEM.")
    var tlsAuthority: String?
    @Option(name: DataPlaneFlag.clientCertificate.name, help: "Whether --tls-ca is required or optional.")
    var clientCertificate = ClientCertificate.required
    @Flag(
        name: .customLong("client-certificate-suffices"),
        help: "Who shows a certificate of --tls-ca needs no password."
    )
    var clientCertificateSuffices = false
    @Option(name: .customLong("socket-path"), help: "Path for unix.")
    var socketPath = "/var/run/data-plane.sock"

    @Option(name: DataPlaneFlag.listenLimit.name, help: "Most connections of a listener; 0 is 512.")
    var listenLimit = 0
    @Option(name: DataPlaneFlag.tlsListenLimit.name, help: "The same for https.")
    var tlsListenLimit: Int?
    @Option(name: DataPlaneFlag.maxHeaderSize.name, help: "Most bytes of a request's header fields.")
    var maxHeaderSize = 64 << 10
    @Option(name: DataPlaneFlag.keepAlive.name, help: "Longest time between two requests of a connection.")
    var keepAlive = TimeOption(.seconds(180))
    @Option(name: DataPlaneFlag.readTimeout.name, help: "Longest time that a request may take to come.")
    var readTimeout = TimeOption(.seconds(30))
    @Option(name: DataPlaneFlag.writeTimeout.name, help: "Longest time that an answer may take to be taken.")
    var writeTimeout = TimeOption(.seconds(60))
    @Option(name: DataPlaneFlag.tlsKeepAlive.name, help: "The same for https.")
    var tlsKeepAlive: TimeOption?
    @Option(name: DataPlaneFlag.tlsReadTimeout.name, help: "The same for https.")
    var tlsReadTimeout: TimeOption?
    @Option(name: DataPlaneFlag.tlsWriteTimeout.name, help: "The same for https.")
    var tlsWriteTimeout: TimeOption?
    @Option(name: DataPlaneFlag.gracefulTimeout.name, help: "Longest time to answer what has begun, when told to stop.")
    var gracefulTimeout = TimeOption(.seconds(15))

    public init() {}

    public func validate() throws {
        for port in [port, tlsPort] where !(0...65535).contains(port) {
            throw ValidationError("\(port) is not a port")
        }
        guard DataPlaneFlag.headerSizes.contains(maxHeaderSize) else {
            throw ValidationError("--max-header-size is 1024 to 16777216")
        }
        guard listenLimit >= 0, (tlsListenLimit ?? 0) >= 0 else { throw ValidationError("a limit is 0 or more") }
    }

    func listeners() throws -> [Listener] {
        let schemes = scheme.isEmpty ? [.http] : scheme
        return try schemes.map { scheme in
            switch scheme {
            case .http: return .http(host: host, port: port, limits)
            case .unix: return .unix(path: socketPath, limits)
            case .https:
                guard let tlsCertificate, let tlsKey else {
                    throw Failure.usage("--scheme=https needs --tls-certificate and --tls-key")
                }
                let files = TLSFiles(
                    certificate: tlsCertificate,
                    key: tlsKey,
                    clientAuthority: tlsAuthority.flatMap { $0.isEmpty ? nil : $0 },
                    requiresClientCertificate: clientCertificate == .required
                )
                return .https(host: tlsHost ?? host, port: tlsPort, files, tlsLimits)
            }
        }
    }

    private var limits: ServerLimits {
        var limits = ServerLimits()
        if listenLimit > 0 { limits.connections = listenLimit }
        limits.headerSize = maxHeaderSize
        limits.keepAlive = keepAlive.duration
        limits.read = readTimeout.duration
        limits.write = writeTimeout.duration
        return limits
    }

    private var tlsLimits: ServerLimits {
        var limits = limits
        if let tlsListenLimit, tlsListenLimit > 0 { limits.connections = tlsListenLimit }
        if let tlsKeepAlive { limits.keepAlive = tlsKeepAlive.duration }
        if let tlsReadTimeout { limits.read = tlsReadTimeout.duration }
        if let tlsWriteTimeout { limits.write = tlsWriteTimeout.duration }
        return limits
    }
}
