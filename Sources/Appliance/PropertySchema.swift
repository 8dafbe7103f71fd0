internal import Diagnostics

/// All vApp properties, in the order of the deployment wizard. Keys, labels and meanings are those of the appliance
/// that this one succeeds.
public enum PropertySchema {
    public static let properties: [PropertyDefinition] = [
        PropertyDefinition(
            .rootPassword,
            .password,
            "1.1. Root Password",
            "Password of root on the console and over SSH, 6 to 128 characters."
        ),
        PropertyDefinition(
            .permitRootLogin,
            .boolean,
            default: "true",
            "1.2. Permit Root Login",
            "Whether root may log in over SSH."
        ),
        PropertyDefinition(
            .caCertificate,
            .pem,
            "1.3. TLS Certificate Authority Certificate (ca.crt)",
            "Certificate of the authority that signs the appliance's certificate; empty makes a new authority."
        ),
        PropertyDefinition(
            .caKey,
            .pem,
            "1.4. TLS Certificate Authority Private Key (ca.key)",
            "Private key of that authority."
        ),
        PropertyDefinition(
            .serverCertificate,
            .pem,
            "1.5. TLS Server Certificate (server.crt)",
            "Certificate of the Data Plane API with its chain; empty has the authority above issue one."
        ),
        PropertyDefinition(
            .serverKey,
            .pem,
            "1.6. TLS Server Private Key (server.key)",
            "Private key of that certificate."
        ),
        PropertyDefinition(
            .keyType,
            .keyType,
            "1.7. TLS Key Type",
            "Kind of the keys that the appliance makes: p256, p384, rsa-2048 or rsa-3072; empty means p256."
        ),
        PropertyDefinition(
            .recoveryBundle,
            .bundle,
            "1.8. Recovery Bundle",
            "What appliance-net backup --text printed on the appliance that this one replaces; needs the passphrase."
        ),
        PropertyDefinition(.hostname, .hostname, default: "haproxy.local", "2.1. Host Name", "Name of the appliance."),
        PropertyDefinition(
            .nameservers,
            .addresses,
            "2.2. DNS",
            "Addresses of up to three name servers, with commas between them."
        ),
        PropertyDefinition(
            .managementAddress,
            .interfaceAddress,
            "2.3. Management IP",
            "Address of the management interface in CIDR notation; empty means DHCP."
        ),
        PropertyDefinition(
            .managementGateway,
            .address,
            "2.4. Management Gateway",
            "Gateway of the management network; the appliance's default gateway."
        ),
        PropertyDefinition(
            .workloadAddress,
            .interfaceAddress,
            "2.5. Workload IP",
            "Address of the workload interface in CIDR notation; empty means DHCP."
        ),
        PropertyDefinition(.workloadGateway, .address, "2.6. Workload Gateway", "Gateway of the workload network."),
        PropertyDefinition(
            .additionalWorkloadNetworks,
            .networks,
            "2.7. Additional Workload Networks",
            "Networks behind the workload gateway in CIDR notation, with commas between them."
        ),
        PropertyDefinition(
            .frontendAddress,
            .interfaceAddress,
            "2.8. Frontend IP",
            "Address of the frontend interface in CIDR notation; for the deployment with three networks."
        ),
        PropertyDefinition(.frontendGateway, .address, "2.9. Frontend Gateway", "Gateway of the frontend network."),
        PropertyDefinition(
            .searchDomains,
            .domains,
            "2.10. DNS Search Domains",
            "Domains in which short names are looked up, with commas between them."
        ),
        PropertyDefinition(
            .ntpServers,
            .hosts,
            "2.11. NTP Servers",
            "Names or addresses of time servers, with commas between them."
        ),
        PropertyDefinition(
            .managementAddress6,
            .interfaceAddress6,
            "2.12. Management IPv6",
            "IPv6 address of the management interface in CIDR notation, beside or instead of the IPv4 address."
        ),
        PropertyDefinition(
            .managementGateway6,
            .address6,
            "2.13. Management IPv6 Gateway",
            "IPv6 gateway of the management network; may be link-local."
        ),
        PropertyDefinition(
            .managementMTU,
            .mtu,
            "2.14. Management MTU",
            "Largest packet on the management network in bytes; empty leaves the adapter's."
        ),
        PropertyDefinition(
            .workloadAddress6,
            .interfaceAddress6,
            "2.15. Workload IPv6",
            "IPv6 address of the workload interface in CIDR notation, beside or instead of the IPv4 address."
        ),
        PropertyDefinition(
            .workloadGateway6,
            .address6,
            "2.16. Workload IPv6 Gateway",
            "IPv6 gateway of the workload network; may be link-local."
        ),
        PropertyDefinition(
            .workloadMTU,
            .mtu,
            "2.17. Workload MTU",
            "Largest packet on the workload network in bytes; empty leaves the adapter's."
        ),
        PropertyDefinition(
            .frontendAddress6,
            .interfaceAddress6,
            "2.18. Frontend IPv6",
            "IPv6 address of the frontend interface in CIDR notation, beside or instead of the IPv4 address."
        ),
        PropertyDefinition(
            .frontendGateway6,
            .address6,
            "2.19. Frontend IPv6 Gateway",
            "IPv6 gateway of the frontend network; may be link-local."
        ),
        PropertyDefinition(
            .frontendMTU,
            .mtu,
            "2.20. Frontend MTU",
            "Largest packet on the frontend network in bytes; empty leaves the adapter's."
        ),
        PropertyDefinition(
            .serviceRanges,
            .networks,
            "3.1. Load Balancer IP Ranges",
            "Ranges of virtual addresses in CIDR notation, with commas between them."
        ),
        PropertyDefinition(
            .dataplanePort,
            .port,
            default: "5556",
            "3.2. Dataplane API Management Port",
            "TCP port of the Data Plane API on the management address."
        ),
        PropertyDefinition(.user, .string, "3.3. HAProxy User ID", "User of the Data Plane API."),
        PropertyDefinition(
            .password,
            .password,
            "3.4. HAProxy Password",
            "Password of that user, 6 to 128 characters; empty makes one, which the console shows."
        ),
        PropertyDefinition(
            .recoverySource,
            .recoverySource,
            "4.1. Recovery Source",
            "Where the bundle of the appliance that this one replaces is: an http or https address, a path, or disk."
        ),
        PropertyDefinition(
            .recoveryPassphrase,
            .passphrase,
            "4.2. Recovery Passphrase",
            "Opens the bundle, and seals those of this appliance; at least 8 characters."
        ),
        PropertyDefinition(
            .recoveryTarget,
            .recoveryTarget,
            "4.3. Recovery Target",
            "Where bundles are brought to after every change: a directory, sftp://user@host/path or https://host/path."
        ),
    ]

    private static let byKey = Dictionary(
        properties.map { ($0.key, $0) },
        uniquingKeysWith: { first, _ in first }
    )

    public static subscript(key: PropertyKey) -> PropertyDefinition? { byKey[key] }

    /// The key that an unknown one was probably meant to be: the same without its class, or one few letters away.
    public static func nearest(to unknown: String) -> PropertyKey? {
        let name = unknown.lowercased()
        let last = name.split(separator: ".").last.map(String.init) ?? name
        let sameName = PropertyKey.allCases.first { $0.rawValue.hasSuffix("." + last) }
        if let sameName { return sameName }
        return Spelling.nearest(name, in: PropertyKey.allCases.map(\.rawValue)).flatMap { PropertyKey(rawValue: $0) }
    }
}
