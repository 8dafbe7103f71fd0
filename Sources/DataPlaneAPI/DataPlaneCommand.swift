public import ArgumentParser
internal import DataPlaneModel
internal import Diagnostics
internal import Files
internal import Logging
internal import Syscalls

/// `appliance-dataplaned`: understands the command line of the original Data Plane API.
public struct DataPlaneCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "appliance-dataplaned",
        abstract: "Serves the HAProxy Data Plane API for haproxy.cfg and the proxy that reads it."
    )

    @OptionGroup(title: "Listeners")
    var listener: ListenerOptions
    @OptionGroup(title: "Proxy")
    var proxy: ProxyOptions
    @OptionGroup(title: "Storage")
    var storage: StorageOptions
    @OptionGroup(title: "Process")
    var process: ProcessOptions
    @OptionGroup(visibility: .hidden)
    var ignored: IgnoredOptions

    public init() {}

    /// - Parameter file: The settings that stand behind the options; nil for none.
    func run(_ file: SettingsFile?) async throws {
        if process.version {
            print("appliance-dataplaned \(DataPlane.Settings(path: "").buildVersion)")
            return
        }
        let log = try LogTarget(process)
        let logger = log.logger("appliance-dataplaned", level: LogTarget.level(process.logLevel))
        for problem in file?.warnings ?? [] { logger.warning("\(problem)") }
        for name in ignored.given {
            logger.warning("option understood but without effect", metadata: ["option": "\(name)"])
        }
        let dataPlane = try makeDataPlane(file?.users ?? [], logger)
        let lifetime = ProcessLifetime(process, logger)
        let server: APIServer
        do {
            server = try APIServer(
                dataPlane,
                listeners: try listener.listeners(),
                gracefulTimeout: listener.gracefulTimeout.duration,
                logger: logger,
                audit: log.logger("audit", level: .notice)
            ) { _ in
                lifetime.listening()
                Self.lookOver(dataPlane, logger)
            } stopping: {
                lifetime.stopping()
            }
        } catch let error as CertificateError {
            throw Failure.configuration("\(error)")
        }
        try await lifetime.run {
            try await server.run()
        } isAlive: {
            await server.isAlive()
        }
        dataPlane.finishReloads()
    }

    /// What takes its time, while requests are answered already.
    private static func lookOver(_ dataPlane: DataPlane, _ logger: Logger) {
        do throws(SystemError) {
            try startDetachedThread("look the configuration over") {
                if let words = dataPlane.resume() { logger.warning("\(words)") }
                for problem in dataPlane.problems() { logger.warning("\(problem)") }
                do throws(SystemError) {
                    try dataPlane.watchForEdits()
                } catch {
                    logger.warning("\(error)")
                }
            }
        } catch {
            logger.warning("\(error)")
        }
    }

    private func makeDataPlane(_ users: [DataPlane.Settings.User], _ logger: Logger) throws -> DataPlane {
        var settings = DataPlane.Settings(path: proxy.configFile, userlist: proxy.userlist ?? "controller")
        settings.userlistFile = proxy.userlistFile.flatMap { $0.isEmpty ? nil : $0 }
        settings.users = users
        settings.certificateSuffices = listener.clientCertificateSuffices
        settings.limits.open = proxy.maxOpenTransactions
        settings.limits.timeToLive = proxy.transactionTimeToLive
        settings.versionsKept = max(0, proxy.backupsNumber)
        settings.historyDirectory = proxy.backupsDirectory.flatMap { $0.isEmpty ? nil : $0 }
        settings.masterSocket = proxy.masterRuntime.flatMap { $0.isEmpty ? nil : $0 }
        settings.directories = storage.directories
        settings.certificateReader = TLSCertificateReader()
        settings.applianceRoot = Root()
        settings.report = { logger.error("\($0)") }
        let (reloader, checker) = BackEnd(
            masterSocket: settings.masterSocket,
            program: proxy.haproxyBin,
            reloadCommand: proxy.reloadCommand,
            reloadDelay: proxy.reloadDelay
        ).make()
        do throws(SystemError) {
            return try DataPlane(settings, checker: checker, reloader: reloader)
        } catch {
            throw Failure.configuration(
                Diagnostic(
                    file: proxy.configFile,
                    "cannot be read: \(error)",
                    remedy: "give the path of a readable haproxy.cfg with --config-file"
                ).rendered
            )
        }
    }
}
