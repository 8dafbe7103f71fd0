public import Addresses
public import Diagnostics
import Leases

/// `/etc/appliance-net/appliance.toml`: the settings of our own.
///
/// ```toml
/// [interface.management]
/// mac = "00:50:56:b4:aa:01"
/// address = "10.13.10.199/24"
/// gateway = "10.13.10.1"
///
/// [system]
/// hostname = "haproxy.local"
/// nameservers = ["172.24.3.1"]
/// ```
public struct ApplianceFile: Sendable, Hashable {
    public static let path = "/etc/appliance-net/appliance.toml"
    /// Every key of a table `[interface.<role>]`.
    public static let interfaceKeys = ["mac", "address", "gateway", "address6", "gateway6", "dhcp", "mtu"]
    /// Every key of the table `[system]`.
    public static let systemKeys = ["hostname", "nameservers", "search_domains", "ntp_servers"]
    /// Every key of the table `[api]`.
    public static let apiKeys = ["bind_admission"]

    /// Every key of the table `[guard]`.
    public static let guardKeys = ["enabled", "ping", "own_address", "conflict", "probe", "allow"]

    /// The table `[system]`; what is not given is left alone.
    public struct System: Sendable, Hashable {
        /// Of the machine, with or without its domain.
        public var hostname: Located<String>?
        public var nameservers: [Located<IPAddress>]
        public var searchDomains: [Located<String>]
        /// Names or addresses.
        public var ntpServers: [Located<String>]

        public init(
            hostname: String? = nil,
            nameservers: [IPAddress] = [],
            searchDomains: [String] = [],
            ntpServers: [String] = []
        ) {
            let nowhere = SourcePosition(line: 1, column: 1)
            self.hostname = hostname.map { Located($0, at: nowhere) }
            self.nameservers = nameservers.map { Located($0, at: nowhere) }
            self.searchDomains = searchDomains.map { Located($0, at: nowhere) }
            self.ntpServers = ntpServers.map { Located($0, at: nowhere) }
        }
    }

    /// A table `[interface.<role>]`.
    public struct Interface: Sendable, Hashable {
        public var role: InterfaceRole
        public var mac: Located<MACAddress>
        /// nil: by DHCP, if ``address6`` is nil too.
        public var address: Located<InterfaceAddress>?
        /// The machine's default route; on management only.
        public var gateway: Located<IPAddress>?
        /// A second address, of IPv6, beside one of IPv4.
        public var address6: Located<InterfaceAddress>?
        /// The machine's IPv6 default route; on management only.
        public var gateway6: Located<IPAddress>?
        /// Whether an interface without an address asks for one; nil: it does.
        public var dhcp: Located<Bool>?
        /// Bytes; nil leaves the link's alone.
        public var mtu: Located<Int>?
        /// What it was given by DHCP; nil: nothing is known. Never part of the file.
        public var leased: LeasedNetwork?

        /// Whether it is to get its addresses by DHCP and router advertisements.
        public var usesDHCP: Bool { address == nil && address6 == nil && dhcp?.value != false }

        /// Those that it is to have, written or leased.
        public var addresses: [Located<InterfaceAddress>] {
            [address, address6].compactMap { $0 }
                + (leased?.settings.addresses ?? []).map { Located($0, at: mac.position) }
        }

        /// The machine's default routes, written or leased: one of each family, and of management only.
        public var gateways: [Located<IPAddress>] {
            let written = [gateway, gateway6].compactMap { $0 }
            guard role == .management, let settings = leased?.settings else { return written }
            let given = IPAddress.Family.allCases.compactMap { family in
                settings.gateways.first { $0.family == family }
            }
            return written + given.map { Located($0, at: mac.position) }
        }

        public init(
            role: InterfaceRole,
            mac: MACAddress,
            address: InterfaceAddress? = nil,
            gateway: IPAddress? = nil,
            address6: InterfaceAddress? = nil,
            gateway6: IPAddress? = nil,
            mtu: Int? = nil
        ) {
            let nowhere = SourcePosition(line: 1, column: 1)
            self.role = role
            self.mac = Located(mac, at: nowhere)
            self.address = address.map { Located($0, at: nowhere) }
            self.gateway = gateway.map { Located($0, at: nowhere) }
            self.address6 = address6.map { Located($0, at: nowhere) }
            self.gateway6 = gateway6.map { Located($0, at: nowhere) }
            self.mtu = mtu.map { Located($0, at: nowhere) }
        }
    }

    /// What the Data Plane API does with a `bind` whose address is none of the appliance's.
    public enum BindAdmission: String, Sendable, Hashable, CaseIterable {
        /// The change is refused.
        case refuse
        /// The change is made, and the client warned.
        case warn
        /// Nobody looks.
        case off
    }

    /// The table `[api]`.
    public struct API: Sendable, Hashable {
        /// `refuse` if it is not given.
        public var bindAdmission: Located<BindAdmission>?

