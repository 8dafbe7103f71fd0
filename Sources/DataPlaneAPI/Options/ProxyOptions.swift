public import ArgumentParser
internal import DataPlaneModel

/// What is served: the configuration, and the proxy that reads it.
public struct ProxyOptions: ParsableArguments {
    @Option(name: [.customShort("c"), .customLong("config-file")], help: "The configuration that is served.")
    var configFile = "/etc/haproxy/haproxy.cfg"
    @Option(name: [.customShort("m"), .customLong("master-runtime")], help: "The proxy's master socket.")
    var masterRuntime: String?
    @Option(
        name: [.customShort("b"), .customLong("haproxy-bin")],
        help: "Checks configurations for HAProxy."
    )
    var haproxyBin = "haproxy"
    @Option(name: [.customShort("r"), .customLong("reload-cmd")], help: "Reloads HAProxy, by the shell.")
    var reloadCommand: String?
    @Option(
        name: [.customShort("d"), .customLong("reload-delay")],
        help: "Seconds for which changes for HAProxy are gathered before a reload."
    )
    var reloadDelay = 5
    @Option(name: DataPlaneFlag.maxOpenTransactions.name, help: "Most transactions in progress.")
    var maxOpenTransactions = 20
    @Option(
        name: DataPlaneFlag.transactionTimeToLive.name,
        help: "Seconds after which an unused transaction is forgotten."
    )
    var transactionTimeToLive = 900
    @Option(
        name: DataPlaneFlag.backupsNumber.name,
        help: "Versions of the configuration that are kept; 0 keeps none."
    )
    var backupsNumber = 50
    @Option(name: .customLong("backups-dir"), help: "Where they are; FILE.history beside the configuration if absent.")
    var backupsDirectory: String?

    @Option(name: [.customShort("u"), .long], help: "The userlist whose users may log in.")
    var userlist: String?
    @Option(name: .customLong("userlist-file"), help: "The file with the userlist; haproxy.cfg if absent.")
    var userlistFile: String?

    public init() {}
}
