internal import Addresses
public import Appliance
internal import Diagnostics
public import Files
internal import FoundationEssentials
internal import NetworkFiles
internal import NetworkHistory
public import OVF
internal import PKI
internal import ProxyConfig
public import Recovery

/// First boot of an appliance that replaces another: everything that makes the other one this one is put in place before
/// anything is made.
public struct Rebuild {
    public var root: Root
    /// Leaves the kernel alone.
    public var filesOnly: Bool
    /// Does not wait for the other one's end.
    public var isForced: Bool
    /// Told of what takes time, and of what differs.
    public var say: (String) -> Void
    /// Called where it waits for the other one's end, which may take as long as it likes.
    public var waiting: () -> Void = {}

    public init(_ root: Root, filesOnly: Bool, isForced: Bool, say: @escaping (String) -> Void) {
        self.root = root
        self.filesOnly = filesOnly
        self.isForced = isForced
        self.say = say
    }

    /// What to make the appliance of.
    public struct Prepared {
        /// What was typed, and what the bundle says where nothing was.
        public var environment: OVFEnvironment
        /// What is to be restored; nil if nothing.
        public var files: FileSet?
        /// Where they are of an appliance that we succeed: its API's settings go into what the properties say.
        var old: OldAppliance.Taken?
    }

    /// Opens what the properties name, unless this appliance has been configured before.
    ///
    /// - Throws: `DiagnosticsError`, `BundleError`, `RestoreError`: nothing was changed.
    public func prepare(_ typed: OVFEnvironment) throws -> Prepared {
        let restorer = Restorer(root, hasNetwork: false)
        if restorer.isInterrupted { for note in try restorer.resume() { say(note) } }
        let former = try AtomicFile.readText(root[PropertyRecord.formerPath], limit: 1 << 20)
        let environment = former.map { PropertyRecord.overlay(typed, on: $0) } ?? typed
        if try RebuildRecord.isConfigured(root) {
            if let warning = try passedOver(typed) { say(warning) }
            return Prepared(environment: environment)
        }
        let (recovery, problems) = SettingsReader.recovery(typed)
        if problems.contains(where: { $0.severity == .error }) { throw DiagnosticsError(problems) }
        guard recovery.bundle != nil || recovery.source != nil else { return Prepared(environment: typed) }
        let source = RebuildSource(root, filesOnly: filesOnly, say: say) { try wait(for: $0) }
        var found = try source.files(recovery, typed)
        let record = found.files.text(PropertyRecord.path) ?? "{}"
        for line in PropertyRecord.differences(typed, from: record) { say(line) }
        try RebuildRecord(source: found.name).put(in: &found.files, properties: record)
        let authority = PKIStore.fingerprints(of: found.files.text(PKIPaths.caCertificate) ?? "").first
        say("rebuilding from \(found.name)" + (authority.map { ", CA \($0)" } ?? ""))
        for note in found.old?.notes ?? [] { say(note) }
        return Prepared(
            environment: PropertyRecord.overlay(typed, on: record),
            files: found.files,
            old: found.old
        )
    }

