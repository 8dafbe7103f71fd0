public import ArgumentParser
internal import DataPlaneModel
internal import Diagnostics
internal import Files
internal import Glibc
internal import Logging
internal import Syscalls

/// `appliance-dataplaned`: understands the command line of the original Data Plane API.
public struct DataPlaneCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "appliance-dataplaned",
        abstract: "Serves the HAProxy Data Plane API for haproxy.cfg and the proxy that reads it."
    )

    /// The listeners that are scheduled, by name.
    public enum Scheme: String, ExpressibleByArgument, Sendable, CaseIterable {
        case http
        case https
        case unix
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
    @Option(name: .customLong("tls-certificate"), help: "Certificate chain in PEM.")
    var tlsCertificate: String?
    @Option(name: .customLong("tls-key"), help: "Private key in PEM.")
    var tlsKey: String?
    @Option(name: .customLong("tls-ca"), help: "Authority whose client certificates are required, in PEM.")
    var tlsAuthority: String?
    @Option(name: .customLong("socket-path"), help: "Path for unix.")
    var socketPath = "/var/run/data-plane.sock"

    @Option(name: [.customShort("c"), .customLong("config-file")], help: "The configuration that is served.")
    var configFile = "/etc/haproxy/haproxy.cfg"
    @Option(name: [.customShort("u"), .long], help: "The userlist whose users may log in.")
    var userlist = "controller"
    @Option(name: [.customShort("m"), .customLong("master-runtime")], help: "The proxy's master socket.")
    var masterRuntime: String?
    @Option(
        name: [.customShort("b"), .customLong("haproxy-bin")],
        help: "Checks configurations without a master socket."
    )
    var haproxyBin = "haproxy"
    @Option(name: [.customShort("r"), .customLong("reload-cmd")], help: "Reloads the proxy without a master socket.")
    var reloadCommand: String?
    @Option(name: .customLong("max-open-transactions"), help: "Most transactions in progress.")
    var maxOpenTransactions = 20
    @Option(name: .customLong("transaction-ttl"), help: "Seconds after which an unused transaction is forgotten.")
    var transactionTimeToLive = 900

    @Option(name: .customLong("log-to"), help: "stdout or stderr.")
    var logTo = "stdout"
    @Option(name: .customLong("log-level"), help: "trace, debug, info, warning or error.")
    var logLevel = "warning"
    @Flag(name: [.customShort("v"), .long], help: "Print the version.")
    var version = false

    @OptionGroup(visibility: .hidden)
    var ignored: IgnoredOptions

    public init() {}

    public func validate() throws {
        for port in [port, tlsPort] where !(0...65535).contains(port) {
            throw ValidationError("\(port) is not a port")
        }
    }

    public func run() async throws {
        if version {
            print("appliance-dataplaned \(DataPlane.Settings(path: "").buildVersion)")
            return
        }
        let logger = makeLogger()
        for name in ignored.given {
            logger.warning("option understood but without effect", metadata: ["option": "\(name)"])
        }
        let dataPlane = try makeDataPlane()
        for problem in dataPlane.problems() { logger.warning("\(problem)") }
        let server: APIServer
        do {
            server = try APIServer(dataPlane, listeners: try listeners(), logger: logger) { _ in
                do throws(SystemError) {
                    try ServiceNotification.send("READY=1")
                } catch {
                    logger.warning("\(error)")
                }
            }
        } catch let error as CertificateError {
            throw Failure.configuration("\(error)")
        }
        try await server.run()
    }

    private func makeDataPlane() throws -> DataPlane {
        var settings = DataPlane.Settings(path: configFile, userlist: userlist)
        settings.limits.open = maxOpenTransactions
        settings.limits.timeToLive = transactionTimeToLive
        let reloader: any Reloader
        let checker: any ConfigurationChecker
        if let masterRuntime, !masterRuntime.isEmpty {
            reloader = MasterReloader(path: masterRuntime)
            checker = ModelChecker()
        } else {
            reloader = reloadCommand.map { CommandReloader($0) } ?? NoReloader()
            checker = HAProxyChecker(program: haproxyBin)
        }
        do throws(SystemError) {
            return try DataPlane(settings, checker: checker, reloader: reloader)
        } catch {
            throw Failure.configuration(
                Diagnostic(
                    file: configFile,
                    "cannot be read: \(error)",
                    remedy: "give the path of a readable haproxy.cfg with --config-file"
                ).rendered
            )
        }
    }

    private func listeners() throws -> [Listener] {
        let schemes = scheme.isEmpty ? [.http] : scheme
        return try schemes.map { scheme in
            switch scheme {
            case .http: return .http(host: host, port: port)
            case .unix: return .unix(path: socketPath)
            case .https:
                guard let tlsCertificate, let tlsKey else {
                    throw Failure.usage("--scheme=https needs --tls-certificate and --tls-key")
                }
                return .https(
                    host: tlsHost ?? host,
                    port: tlsPort,
                    TLSFiles(certificate: tlsCertificate, key: tlsKey, clientAuthority: tlsAuthority)
                )
            }
        }
    }

    private func makeLogger() -> Logger {
        let descriptor: CInt = logTo == "stderr" ? 2 : 1
        let levels = ["warn": Logger.Level.warning, "fatal": .critical, "panic": .critical]
        let level = Logger.Level(rawValue: logLevel) ?? levels[logLevel] ?? .warning
        var logger = Logger(label: "appliance-dataplaned") { _ in LineLogHandler(descriptor: descriptor, level: level) }
        if logTo != "stdout", logTo != "stderr" {
            logger[metadataKey: "log-to"] = nil
            logger.warning("only stdout and stderr are logged to", metadata: ["log-to": "\(logTo)"])
        }
        return logger
    }
}
