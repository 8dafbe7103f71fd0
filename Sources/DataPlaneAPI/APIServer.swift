public import DataPlaneModel
internal import Hummingbird
internal import HummingbirdCore
public import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle
internal import Syscalls
internal import UnixSignals

/// The Data Plane API on its listeners, until SIGTERM.
public struct APIServer: Sendable {
    private let applications: [Application<APIResponder>]
    private let threads: NIOThreadPool
    private let limits: ServerLimits
    private let writer: NIOThreadPool
    private let logger: Logger
    /// The listeners in words.
    private let places: String

    /// - Parameter ready: Called once with the bound ports (nil for a unix socket), when every listener listens.
    /// - Throws: ``CertificateError`` when a certificate or a key cannot be used.
    public init(
        _ dataPlane: DataPlane,
        listeners: [Listener],
        limits: ServerLimits = ServerLimits(),
        logger: Logger,
        audit: Logger? = nil,
        ready: @escaping @Sendable ([Int?]) -> Void = { _ in }
    ) throws {
        let threads = NIOThreadPool(numberOfThreads: 8)
        let writer = NIOThreadPool(numberOfThreads: 1)
        let starting = Starting(count: listeners.count, ready: ready)
        self.threads = threads
        self.limits = limits
        self.writer = writer
        self.logger = logger
        places = listeners.map { $0.description(port: nil) }.joined(separator: " and ")
        applications = try listeners.enumerated().map { index, listener in
            let responder = APIResponder(
                dataPlane: dataPlane,
                threads: threads,
                writer: writer,
                asksForCertificates: listener.asksForCertificates,
                audit: AuditLog(audit ?? logger)
            )
            return try Self.application(listener, responder, limits, logger) { channel in
                let port = channel.localAddress?.port
                logger.notice("listening", metadata: ["address": "\(listener.description(port: port))"])
                await starting.started(index, port: port)
            }
        }
    }

    /// Serves until SIGTERM or SIGINT, or until the task is cancelled; requests that have begun are answered.
    public func run() async throws {
        threads.start()
        writer.start()
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
        configuration.maximumGracefulShutdownDuration = limits.graceful
        let outcome: Result<Void, any Error>
        do {
            try await ServiceGroup(configuration: configuration).run()
            outcome = .success(())
        } catch let error as IOError {
            outcome = .failure(SystemError(code: error.errnoCode, operation: "listen on \(places)"))
        } catch {
            outcome = .failure(error)
        }
        try await writer.shutdownGracefully()
        try await threads.shutdownGracefully()
        try outcome.get()
    }

    private static func application(
        _ listener: Listener,
        _ responder: APIResponder,
        _ limits: ServerLimits,
        _ logger: Logger,
        onRunning: @escaping @Sendable (any Channel) async -> Void
    ) throws -> Application<APIResponder> {
        let address: BindAddress
        var certificates: CertificateStore?
        switch listener {
        case .http(let host, let port): address = .hostname(host, port: port)
        case .unix(let path): address = .unixDomainSocket(path: path)
        case .https(let host, let port, let files):
            address = .hostname(host, port: port)
            certificates = try CertificateStore(files)
        }
        let server = HTTPServerBuilder { [certificates] responder in
            ListenerChannel(responder, limits, certificates)
        }
        return Application(
            responder: responder,
            server: server,
            configuration: ApplicationConfiguration(address: address),
            onServerRunning: onRunning,
            logger: logger
        )
    }
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
