import Addresses
public import Diagnostics
public import OVF

/// Turns properties into ``Settings``. All checks are run, so that all problems are reported together.
public enum SettingsReader {
    public static func read(_ environment: OVFEnvironment) -> SettingsReading {
        var values = PropertyValues(environment)
        values.reportUnknownKeys()
        let appliance = readAppliance(&values)
        let network = readNetwork(&values)
        let ranges = values.networks(.serviceRanges)
        if !values.isSet(.serviceRanges) {
            values.report(
                .serviceRanges,
                "it is missing: there would be no virtual address",
                remedy: "give the ranges of virtual addresses, such as 10.13.200.32/27"
            )
        }
        let port = values.port(.dataplanePort)
        if port == 22 {
            values.report(.dataplanePort, "sshd listens on this port", remedy: "give another, such as 5556")
        }
        let user = values.user(.user)
        let password = values.password(.password)
        let recovery = readRecovery(&values)
        NetworkChecks.check(network, ranges: ranges, &values)

        let diagnostics = environment.warnings + values.problems.map { $0.diagnostic(in: environment) }
        guard !values.problems.contains(where: { $0.severity == .error }), let port, let user else {
            return SettingsReading(settings: nil, problems: values.problems, diagnostics: diagnostics)
        }
        let settings = Settings(
            appliance: appliance,
            network: network,
            loadBalance: LoadBalanceSettings(
                serviceRanges: ranges,
                dataplanePort: port,
                user: user,
                password: password
            ),
            recovery: recovery
        )
        return SettingsReading(settings: settings, problems: values.problems, diagnostics: diagnostics)
    }

    /// The warnings of keys that nobody reads, which ``read(_:)`` has among its problems.
    public static func unknownKeys(_ environment: OVFEnvironment) -> [SettingsProblem] {
        var values = PropertyValues(environment)
        values.reportUnknownKeys()
        return values.problems
    }

    /// The properties of class `recovery` alone, without any check of the others: what they give may be what those lack.
    public static func recovery(_ environment: OVFEnvironment) -> (RecoveryProperties, [Diagnostic]) {
        var values = PropertyValues(environment)
        let recovery = readRecovery(&values)
        return (recovery, values.problems.map { $0.diagnostic(in: environment) })
    }

    /// What an admin needs to reach the machine: the management interface and root's login, whatever the rest says.
    ///
    /// - Returns: nil where the properties of that interface are wrong themselves, or there is no adapter for it.
    public static func management(_ environment: OVFEnvironment) -> Settings? {
        var values = PropertyValues(environment)
        let appliance = ApplianceSettings(
            rootPassword: values.password(.rootPassword),
            permitRootLogin: values.boolean(.permitRootLogin)
        )
        var network = readNetwork(&values)
        network.workload = InterfaceSettings()
        network.frontend = nil
        network.additionalWorkloadNetworks = []
        NetworkChecks.check(network, ranges: [], &values)
        let own: [PropertyKey] = [
            .managementAddress, .managementGateway, .managementMTU, .managementAddress6, .managementGateway6,
        ]
        let isWrong = values.problems.contains { problem in
            problem.severity == .error && own.contains { $0.rawValue == problem.key }
        }
        guard !isWrong, network.management.mac != nil else { return nil }
        // What is wrong of these is not needed.
        func keeps(_ key: PropertyKey) -> Bool {
            !values.problems.contains { $0.severity == .error && $0.key == key.rawValue }
        }
        if !keeps(.hostname) { network.hostname = PropertySchema[.hostname]?.defaultValue ?? "" }
        if !keeps(.nameservers) { network.nameservers = [] }
        if !keeps(.searchDomains) { network.searchDomains = [] }
        if !keeps(.ntpServers) { network.ntpServers = [] }
        return Settings(
            appliance: appliance,
            network: network,
            loadBalance: LoadBalanceSettings(serviceRanges: [], dataplanePort: 5556, user: "", password: nil)
        )
    }

