public import Addresses
internal import Appliance
public import Files
internal import FoundationEssentials
internal import NetworkFiles
public import Recovery

/// Says that a machine is what another appliance was, and from where it has that: first boot does it once.
public struct RebuildRecord: Codable, Sendable {
    /// What it was made of.
    public var source: String
    /// Whether an admin restored it, not first boot.
    var isByHand: Bool?

    /// Adds to files that somebody restores into `root` by hand what keeps the next boot from rebuilding over them, unless
    /// that is done already.
    ///
    /// - Parameter source: Where the files are from.
    public static func addByHand(to files: inout FileSet, _ root: Root, source: String) throws {
        // Another machine's properties count here where this one has not been configured by its own.
        if let properties = files.text(PropertyRecord.path) { putFormer(properties, in: &files) }
        files[ApplianceFiles.rebuildMarker] = nil
        if try !isConfigured(root) { try RebuildRecord(source: source, isByHand: true).put(in: &files) }
    }

    /// The adapters that the interfaces of `root` have, for files that somebody restores into it by hand: its settings name
    /// them. Where no first boot has come to its end they name management's at most, and its properties name the others.
    public static func adapters(
        _ root: Root,
        restoring files: FileSet,
        asksProperties: Bool
    ) throws -> [InterfaceRole: MACAddress] {
        let own = AdapterChange.adapters(text: try AtomicFile.readText(root[ApplianceFile.path], limit: 1 << 20) ?? "")
        // Properties that cannot be read, or are wrong, name none.
        guard asksProperties, try !isConfigured(root), let source = try? PropertySource.find(root, say: { _ in }) else {
            return own
        }
        let environment = PropertyRecord.overlay(source.environment, on: files.text(PropertyRecord.path) ?? "{}")
        let interfaces = SettingsReader.read(environment).settings?.network.interfaces ?? []
        let named = interfaces.compactMap { role, interface in interface.mac.map { (role, $0) } }
        return own.merging(named) { mine, _ in mine }
    }

    /// Adds it to what is restored, with the properties of the appliance that the files are of.
    func put(in files: inout FileSet, properties: String) throws {
        Self.putFormer(properties, in: &files)
        try put(in: &files)
    }

    /// Whether first boot has come to its end here before, or this is a rebuilt or restored appliance already. Nothing
    /// less tells: a directory may be what a restore that was taken back has left.
    static func isConfigured(_ root: Root) throws -> Bool {
        try AtomicFile.status(root[FirstBootContext.derived + FirstBoot.finished]) != nil
            || AtomicFile.status(root[ApplianceFiles.rebuildMarker]) != nil
    }

    /// What was recorded; nil if nothing was. What cannot be read was written by a rebuild: it is not told twice.
    static func read(_ root: Root) throws -> RebuildRecord? {
        guard let text = try AtomicFile.readText(root[ApplianceFiles.rebuildMarker], limit: 1 << 20) else { return nil }
        return (try? JSONDecoder().decode(Self.self, from: Data(text.utf8))) ?? RebuildRecord(source: "")
    }

    private func put(in files: inout FileSet) throws {
        let path = ApplianceFiles.rebuildMarker
        files[path] = SavedFile(path, .file, Array(try JSONEncoder().encode(self)), mode: 0o600)
    }

    private static func putFormer(_ properties: String, in files: inout FileSet) {
        let path = PropertyRecord.formerPath
        files[path] = SavedFile(path, .file, Array(properties.utf8), mode: 0o600)
    }
}
