internal import Addresses
internal import Appliance
internal import Recovery

/// `/etc/haproxy/dataplaneapi.cfg`: the shell-style variables that appliance-dataplane.service expands into flags, named
/// as in the appliance we succeed.
struct DataPlaneConfigurationStep: FirstBootStep {
    let name = "API configuration"

    func run(_ context: FirstBootContext) throws -> [String] {
        try context.write(ApplianceFiles.dataPlaneConfiguration, Self.text(context.settings))
    }

    /// What the properties say.
    static func text(_ settings: Settings) -> String {
        // A leased address may change: then it listens everywhere, in both families, and the guard lets only management in.
        let host = settings.network.management.addresses.first.map { "\($0.address.address)" } ?? "::"
        let variables = [
            ("LOG_LEVEL", "warning"),
            ("LOG_TO", "stdout"),
            ("SCHEME", "https"),
            ("HAPROXY_BIN", "/usr/sbin/haproxy"),
            ("CONFIG_FILE", "/etc/haproxy/haproxy.cfg"),
            ("RELOAD_CMD", "\"/usr/bin/systemctl reload haproxy\""),
            ("RELOAD_DELAY", "0"),
            ("TLS_HOST", host),
            ("TLS_PORT", "\(settings.loadBalance.dataplanePort)"),
            ("TLS_CERTIFICATE", "/etc/haproxy/server.crt"),
            ("TLS_KEY", "/etc/haproxy/server.key"),
            ("USERLIST", "controller"),
            ("ADDITIONAL_FLAGS", ""),
        ]
        return "# Written by appliance-net; read by appliance-dataplane.service.\n"
            + variables.map { "\($0)=\($1)\n" }.joined()
    }
}
