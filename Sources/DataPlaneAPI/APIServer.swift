public import DataPlaneModel
internal import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
public import Logging
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import ServiceLifecycle
internal import Syscalls
internal import UnixSignals

/// The Data Plane API on its listeners, until SIGTERM.
public struct APIServer: Sendable {
    private let applications: [Application<APIResponder>]
    private let threads: NIOThreadPool
    private let logger: Logger
    /// The listeners in words.
    private let places: String

    /// - Parameter ready: Called once with the bound ports (nil for a unix socket), when every listener listens.
    /// - Throws: ``CertificateError`` when a certificate or a key cannot be used.
    public init(
        _ dataPlane: DataPlane,
        listeners: [Listener],
        logger: Logger,
        ready: @escaping @Sendable ([Int?]) -> Void = { _ in }
    ) throws {
        let threads = NIOThreadPool(numberOfThreads: 8)
        let responder = APIResponder(dataPlane: dataPlane, threads: threads)
        let starting = Starting(count: listeners.count, ready: ready)
        self.threads = threads
        self.logger = logger
        places = listeners.map { $0.description(port: nil) }.joined(separator: " and ")
        applications = try listeners.enumerated().map { index, listener in
            try Self.application(listener, responder, logger) { channel in
                let port = channel.localAddress?.port
                logger.notice("listening", metadata: ["address": "\(listener.description(port: port))"])
                await starting.started(index, port: port)
            }
        }
    }

    /// Serves until SIGTERM or SIGINT, or until the task is cancelled; requests that have begun are answered.
    public func run() async throws {
        threads.start()
        let services = applications.map {
            ServiceGroupConfiguration.ServiceConfiguration(
                service: $0,
                successTerminationBehavior: .gracefullyShutdownGroup
            )
        }
        var configuration = ServiceGroupConfiguration(
            services: services,
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        configuration.maximumGracefulShutdownDuration = .seconds(10)
        let outcome: Result<Void, any Error>
        do {
            try await ServiceGroup(configuration: configuration).run()
            outcome = .success(())
        } catch let error as IOError {
            outcome = .failure(SystemError(code: error.errnoCode, operation: "listen on \(places)"))
        } catch {
            outcome = .failure(error)
        }
        try await threads.shutdownGracefully()
        try outcome.get()
    }

    private static func application(
        _ listener: Listener,
        _ responder: APIResponder,
        _ logger: Logger,
        onRunning: @escaping @Sendable (any Channel) async -> Void
    ) throws -> Application<APIResponder> {
        // Idle connections are closed: a thousand of them must not hold the descriptors of those who work.
        var server = HTTPServerBuilder.http1(configuration: .init(idleTimeout: .seconds(60)))
        let address: BindAddress
        switch listener {
        case .http(let host, let port): address = .hostname(host, port: port)
        case .unix(let path): address = .unixDomainSocket(path: path)
        case .https(let host, let port, let files):
            address = .hostname(host, port: port)
            server = try .tls(server, tlsConfiguration: tls(files))
        }
        return Application(
            responder: responder,
            server: server,
            configuration: ApplicationConfiguration(address: address),
            onServerRunning: onRunning,
            logger: logger
        )
    }

    private static func tls(_ files: TLSFiles) throws -> TLSConfiguration {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(files.certificate).map {
                NIOSSLCertificateSource.certificate($0)
            }
            guard !chain.isEmpty else { throw CertificateError("\(files.certificate) holds no certificate") }
            let privateKey = try NIOSSLPrivateKey(file: files.key, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain,
                privateKey: .privateKey(privateKey)
            )
            configuration.minimumTLSVersion = .tlsv12
            if let authority = files.clientAuthority {
                configuration.trustRoots = .file(authority)
                configuration.certificateVerification = .noHostnameVerification
            }
            // Whether certificate and key belong together is told by the context only.
            _ = try NIOSSLContext(configuration: configuration)
            return configuration
        } catch let error as CertificateError {
            throw error
        } catch {
            throw CertificateError("\(files.certificate) and \(files.key) cannot be used: \(error)")
        }
    }
}

/// A certificate or key that cannot be used, in words.
public struct CertificateError: Error, CustomStringConvertible {
    public var description: String
    init(_ description: String) { self.description = description }
}

/// Waits for the last listener.
private actor Starting {
    private var ports: [Int: Int?] = [:]
    private let count: Int
    private let ready: @Sendable ([Int?]) -> Void

    init(count: Int, ready: @escaping @Sendable ([Int?]) -> Void) {
        self.count = count
        self.ready = ready
    }

    func started(_ index: Int, port: Int?) {
        ports[index] = port
        if ports.count == count { ready((0..<count).map { ports[$0] ?? nil }) }
    }
}
