internal import Addresses
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

    /// What the binds of the configuration ask for, and where the running proxy listens beside them: on what an edit has
    /// taken out that it has not read yet.
    func binds() throws -> [BindAddresses.Bind] {
        let text = try AtomicFile.readText(path)
        let binds = text.map { BindAddresses.all(in: ConfigurationFile($0, file: path)) } ?? []
        let known = Set(binds.map { Place(frontend: $0.frontend, address: $0.address) })
        let answer = (try? MasterClient(path: masterSocket, timeoutMilliseconds: 2000).send("listeners")) ?? ""
        let running = answer.split(separator: "\n").compactMap { ProxyListener(line: $0) }.filter {
            !$0.endpoint.address.isUnspecified
                && !known.contains(Place(frontend: $0.frontend, address: $0.endpoint.address))
        }
        var seen: Set<Place> = []
        return binds
            + running.filter { seen.insert(Place(frontend: $0.frontend, address: $0.endpoint.address)).inserted }.map {
                BindAddresses.Bind(kind: "frontend", frontend: $0.frontend, address: $0.endpoint.address)
            }
    }

    private struct Place: Hashable {
        var frontend: String
        var address: IPAddress
    }
}
