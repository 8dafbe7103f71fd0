public import Appliance
public import Files
internal import Glibc
public import NetworkFiles

/// The passphrase that this appliance's bundles are sealed with.
public struct Passphrase: Sendable {
    public var secret: Secret
    /// Made by the appliance, for want of one: nobody else knows it unless he was shown.
    public var isGenerated: Bool

    /// Where that of the properties is kept, for root only.
    public static let path = ApplianceFiles.stateDirectory + "/passphrase"
    public static let generatedPath = ApplianceFiles.stateDirectory + "/generated-passphrase"
    /// Those that machines had made for themselves before they were given a bundle, the last first: bundles from then can
    /// still be opened.
    public static let formerPath = ApplianceFiles.stateDirectory + "/former-passphrases"
    static let mostFormer = 20

    /// The one of `[recovery]`, else that of the properties, else one that is made here and now.
    public static func find(_ root: Root, _ settings: RecoverySettings) throws -> Passphrase {
        if let passphrase = try existing(root, settings) { return passphrase }
        try AtomicFile.makeDirectory(root[ApplianceFiles.stateDirectory], mode: 0o700)
        try AtomicFile.replace(root[generatedPath], with: Secret.random(groups: 5).revealed() + "\n", mode: 0o600)
        return Passphrase(secret: try read(root[generatedPath]), isGenerated: true)
    }

    /// The one that bundles were sealed with so far; nil if there is none.
    public static func existing(_ root: Root, _ settings: RecoverySettings) throws -> Passphrase? {
        guard let place = try place(settings, isThere: { try AtomicFile.status(root[$0]) != nil }) else { return nil }
        return Passphrase(secret: try read(root[place]), isGenerated: place == generatedPath)
    }

    /// The file of the one that counts; nil if there is none.
    static func place(_ settings: RecoverySettings, isThere: (String) throws -> Bool) rethrows -> String? {
        try settings.passphrase ?? [path, generatedPath].first(where: isThere)
    }

    /// All that bundles of this appliance may have been sealed with, the likeliest first.
    public static func all(_ root: Root, _ settings: RecoverySettings) throws -> [Secret] {
        // Where the one of the settings cannot be read, another may open the bundle all the same.
        let own = Result { try existing(root, settings) }
        var found = ((try? own.get()) ?? nil).map { [$0.secret] } ?? []
        for path in [Self.path, generatedPath, formerPath] {
            let lines = (try AtomicFile.readText(root[path], limit: 65536) ?? "").split(whereSeparator: \.isNewline)
            found += lines.map { Secret(String($0)) }
        }
        if found.isEmpty { _ = try own.get() }
        var seen: Set<String> = []
        return found.filter { seen.insert($0.revealed()).inserted }
    }

    /// Files of `[recovery]` that hold a secret, and that others than their owner may read.
    public static func exposed(_ root: Root, _ settings: RecoverySettings) throws -> [String] {
        try [settings.passphrase, settings.credentials].compactMap { $0 }.filter { path in
            try AtomicFile.status(root[path]).map { $0.st_mode & 0o077 != 0 } ?? false
        }
    }

    /// The first line of a file.
    public static func read(_ path: String) throws -> Secret {
        let text = try AtomicFile.readText(path, limit: 65536)
        let line = (text ?? "").prefix { !$0.isNewline }
        guard !line.isEmpty else {
            throw RestoreError(
                text == nil ? "\(path): there is no such file" : "\(path): its first line is empty",
                remedy: "write the passphrase into its first line"
            )
        }
        return Secret(String(line))
    }
}
