public import Addresses
import Diagnostics
import NetworkFiles

/// The files that are made from the configuration.
public enum ManagedFile {
    public static let hostname = "/etc/hostname"
    public static let hosts = "/etc/hosts"
    public static let resolver = "/etc/resolv.conf"
    public static let sysctl = "/etc/sysctl.d/60-appliance-net.conf"
    public static let timeServers = "/etc/chrony/sources.d/appliance-net.sources"

    /// The file by which systemd-udevd names the interface (systemd.link(5)).
    public static func link(_ role: InterfaceRole) -> String {
        "/etc/systemd/network/10-appliance-net-\(role.rawValue).link"
    }

    /// Ends our lines of `/etc/hosts`.
    public static let mark = "# appliance-net"

    /// Every path that we ever look at.
    public static let paths =
        [hostname, hosts, resolver, sysctl, timeServers, IPRoute2Names.tablesPath, IPRoute2Names.protocolsPath]
        + InterfaceRole.allCases.map { link($0) }

    /// A link there points at another program's file (systemd-resolved's stub), which is not ours to write: the link is
    /// replaced. Everywhere else what an admin linked elsewhere stays linked.
    static func followsLinks(_ path: String) -> Bool { path != resolver }
}

extension DesiredState {
    mutating func addFiles(_ configuration: NetworkConfiguration) {
        let system = configuration.appliance.system
        if let name = system.hostname?.value {
            hostname = name
            add(ManagedFile.hostname, name + "\n")
            files.append(
                DesiredFile(
                    ManagedFile.hosts,
                    .lines(
                        Self.hostsLines(configuration, name),
                        mark: ManagedFile.mark,
                        template: "127.0.0.1 localhost\n::1 localhost\n"
                    )
                )
            )
        }
        addResolver(configuration)
        addSysctls()
        addLinkFiles(configuration)
        add(IPRoute2Names.tablesPath, IPRoute2Names.tables(configuration.tables))
        add(IPRoute2Names.protocolsPath, IPRoute2Names.protocols)
        addTimeServers(configuration)
    }

    private mutating func add(_ path: String, _ text: String) { files.append(DesiredFile(path, .whole(text))) }

    /// The machine's own name must have an address even where no name server answers.
    private static func hostsLines(_ configuration: NetworkConfiguration, _ name: String) -> [String] {
        let short = name.prefix { $0 != "." }
        let names = short == name ? name : "\(name) \(short)"
        let addresses = configuration.appliance[.management]?.addresses.map { "\($0.value.address)" } ?? []
        return (addresses.isEmpty ? ["127.0.1.1"] : addresses).map { "\($0) \(names)" }
    }

    private mutating func addResolver(_ configuration: NetworkConfiguration) {
        let servers = configuration.nameservers
        if servers.isEmpty { return }
        let domains = configuration.searchDomains.joined(separator: " ")
        add(
            ManagedFile.resolver,
            Self.head
                + (domains.isEmpty ? "" : "search \(domains)\n")
                + servers.map { "nameserver \($0)\n" }.joined()
        )
    }

    /// What is set now is set at boot too, before anything of ours runs.
    private mutating func addSysctls() {
        var text = "# Written by appliance-net.\n"
        for interface in interfaces {
            guard let role = interface.role else { continue }
            for (key, value) in interface.sysctls.sorted(by: { $0.key < $1.key }) {
                // The dash: no error where the interface is not there yet.
                text += "-net.\(Sysctl.family(key)).conf.\(role.rawValue).\(key) = \(value)\n"
            }
        }
        add(ManagedFile.sysctl, text)
    }

    private mutating func addLinkFiles(_ configuration: NetworkConfiguration) {
        for role in InterfaceRole.allCases {
            guard let interface = configuration.appliance[role] else {
                files.append(DesiredFile(ManagedFile.link(role), .absent))
                continue
            }
            // The type keeps VLANs out, which have their parent's address.
            add(
                ManagedFile.link(role),
                Self.head + "[Match]\nMACAddress=\(interface.mac.value)\nType=ether\n\n[Link]\nName=\(role.rawValue)\n"
                    + (interface.mtu.map { "MTUBytes=\($0.value)\n" } ?? "")
            )
        }
    }

    private mutating func addTimeServers(_ configuration: NetworkConfiguration) {
        let servers = configuration.ntpServers
        if servers.isEmpty {
            files.append(DesiredFile(ManagedFile.timeServers, .absent))
            return
        }
        add(ManagedFile.timeServers, Self.head + servers.map { "server \($0) iburst\n" }.joined())
    }

    private static let head = "# Written by appliance-net from \(ApplianceFile.path).\n"
}
