internal import Addresses
internal import Appliance
internal import Diagnostics
internal import Files
internal import Glibc
internal import NetworkFiles
internal import NetworkHistory
internal import NetworkState
internal import OVF
internal import Recovery
internal import Syscalls

/// Gets the files of the appliance that is to be replaced from where the properties say they are.
struct RebuildSource {
    let root: Root
    let filesOnly: Bool
    let say: (String) -> Void
    /// Waits for the end of who has the addresses.
    let wait: (PredecessorProbe) throws -> Bool

    /// How long a server is asked again.
    private static let patience: Duration = .seconds(60)

    init(
        _ root: Root,
        filesOnly: Bool,
        say: @escaping (String) -> Void,
        wait: @escaping (PredecessorProbe) throws -> Bool
    ) {
        self.root = root
        self.filesOnly = filesOnly
        self.say = say
        self.wait = wait
    }

    /// What the appliance is to be made of.
    struct Found {
        var files: FileSet
        var name: String
        /// Of an appliance that we succeed: ``files`` are of it.
        var old: OldAppliance.Taken?
    }

    func files(_ recovery: RecoveryProperties, _ typed: OVFEnvironment) throws -> Found {
        if let text = recovery.bundle {
            return try open(try RecoveryBundle.bytes(text: text), recovery, PropertyKey.recoveryBundle.rawValue)
        }
        switch recovery.source {
        case nil: return Found(files: FileSet(), name: "nothing")
        case .path(let path): return try look(path, recovery, typed)
        case .url: return try open(try fetch(recovery, typed), recovery, recovery.source?.place ?? "")
        case .disk:
            let disks = OldDisks()
            defer { disks.letGo() }
            for place in try disks.mount() {
                if let found = try appliance(place.directory, "the disk \(place.device)") { return found }
            }
            let reasons = disks.failures.map { "; \($0)" }.joined()
            let attach = "attach the disk of the old appliance"
            throw RestoreError(
                "no disk of an appliance is attached to this machine" + reasons,
                remedy: reasons.isEmpty
                    ? "\(attach), or give a bundle"
                    : "\(attach) so that it can be written, or give a bundle: a disk whose machine was not shut down is made "
                        + "consistent first"
            )
        }
    }

    private func open(
        _ bytes: [UInt8],
        _ recovery: RecoveryProperties,
        _ name: String
    ) throws -> Found {
        let origin = try RecoveryBundle.manifest(bytes).origin
        guard let passphrase = recovery.passphrase else {
            throw RestoreError(
                "\(PropertyKey.recoveryPassphrase.rawValue) is missing: the bundle cannot be opened",
                remedy: "give the passphrase of the appliance that made it"
            )
        }
        let files = try RecoveryBundle.open(bytes, passphrase: passphrase)
        try files.requireAuthority()
        let made = UTCTime(origin.created).rfc3339
        let host = origin.host.isEmpty ? "an appliance" : origin.host
        let whole = "\(name) (a bundle of \(host), made \(made), haproxy.cfg version \(origin.version ?? 1))"
        return Found(files: files, name: whole)
    }

    /// A bundle, a directory with bundles, of which the newest is taken, or what was an appliance's `/`.
    private func look(
        _ path: String,
        _ recovery: RecoveryProperties,
        _ typed: OVFEnvironment
    ) throws -> Found {
        guard let status = try AtomicFile.status(path) else {
            throw RestoreError(
                "\(path): there is no such file",
                remedy: "correct \(PropertyKey.recoverySource.rawValue)"
            )
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            let bytes = try AtomicFile.read(path, limit: RecoveryBundle.largestFile)
            return try open(try RecoveryBundle.bytes(file: bytes), recovery, path)
        }
        if let found = try appliance(path, path) { return found }
        let names = try AtomicFile.names(in: path)
        let newest = try Self.newest(names, host: typed[PropertyKey.hostname.rawValue]?.value ?? "", place: path)
        try requireOneAppliance(path, names, newest)
        return try open(
            try RecoveryBundle.bytes(file: try Root(path).read("/" + newest, limit: RecoveryBundle.largestFile) ?? []),
            recovery,
            path + "/" + newest
        )
    }

    /// The newest of them may be that of a machine which was deployed in the place of the one that is wanted, and knew
    /// nothing of it.
    private func requireOneAppliance(_ place: String, _ names: [String], _ newest: String) throws {
        guard let host = BundleName(newest)?.host else { return }
        let catalogue = BundleCatalogue(Root(place), names: names, host: host)
        guard catalogue.isMixed else { return }
        let list = catalogue.lines.map { "\n    \($0)" }.joined()
        throw RestoreError(
            "\(place) holds bundles of several appliances of the name \(host):\(list)",
            remedy:
                "name the bundle in \(PropertyKey.recoverySource.rawValue): the newest with the CA that the clients trust"
        )
    }

