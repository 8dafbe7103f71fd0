internal import Files
internal import NetworkFiles
internal import NetworkHistory
internal import PKI

/// What restoring means beside writing files: what must not be left of the appliance that a machine was, and what must
/// not be lost of it.
extension FileSet {
    /// These files as they are restored into `root`.
    func settled(in root: Root) throws -> FileSet {
        var files = self
        files.settleAuthority()
        try files.settleIdentity(root)
        try files.settleHistory(root)
        try files.keepPassphrase(root)
        try files.keepTarget(root)
        return files
    }

    /// A CA that is to come, or a mark of a certificate that was provided, belongs to the CA that it came with.
    private mutating func settleAuthority() {
        guard self[PKIPaths.caCertificate]?.kind == .file else { return }
        for path in PKIPaths.atTimes where self[path] == nil { self[path] = SavedFile(path, .absent) }
    }

    /// Files of a program that did not know of it are of this appliance where their CA is.
    private mutating func settleIdentity(_ root: Root) throws {
        guard isOfAppliance, self[ApplianceIdentity.path] == nil else { return }
        let own = try Self.authorities(root)
        if own.isDisjoint(with: authorities) {
            self[ApplianceIdentity.path] = SavedFile(ApplianceIdentity.path, .absent)
        }
    }

    /// The history of an appliance goes on in its own; that of another one is no part of it.
    private mutating func settleHistory(_ root: Root) throws {
        let directory = GenerationStore.path
        guard isOfAppliance, files.contains(where: { $0.path.hasPrefix(directory + "/") }),
            try isOfAnother(than: root), try AtomicFile.status(root[directory]) != nil
        else { return }
        for name in try AtomicFile.names(in: root[directory]).sorted() where name.hasSuffix(".json") {
            let path = directory + "/" + name
            if self[path] == nil { self[path] = SavedFile(path, .absent) }
        }
    }

    /// Nobody else knows the passphrase that this machine has made for itself, and its bundles are sealed with it.
    private mutating func keepPassphrase(_ root: Root) throws {
        guard let active = text(Passphrase.generatedPath) else { return }
        let own = try [Passphrase.generatedPath, Passphrase.formerPath].map { path in
            try AtomicFile.readText(root[path], limit: 65536) ?? ""
        }
        var lines: [Substring] = []
        for line in (own + [text(Passphrase.formerPath) ?? ""]).flatMap({ $0.split(whereSeparator: \.isNewline) })
        where !lines.contains(line) && !active.split(whereSeparator: \.isNewline).contains(line) {
            lines.append(line)
        }
        guard !lines.isEmpty else { return }
        let content = Array(lines.prefix(Passphrase.mostFormer).map { $0 + "\n" }.joined().utf8)
        self[Passphrase.formerPath] = SavedFile(Passphrase.formerPath, .file, content, mode: 0o600)
    }

    /// A machine whose bundles are brought away has them brought there, where the files do not say where.
    private mutating func keepTarget(_ root: Root) throws {
        guard var file = self[ApplianceFile.path], file.kind == .file else { return }
        let own = Backup.settings(root)
        guard own != RecoverySettings(), ApplianceFile.parse(file.text).value.recovery == RecoverySettings() else {
            return
        }
        let kept = file.text + (file.text.hasSuffix("\n") ? "" : "\n") + own.text
        // A table that says nothing is an admin's word all the same.
        guard ApplianceFile.parse(kept).value.recovery == own else { return }
        file.content = Array(kept.utf8)
        self[ApplianceFile.path] = file
    }

    /// Whether these are an appliance of ours as a whole.
    private var isOfAppliance: Bool { self[ApplianceFile.path]?.kind == .file }

    /// Whether these are of another appliance than the one that `root` is, as far as both tell.
    func isOfAnother(than root: Root) throws -> Bool {
        guard let own = text(ApplianceIdentity.path).flatMap({ ApplianceIdentity.parse($0) }),
            let other = try ApplianceIdentity.read(root)
        else { return try Self.authorities(root).isDisjoint(with: authorities) }
        return own != other
    }

    /// Fingerprints of what clients trust.
    private var authorities: Set<String> { Set(PKIStore.fingerprints(of: text(PKIPaths.caCertificate) ?? "")) }

    private static func authorities(_ root: Root) throws -> Set<String> {
        let text = try AtomicFile.readText(root[PKIPaths.caCertificate], limit: 1 << 20)
        return Set(PKIStore.fingerprints(of: text ?? ""))
    }
}
