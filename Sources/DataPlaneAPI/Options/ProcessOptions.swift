public import ArgumentParser
internal import DataPlaneModel

/// What the program does as a process: its log, its own settings, its user.
public struct ProcessOptions: ParsableArguments {
    public enum LogFormat: String, ExpressibleByArgument, Sendable, CaseIterable {
        case text
        case json

        public init?(argument: String) { self.init(rawValue: argument.lowercased()) }
    }

    @Option(name: .customLong("log-to"), help: "stdout, stderr, file or syslog.")
    var logTo = "stdout"
    @Option(name: .customLong("log-file"), help: "The file for --log-to=file; opened again when it was moved away.")
    var logFile = "/var/log/dataplaneapi/dataplaneapi.log"
    @Option(name: DataPlaneFlag.logLevel.name, help: "trace, debug, info, warning or error.")
    var logLevel = "warning"
    @Option(name: DataPlaneFlag.logFormat.name, help: "text or JSON.")
    var logFormat = LogFormat.text

    @Option(name: .customShort("f"), help: "Settings: dataplaneapi.yaml, or a file of NAME=value.")
    var settingsFile: String?
    @Option(name: .customLong("pid-file"), help: "Where to write the process id.")
    var pidFile: String?
    @Option(name: .customLong("uid"), help: "User id to take once it listens.")
    var userID: UInt32?
    @Option(name: .customLong("gid"), help: "Group id to take once it listens.")
    var groupID: UInt32?
    @Flag(name: [.customShort("v"), .long], help: "Print the version.")
    var version = false

    public init() {}

    public func validate() throws {
        guard ["stdout", "stderr", "file", "syslog"].contains(logTo) else {
            throw ValidationError("--log-to is stdout, stderr, file or syslog")
        }
    }
}
