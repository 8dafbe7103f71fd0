public import DataPlaneModel
internal import HummingbirdCore
public import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle
internal import Syscalls
internal import UnixSignals

/// The Data Plane API on its listeners, until SIGTERM.
public struct APIServer: Sendable {
    private let servers: [any Service]
    private let threads: WorkThreads
    private let gracefulTimeout: Duration
    private let logger: Logger
    private let stopping: @Sendable () -> Void
    /// The listeners in words.
    private let places: String

    /// - Parameters:
    ///   - audit: Is told of every change; `logger` if absent.
    ///   - ready: Called once with the bound ports (nil for a unix socket), when every listener listens.
    ///   - stopping: Called when the server is told to stop.
    /// - Throws: ``CertificateError`` when a certificate or a key cannot be used.
    public init(
        _ dataPlane: DataPlane,
        listeners: [Listener],
        gracefulTimeout: Duration = .seconds(15),
        logger: Logger,
        audit: Logger? = nil,
        ready: @escaping @Sendable ([Int?]) -> Void = { _ in },
        stopping: @escaping @Sendable () -> Void = {}
    ) throws {
        let threads = WorkThreads()
        let starting = Starting(count: listeners.count, ready: ready)
        self.threads = threads
        self.gracefulTimeout = gracefulTimeout
        self.logger = logger
        self.stopping = stopping
        places = listeners.map { $0.description(port: nil) }.joined(separator: " and ")
        servers = try listeners.enumerated().map { index, listener in
            let responder = APIResponder(
                dataPlane: dataPlane,
                threads: threads,
                asksForCertificates: listener.asksForCertificates,
                audit: AuditLog(audit ?? logger),
                logger: logger
            )
            return try Self.server(listener, responder, logger) { channel in
                let port = channel.localAddress?.port
                logger.notice("listening", metadata: ["address": "\(listener.description(port: port))"])
                await starting.started(index, port: port)
            }
        }
    }

    /// Serves until SIGTERM or SIGINT, or until the task is cancelled; requests that have begun are answered.
    public func run() async throws {
        threads.start()
        var services = servers.map {
            ServiceGroupConfiguration.ServiceConfiguration(
                service: $0,
                successTerminationBehavior: .gracefullyShutdownGroup
            )
        }
        // The last one is the first to be told.
        services.append(.init(service: Herald(stopping: stopping), successTerminationBehavior: .ignore))
        var configuration = ServiceGroupConfiguration(
            services: services,
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        configuration.maximumGracefulShutdownDuration = gracefulTimeout
        let outcome: Result<Void, any Error>
        do {
            try await ServiceGroup(configuration: configuration).run()
            outcome = .success(())
        } catch let error as IOError {
            outcome = .failure(SystemError(code: error.errnoCode, operation: "listen on \(places)"))
        } catch {
            outcome = .failure(error)
        }
        try await threads.stop()
        try outcome.get()
    }

    /// Whether a request would find a thread to work on it.
    func isAlive() async -> Bool { (try? await threads.run(.memory) { true }) ?? false }

    private static func server(
        _ listener: Listener,
        _ responder: APIResponder,
        _ logger: Logger,
        onRunning: @escaping @Sendable (any Channel) async -> Void
    ) throws -> any Service {
        let address: BindAddress
        let limits: ServerLimits
        var certificates: CertificateStore?
        switch listener {
        case .http(let host, let port, let allowed): (address, limits) = (.hostname(host, port: port), allowed)
        case .unix(let path, let allowed): (address, limits) = (.unixDomainSocket(path: path), allowed)
        case .https(let host, let port, let files, let allowed):
            (address, limits) = (.hostname(host, port: port), allowed)
            certificates = try CertificateStore(files)
        }
        let channels = ListenerChannel(
            { request, writer, channel in try await responder.serve(request, writer, channel) },
            limits,
            certificates
        )
        return channels.server(
            configuration: ServerConfiguration(address: address),
            onServerRunning: onRunning,
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: logger
        )
    }
}

/// Tells that the server stops.
private struct Herald: Service {
    let stopping: @Sendable () -> Void

    func run() async throws {
        try? await gracefulShutdown()
        stopping()
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
