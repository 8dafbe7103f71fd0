/// How dhcpcd is run: in a mode in which it only reports (dhcpcd(8), `--noconfigure`).
public enum ClientConfiguration {
    /// Tells our program that it is run as the hook; its value is the root that the service works under.
    public static let rootVariable = "APPLIANCE_NET_DHCP_ROOT"

    /// dhcpcd.conf(5).
    ///
    /// - Parameters:
    ///   - hook: Path of the program that is told of each lease.
    ///   - root: What stands for `/`.
    public static func text(hook: String, root: String) -> String {
        """
        # Written by appliance-net watch for one interface.
        script \(hook)
        env \(rootVariable)=\(root.isEmpty ? "/" : root)
        # A machine that is built anew with the same adapter gets the same address.
        duid ll
        clientid
        slaac hwaddr
        noipv4ll
        nogateway
        # Until a server answers.
        timeout 0
        option domain_name_servers, domain_name, domain_search, interface_mtu, ntp_servers, classless_static_routes
        option dhcp6_name_servers, dhcp6_domain_search, dhcp6_sntp_servers, dhcp6_ntp_server
        require dhcp_server_identifier

        """
    }

    /// The command line of a client in the foreground, for one link.
    ///
    /// - Parameters:
    ///   - file: Holds ``text(hook:root:)``.
    ///   - link: Name of the link.
    public static func arguments(file: String, link: String) -> [String] {
        ["dhcpcd", "--noconfigure", "--nobackground", "--config", file, link]
    }
}
