public import Netlink
import Syscalls

/// What the kernel says the network is.
public struct ActualState: Sendable, Hashable, Codable {
    public var links: [Link]
    public var addresses: [LinkAddress]
    public var routes: [Route]
    public var rules: [Rule]
    public var sysctls: [Sysctl: String]
    /// By path, as seen from the root; empty if no files are looked at.
    public var files: [String: FileState] = [:]
    /// nil: not looked at.
    public var firewall: FirewallState?
    /// The kernel's name of the machine; nil if it is not looked at.
    public var hostname: String?

    public init(
        links: [Link] = [],
        addresses: [LinkAddress] = [],
        routes: [Route] = [],
        rules: [Rule] = [],
        sysctls: [Sysctl: String] = [:]
    ) {
        self.links = links
        self.addresses = addresses
        self.routes = routes
        self.rules = rules
        self.sysctls = sysctls
    }

    /// Asks the kernel for everything.
    public static func read(_ socket: NetlinkSocket) throws -> ActualState {
        let links = try socket.links()
        var sysctls: [Sysctl: String] = [:]
        for link in links where !link.isLoopback {
            for key in Sysctl.known {
                let sysctl = Sysctl(interface: link.index, key: key)
                sysctls[sysctl] = try sysctl.read(link.name)
            }
        }
        return ActualState(
            links: links,
            addresses: try socket.addresses(),
            routes: try socket.routes(),
            rules: try socket.rules(),
            sysctls: sysctls
        )
    }

    public var names: InterfaceNames {
        InterfaceNames(Dictionary(links.map { ($0.index, $0.name) }) { first, _ in first })
    }

    var loopback: Link? { links.first { $0.isLoopback } }
}
