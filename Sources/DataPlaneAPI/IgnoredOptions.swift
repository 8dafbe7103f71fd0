public import ArgumentParser

/// Options of the original that change nothing here: accepted, so that its units and scripts start us unchanged, and
/// named in the log.
public struct IgnoredOptions: ParsableArguments {
    @Option(name: [.customShort("d"), .customLong("reload-delay")]) var reloadDelay: String?
    @Option(name: [.customShort("s"), .customLong("restart-cmd")]) var restartCommand: String?
    @Option(name: .customLong("reload-retention")) var reloadRetention: String?
    @Option(name: [.customShort("t"), .customLong("transaction-dir")]) var transactionDirectory: String?
    @Option(name: [.customShort("n"), .customLong("backups-number")]) var backupsNumber: String?
    @Option(name: .customLong("backups-dir")) var backupsDirectory: String?
    @Flag(name: [.customShort("i"), .customLong("show-system-info")]) var showSystemInfo = false
    @Option(name: [.customShort("f")]) var configurationFile: String?
    @Option(name: [.customShort("p"), .customLong("maps-dir")]) var mapsDirectory: String?
    @Option(name: .customLong("ssl-certs-dir")) var certificatesDirectory: String?
    @Option(name: .customLong("general-storage-dir")) var storageDirectory: String?
    @Flag(name: .customLong("update-map-files")) var updateMapFiles = false
    @Option(name: .customLong("update-map-files-period")) var updateMapFilesPeriod: String?
    @Option(name: .customLong("userlist-file")) var userlistFile: String?
    @Option(name: .customLong("listen-limit")) var listenLimit: String?
    @Option(name: .customLong("tls-listen-limit")) var tlsListenLimit: String?
    @Option(name: .customLong("max-header-size")) var maxHeaderSize: String?
    @Option(name: .customLong("keep-alive")) var keepAlive: String?
    @Option(name: .customLong("read-timeout")) var readTimeout: String?
    @Option(name: .customLong("write-timeout")) var writeTimeout: String?
    @Option(name: .customLong("tls-keep-alive")) var tlsKeepAlive: String?
    @Option(name: .customLong("tls-read-timeout")) var tlsReadTimeout: String?
    @Option(name: .customLong("tls-write-timeout")) var tlsWriteTimeout: String?
    @Option(name: .customLong("cleanup-timeout")) var cleanupTimeout: String?
    @Option(name: .customLong("graceful-timeout")) var gracefulTimeout: String?
    @Option(name: .customLong("log-file")) var logFile: String?
    @Option(name: .customLong("log-format")) var logFormat: String?
    @Option(name: .customLong("api-address")) var apiAddress: String?
    @Option(name: .customLong("api-port")) var apiPort: String?
    @Option(name: .customLong("pid-file")) var pidFile: String?
    @Option(name: .customLong("uid")) var userID: String?
    @Option(name: .customLong("gid")) var groupID: String?

    public init() {}

    /// Those that were given, but for the two whose effect every change has at once.
    var given: [String] {
        let options: [(String, String?)] = [
            ("restart-cmd", restartCommand), ("reload-retention", reloadRetention),
            ("transaction-dir", transactionDirectory), ("backups-number", backupsNumber),
            ("backups-dir", backupsDirectory), ("f", configurationFile), ("maps-dir", mapsDirectory),
            ("ssl-certs-dir", certificatesDirectory), ("general-storage-dir", storageDirectory),
            ("update-map-files-period", updateMapFilesPeriod), ("userlist-file", userlistFile),
            ("listen-limit", listenLimit), ("tls-listen-limit", tlsListenLimit), ("max-header-size", maxHeaderSize),
            ("keep-alive", keepAlive), ("read-timeout", readTimeout), ("write-timeout", writeTimeout),
            ("tls-keep-alive", tlsKeepAlive), ("tls-read-timeout", tlsReadTimeout),
            ("tls-write-timeout", tlsWriteTimeout), ("cleanup-timeout", cleanupTimeout),
            ("graceful-timeout", gracefulTimeout), ("log-file", logFile), ("log-format", logFormat),
            ("api-address", apiAddress), ("api-port", apiPort), ("pid-file", pidFile), ("uid", userID),
            ("gid", groupID), ("show-system-info", showSystemInfo ? "" : nil),
            ("update-map-files", updateMapFiles ? "" : nil),
        ]
        return options.filter { $0.1 != nil }.map { $0.0 }
    }
}
