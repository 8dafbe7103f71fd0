internal import Addresses
internal import Files

/// Who an appliance is, whatever becomes of its CA, its name and its machine: a number by chance, made before its first
/// bundle. It is in its bundles and goes with them: who restores one is that appliance.
enum ApplianceIdentity {
    static let path = ApplianceFiles.stateDirectory + "/identity"

    /// Makes it where there is none.
    static func ensure(_ root: Root) throws {
        guard try read(root) == nil else { return }
        try AtomicFile.makeDirectory(root[ApplianceFiles.stateDirectory], mode: 0o700)
        try AtomicFile.replace(root[path], with: Hexadecimal.text(KeyDerivation.random(16)) + "\n", mode: 0o600)
    }

    /// nil where there is none, or none that can be one.
    static func read(_ root: Root) throws -> String? {
        try AtomicFile.readText(root[path], limit: 1024).flatMap { parse($0) }
    }

    static func parse(_ text: String) -> String? {
        let line = text.prefix { !$0.isNewline }
        return line.utf8.count == 32 && line.allSatisfy { $0.isASCII && $0.isHexDigit } ? String(line) : nil
    }
}
