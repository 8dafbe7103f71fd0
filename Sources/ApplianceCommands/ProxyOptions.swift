internal import ArgumentParser
internal import Files
internal import ProxyConfig
internal import RuntimeAPI

/// Where the proxy's configuration and its sockets are.
struct ProxyOptions: ParsableArguments {
    @OptionGroup var options: RootOptions

    @Option(name: .long, help: ArgumentHelp("The proxy's configuration.", valueName: "file"))
    var configFile = "/etc/haproxy/haproxy.cfg"

    @Option(name: .long, help: ArgumentHelp("The proxy's master socket.", valueName: "path"))
    var masterRuntime = "/run/haproxy-master.sock"

    var path: String { options.directory[configFile] }
    var masterSocket: String { options.directory[masterRuntime] }

    /// What the binds of the configuration ask for; none where there is no file.
    func binds() throws -> [BindAddresses.Bind] {
        guard let text = try AtomicFile.readText(path) else { return [] }
        return BindAddresses.all(in: ConfigurationFile(text, file: path))
    }
}