    /// Puts the files in place, once the appliance they are of is not there any more.
    ///
    /// - Returns: Whether the addresses of its interfaces can be taken: the links were asked for all of them, or it is forced.
    /// - Throws: As ``prepare(_:)``; everything is as before.
    public func restore(_ prepared: Prepared, _ settings: Settings) throws -> Bool {
        guard var files = prepared.files else { return false }
        for line in TypedAnew(settings: settings, files: files, now: CertificateClock.now()).differences { say(line) }
        if let old = prepared.old { takeSettings(old, settings, &files) }
        var adapters: [InterfaceRole: MACAddress] = [:]
        for (role, interface) in settings.network.interfaces { adapters[role] = interface.mac }
        let fitted = AdapterChange.fit(files, to: adapters)
        var hasAsked = false
        if !filesOnly {
            let proxy = fitted.text(ApplianceFiles.proxyConfiguration) ?? ""
            let binds = BindAddresses.all(in: ConfigurationFile(proxy, file: ApplianceFiles.proxyConfiguration))
            let interfaces = Self.appliance(fitted, settings).interfaces
            hasAsked = try wait(for: PredecessorProbe(interfaces, virtualAddresses: binds.map { $0.address }))
        }
        let restorer = Restorer(root, hasNetwork: false)
        let restored = try restorer.restore(fitted) {
            guard try !RebuildRecord.isConfigured(root) else {
                throw RestoreError(
                    "this machine was restored by hand while the old appliance's end was waited for",
                    remedy: "start it again, or run firstboot again"
                )
            }
            // Before: a power cut does not make the services forget it, unless it ends them as well.
            if !filesOnly { try HandOverStep.expect(try restorer.changes(fitted).map { $0.path }, root) }
        }
        let changes = restored.changes
        say("restored \(changes.count { fitted[$0.path]?.kind != .directory }) files")
        return hasAsked
    }

    private func wait(for probe: PredecessorProbe) throws -> Bool {
        if isForced { return true }
        return try probe.wait(say: say, waiting: waiting) { ForcedBoot.isWanted(root) }
    }

    /// It had no settings of the network in a file: they are what the properties say. Its API's become an addition to what the
    /// properties say, as if by an admin, which first boot leaves.
    private func takeSettings(_ old: OldAppliance.Taken, _ settings: Settings, _ files: inout FileSet) {
        let network = NetworkFilesStep.configuration(settings)
        let own = Array(network.appliance.text.utf8)
        files[ApplianceFile.path] = SavedFile(ApplianceFile.path, .file, own, mode: 0o644)
        let tables = Set(network.routeTables.entries.map { $0.table.value })
        for entry in RouteTablesFile.parse(files.text(RouteTablesFile.path) ?? "").value.entries
        where !tables.contains(entry.table.value) {
            let line = RouteTablesFile.path + ": table \(entry.table.value) (\(entry.name.value))"
            say("\(line) is not taken: no interface of this machine has it")
        }
        files = AdapterChange.fit(files, toTables: network.routeTables.text)
        let (path, text) = (ApplianceFiles.dataPlaneConfiguration, DataPlaneConfigurationStep.text(settings))
        var old = old
        for note in old.mergeDataPlane(into: text) { say(note) }
        guard let merged = old.files[path] else { return }
        files[path] = merged
        let record = FirstBootContext.derived + path
        files[record] = SavedFile(record, .file, Array(text.utf8), mode: 0o600)
    }

    /// What `appliance.toml` is going to say: what the bundle has, an admin's changes too, where the properties still say
    /// what they said when it was written.
    static func appliance(_ files: FileSet, _ settings: Settings) -> ApplianceFile {
        let wanted = NetworkFilesStep.configuration(settings).appliance
        guard let text = files.text(ApplianceFile.path),
            let derived = files.text(FirstBootContext.derived + ApplianceFile.path),
            FirstBootContext.statements(derived) == FirstBootContext.statements(wanted.text)
        else { return wanted }
        return ApplianceFile.parse(text).value
    }

    /// Who booted or restored a new machine first, and told it afterwards what to restore, has another appliance than he
    /// thinks.
    private func passedOver(_ typed: OVFEnvironment) throws -> String? {
        let recovery = SettingsReader.recovery(typed).0
        guard recovery.bundle != nil || recovery.source != nil else { return nil }
        let key: PropertyKey = recovery.bundle != nil ? .recoveryBundle : .recoverySource
        guard let record = try RebuildRecord.read(root) else {
            return "\(key.rawValue) is passed over: first boot had configured this machine before it was given; "
                + "deploy a new one with it, or run appliance-net restore FILE"
        }
        guard record.isByHand == true else { return nil }
        return "\(key.rawValue) is passed over: this machine was restored by hand, from \(record.source)"
    }
}