    private static func readRecovery(_ values: inout PropertyValues) -> RecoveryProperties {
        let recovery = RecoveryProperties(
            bundle: values.text(.recoveryBundle),
            source: values.recoverySource(.recoverySource),
            passphrase: values.passphrase(.recoveryPassphrase),
            target: values.recoveryTarget(.recoveryTarget)
        )
        if values.isSet(.recoveryBundle), values.isSet(.recoverySource) {
            values.report(
                .recoverySource,
                "\(PropertyKey.recoveryBundle.rawValue) is set too",
                remedy: "give one of them"
            )
        }
        return recovery
    }

    private static func readAppliance(_ values: inout PropertyValues) -> ApplianceSettings {
        let settings = ApplianceSettings(
            rootPassword: values.password(.rootPassword),
            permitRootLogin: values.boolean(.permitRootLogin),
            caCertificate: values.pem(.caCertificate),
            caKey: values.pem(.caKey).map { Secret($0) },
            serverCertificate: values.pem(.serverCertificate),
            serverKey: values.pem(.serverKey).map { Secret($0) },
            keyType: values.keyType(.keyType)
        )
        let hasServer = values.isSet(.serverCertificate) && values.isSet(.serverKey)
        // With the server's own pair the authority's certificate alone says who signed it.
        requirePair(.caCertificate, .caKey, of: "the authority", certificateAlone: hasServer, &values)
        requirePair(.serverCertificate, .serverKey, of: "the server", &values)
        return settings
    }

    private static func requirePair(
        _ certificate: PropertyKey,
        _ key: PropertyKey,
        of owner: String,
        certificateAlone: Bool = false,
        _ values: inout PropertyValues
    ) {
        for (set, missing) in [(certificate, key), (key, certificate)]
        where values.isSet(set) && !values.isSet(missing) && !(certificateAlone && missing == key) {
            values.report(
                missing,
                "it is missing although \(set.rawValue) is set",
                remedy: "give certificate and key of \(owner), or neither"
            )
        }
    }

    private static func readNetwork(_ values: inout PropertyValues) -> NetworkSettings {
        let hostname = values.hostname(.hostname)
        let nameservers = values.addresses(.nameservers)
        if nameservers.count > 3 {
            values.report(
                .nameservers,
                "there are \(nameservers.count) name servers, and the resolver asks only the first three",
                remedy: "give up to three",
                severity: .warning
            )
        }
        for server in nameservers where server.isUnspecified || server.isMulticast {
            values.report(
                .nameservers,
                value: server.description,
                "no host can have this address",
                remedy: "give the address of a name server"
            )
        }
        let adapters = AdapterRoles(&values)
        func interface(_ role: InterfaceRole) -> InterfaceSettings {
            var settings = InterfaceSettings(
                address: values.interfaceAddress(role),
                gateway: values.address(role.gatewayKey),
                mac: adapters.mac(role)
            )
            settings.address6 = values.interfaceAddress6(role.address6Key)
            settings.gateway6 = values.address6(role.gateway6Key)
            settings.mtu = values.mtu(role.mtuKey)
            return settings
        }
        let searchDomains = values.domains(.searchDomains)
        if nameservers.isEmpty, !searchDomains.isEmpty {
            values.report(
                .searchDomains,
                "there is no name server to look them up",
                remedy: "give \(PropertyKey.nameservers.rawValue) too",
                severity: .warning
            )
        }
        return NetworkSettings(
            hostname: hostname,
            nameservers: nameservers,
            searchDomains: searchDomains,
            ntpServers: values.hosts(.ntpServers),
            management: interface(.management),
            workload: interface(.workload),
            frontend: adapters.topology == .frontend ? interface(.frontend) : nil,
            additionalWorkloadNetworks: values.networks(.additionalWorkloadNetworks)
        )
    }
}