    /// The newest bundle of the host whose name was typed, or of the only one there is.
    ///
    /// - Throws: ``RestoreError`` with the hosts where nobody said which of them.
    static func newest(_ names: [String], host: String, place: String) throws(RestoreError) -> String {
        let bundles = Dictionary(grouping: names.compactMap { BundleName($0) }) { $0.host }
        let hosts = bundles.keys.sorted()
        if let own = host.isEmpty ? nil : bundles[BundleName.host(host)]?.max() { return own.description }
        if hosts.count == 1, let only = hosts.first, let newest = bundles[only]?.max() { return newest.description }
        let remedy = "correct \(PropertyKey.recoverySource.rawValue)"
        guard hosts.isEmpty else {
            let list = hosts.map { $0.isEmpty ? "one without a name" : $0 }.joined(separator: ", ")
            throw RestoreError(
                "\(place) holds bundles of several appliances: \(list)",
                remedy: "type \(PropertyKey.hostname.rawValue) of one of them, or \(remedy) to name the bundle"
            )
        }
        // Bundles that somebody has given names of his own.
        let others = names.filter { $0.hasSuffix(".bundle") && !$0.hasPrefix(".") }.sorted()
        guard let only = others.first else { throw RestoreError("\(place) holds no bundle", remedy: remedy) }
        guard others.count == 1 else {
            throw RestoreError(
                "\(place) holds several bundles, and their names do not tell which is the newest",
                remedy: "\(remedy) to name the bundle"
            )
        }
        return only
    }

    /// The files of an appliance, ours or the one that we succeed, whose `/` is at `place`.
    private func appliance(_ place: String, _ name: String) throws -> Found? {
        let old = Root(place)
        let unfinished = try Restorer.unfinished(old)
        if try unfinished != nil || AtomicFile.status(old[ApplianceFile.path]) != nil {
            var files = try ApplianceFiles.collect(old, including: Backup.settings(old).include)
            // It went down while it was itself being restored.
            for file in unfinished?.files ?? [] { files[file.path] = file }
            guard (try? files.requireAuthority()) != nil else {
                throw RestoreError(
                    "\(name) is of a machine that was never configured: it has no CA",
                    remedy: "give the disk of the appliance, or a bundle of it"
                )
            }
            return Found(files: files, name: name)
        }
        return try OldAppliance(old).taken().map { Found(files: $0.files, name: name, old: $0) }
    }

    /// Needs the management interface, and nothing else.
    private func fetch(_ recovery: RecoveryProperties, _ typed: OVFEnvironment) throws -> [UInt8] {
        guard case .url(let url) = recovery.source else { return [] }
        if !filesOnly { try bringUpManagement(typed) }
        let deadline = ContinuousClock.now + Self.patience
        var told = ""
        while true {
            let lines = [
                "url = \"\(url)\"", "silent", "show-error", "fail", "location", "globoff", "proto = \"=http,https\"",
                "connect-timeout = 5", "max-time = 60", "max-filesize = \(RecoveryBundle.largestFile)",
            ]
            let result = try Subprocess.run(
                ["curl", "--disable", "--config", "-"],
                input: Array(lines.joined(separator: "\n").utf8)
            )
            if result.status == 0 { return try RecoveryBundle.bytes(file: result.standardOutput) }
            let reason =
                "\(recovery.source?.place ?? ""): \(result.errors.split(separator: "\n").joined(separator: "; "))"
            if ContinuousClock.now > deadline {
                throw RestoreError(reason, remedy: "see that the server can be reached, and run firstboot again")
            }
            if reason != told { say(reason + "; trying again") }
            told = reason
            sleep(1)
        }
    }

    private func bringUpManagement(_ typed: OVFEnvironment) throws {
        guard let network = SettingsReader.management(typed)?.network, let mac = network.management.mac,
            !network.management.addresses.isEmpty
        else {
            throw RestoreError(
                "a server can be asked only by an appliance whose management address is typed",
                remedy: "give network.management_ip and network.management_gateway, or a bundle as text"
            )
        }
        let interface = ApplianceFile.Interface(
            role: .management,
            mac: mac,
            address: network.management.address,
            gateway: network.management.gateway,
            address6: network.management.address6,
            gateway6: network.management.gateway6,
            mtu: network.management.mtu
        )
        _ = try wait(PredecessorProbe([interface]))
        let system = ApplianceFile.System(nameservers: network.nameservers)
        let configuration = NetworkConfiguration(appliance: ApplianceFile(system: system, interfaces: [interface]))
        try ApplianceLock.hold(root, .firstboot) {
            _ = try NetworkReconciler(files: root).apply(configuration)
        }
    }
}
