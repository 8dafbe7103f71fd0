public import ArgumentParser

/// Options of the original that change nothing here: accepted, so that its units, scripts and settings start us
/// unchanged, and named in the log.
public struct IgnoredOptions: ParsableArguments {
    @Option(name: [.customShort("s"), .customLong("restart-cmd")]) var restartCommand: String?
    @Option(name: .customLong("status-cmd")) var statusCommand: String?
    @Option(name: .customLong("validate-cmd")) var validateCommand: String?
    @Option(name: .customLong("service")) var service: String?
    @Option(name: .customLong("reload-strategy")) var reloadStrategy: String?
    @Option(name: .customLong("reload-retention")) var reloadRetention: String?
    @Flag(name: .customLong("master-worker-mode")) var masterWorkerMode = false
    @Option(name: .customLong("fid")) var instanceID: String?
    @Option(name: .customLong("delayed-start-max")) var delayedStartMaximum: String?
    @Option(name: .customLong("delayed-start-tick")) var delayedStartTick: String?
    @Option(name: [.customShort("t"), .customLong("transaction-dir")]) var transactionDirectory: String?
    @Flag(name: [.customShort("i"), .customLong("show-system-info")]) var showSystemInfo = false
    @Option(name: .customLong("dataplane-storage-dir")) var dataPlaneDirectory: String?
    @Option(name: .customLong("spoe-dir")) var spoeDirectory: String?
    @Option(name: .customLong("spoe-transaction-dir")) var spoeTransactionDirectory: String?
    @Flag(name: .customLong("update-map-files")) var updateMapFiles = false
    @Option(name: .customLong("update-map-files-period")) var updateMapFilesPeriod: String?
    @Option(name: .customLong("cleanup-timeout")) var cleanupTimeout: String?
    @Option(name: .customLong("api-address")) var apiAddress: String?
    @Option(name: .customLong("api-port")) var apiPort: String?
    @Option(name: .customLong("apache-common-log-format")) var apacheLogFormat: String?
    @Option(name: .customLong("debug-socket-path")) var debugSocketPath: String?
    @Flag(name: .customLong("disable-inotify")) var disableInotify = false

    public init() {}

    /// Those that were given, but for `show-system-info`, which is always shown.
    var given: [String] {
        let options: [(String, Any?)] = [
            ("restart-cmd", restartCommand), ("status-cmd", statusCommand), ("validate-cmd", validateCommand),
            ("service", service), ("reload-strategy", reloadStrategy), ("reload-retention", reloadRetention),
            ("master-worker-mode", masterWorkerMode ? true : nil), ("fid", instanceID),
            ("delayed-start-max", delayedStartMaximum), ("delayed-start-tick", delayedStartTick),
            ("transaction-dir", transactionDirectory), ("dataplane-storage-dir", dataPlaneDirectory),
            ("spoe-dir", spoeDirectory), ("spoe-transaction-dir", spoeTransactionDirectory),
            ("update-map-files", updateMapFiles ? true : nil), ("update-map-files-period", updateMapFilesPeriod),
            ("cleanup-timeout", cleanupTimeout), ("api-address", apiAddress), ("api-port", apiPort),
            ("apache-common-log-format", apacheLogFormat), ("debug-socket-path", debugSocketPath),
            ("disable-inotify", disableInotify ? true : nil),
        ]
        return options.filter { $0.1 != nil }.map { $0.0 }
    }
}