        public init(bindAdmission: BindAdmission? = nil) {
            self.bindAdmission = bindAdmission.map { Located($0, at: SourcePosition(line: 1, column: 1)) }
        }
    }

    public var system: System
    public var api: API
    /// The table `[guard]`.
    public var guardPolicy: GuardPolicy
    /// The table `[certificates]`.
    public var certificates: Certificates
    /// The table `[recovery]`.
    public var recovery = RecoverySettings()
    /// In the order of the roles.
    public var interfaces: [Interface]

    public init(
        system: System = System(),
        api: API = API(),
        guardPolicy: GuardPolicy = GuardPolicy(),
        certificates: Certificates = Certificates(),
        interfaces: [Interface] = []
    ) {
        self.system = system
        self.api = api
        self.guardPolicy = guardPolicy
        self.certificates = certificates
        self.interfaces = interfaces.sorted { $0.role < $1.role }
    }

    public subscript(_ role: InterfaceRole) -> Interface? { interfaces.first { $0.role == role } }

    public var text: String {
        func string(_ key: String, _ value: (some CustomStringConvertible)?) -> String {
            value.map { "\(key) = \(TOMLDocument.quoted($0.description))\n" } ?? ""
        }
        func list(_ key: String, _ values: [String]) -> String {
            if values.isEmpty { return "" }
            return "\(key) = [" + values.map { TOMLDocument.quoted($0) }.joined(separator: ", ") + "]\n"
        }
        var text = Self.header
        let settings =
            string("hostname", system.hostname?.value)
            + list("nameservers", system.nameservers.map { "\($0.value)" })
            + list("search_domains", system.searchDomains.map { $0.value })
            + list("ntp_servers", system.ntpServers.map { $0.value })
        if !settings.isEmpty { text += "\n[system]\n" + settings }
        if let policy = api.bindAdmission { text += "\n[api]\n" + string("bind_admission", policy.value.rawValue) }
        text += guardPolicy.text + certificates.text + recovery.text
        for interface in interfaces {
            text += "\n[interface.\(interface.role.rawValue)]\n"
            text += string("mac", interface.mac.value)
            text += string("address", interface.address?.value)
            text += string("gateway", interface.gateway?.value)
            text += string("address6", interface.address6?.value)
            text += string("gateway6", interface.gateway6?.value)
            if let dhcp = interface.dhcp { text += "dhcp = \(dhcp.value)\n" }
            if let mtu = interface.mtu { text += "mtu = \(mtu.value)\n" }
        }
        return text
    }

    static let header = """
        # Settings of the appliance. Run appliance-net plan after a change to see what it does.
        #
        # [system]
        #   hostname        name of the machine, with or without its domain
        #   nameservers     up to three addresses, as ["172.24.3.1"]
        #   search_domains  domains in which short names are looked up
        #   ntp_servers     names or addresses of time servers
        #
        # [api]
        #   bind_admission  of a bind whose address is in no VIP range and on no network of
        #                   the appliance: "refuse" (default), "warn" or "off"
        #
        # [guard]   what answers to whom; see docs/guard.md
        #   enabled      false: everything answers everywhere, as without a firewall of ours
        #   ping         which virtual addresses answer a ping: "bound" (default), "range", "never"
        #   own_address  false: a bind outside every range gets no address of its own
        #   conflict     of an address that another host has: "refuse" (default), "warn", "off"
        #   probe        how such a host is looked for: "fast" (default, 150 ms), "rfc5227" (7 s)
        #   allow        what other interfaces than management answer too, as ["tcp/179", "vrrp"]
        #
        # [certificates]   of the API
        #   key_type  of new keys: "p256" (default), "p384", "rsa-2048", "rsa-3072"
        #   names     more names and addresses to be valid for, as ["lb.corp.example"]
        #
        # [recovery]   backups; see docs/recovery.md
        #   target       where they are brought to: a directory, "sftp://user@host/path" or
        #                "https://host/path"
        #   keep         how many are kept on the appliance (20)
        #   passphrase   a file with the passphrase they are sealed with
        #   key, known_hosts   files for an SFTP server: private key, the server's public key
        #   credentials, ca    files for an HTTPS server: netrc, certificates of its CA
        #   include      files and directories that belong to the appliance too
        #
        # [interface.<role>]   role is management, workload or frontend
        #   mac       the interface is found by it, and named after its role
        #   address   address and prefix length; without address and address6: by DHCP
        #   gateway   the machine's default route (management only; the gateways of
        #             the others are in /etc/vmware/route-tables.cfg)
        #   address6  IPv6 address and prefix length, beside an IPv4 address
        #   gateway6  the machine's IPv6 default route (management only)
        #   dhcp      false: an interface without an address has none
        #   mtu       bytes of the largest packet

        """
}
