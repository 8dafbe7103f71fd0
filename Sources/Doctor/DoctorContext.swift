internal import Addresses
public import Diagnostics
public import Explanation
public import Files
internal import Netlink
public import NetworkFiles
public import NetworkState

/// What the checks look at, read once for all of them.
public struct DoctorContext {
    public let root: Root
    public let state: ActualState
    /// nil where the files are wrong.
    public let configuration: NetworkConfiguration?
    /// What is wrong with the network's files, or to be told of them.
    public let diagnostics: [Diagnostic]
    public let proxy: ProxyView
    public let routes: RouteExplainer

    /// Reads files and kernel, and asks the running proxy.
    ///
    /// - Parameters:
    ///   - root: Where files lie; sockets of daemons too.
    ///   - configFile: haproxy.cfg, with the root.
    ///   - masterSocket: The proxy's, with the root.
    public static func read(_ root: Root, configFile: String, masterSocket: String) throws -> DoctorContext {
        let socket = try NetlinkSocket()
        let state = try ActualState.read(socket)
        var configuration: NetworkConfiguration?
        var diagnostics: [Diagnostic] = []
        do throws(DiagnosticsError) {
            let read = try NetworkConfiguration.load(root)
            (configuration, diagnostics) = (read, read.warnings)
        } catch {
            diagnostics = error.diagnostics
        }
        return DoctorContext(
            root: root,
            state: state,
            configuration: configuration,
            diagnostics: diagnostics,
            proxy: try ProxyView.read(configFile, masterSocket: masterSocket),
            routes: RouteExplainer(socket, state, configuration, own: ClaimedAddresses.read(root).own)
        )
    }

    /// The link of an interface, whatever it is called just now.
    func link(_ mac: MACAddress) -> Link? { Self.link(mac, state.links) }

    static func link(_ mac: MACAddress, _ links: [Link]) -> Link? {
        let links = links.filter { $0.mac == mac }
        return links.first { InterfaceRole(rawValue: $0.name) != nil } ?? links.first
    }

    /// What to say where the files are wrong.
    static func unreadable(_ name: String) -> [Finding] {
        [Finding(.skipped, name, "the network's files are wrong")]
    }
}
