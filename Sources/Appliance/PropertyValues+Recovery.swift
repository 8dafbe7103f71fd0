import Addresses
import OVF

extension PropertyValues {
    mutating func recoverySource(_ key: PropertyKey) -> RecoverySource? {
        guard let text = text(key) else { return nil }
        if let source = RecoverySource(text) { return source }
        report(
            key,
            "it is neither an address nor a path",
            remedy: "write https://host/path, http://host/path, an absolute path, or disk"
        )
        return nil
    }

    mutating func recoveryTarget(_ key: PropertyKey) -> RecoveryTarget? {
        guard let text = text(key) else { return nil }
        if let target = RecoveryTarget(text) { return target }
        report(
            key,
            "bundles cannot be brought there",
            remedy: "write \(RecoveryTarget.wanted); passwords stand in files, see docs/recovery.md"
        )
        return nil
    }

    /// nil if it is unset or wrong. Blanks around it belong to it.
    mutating func passphrase(_ key: PropertyKey) -> Secret? {
        guard isSet(key), let passphrase = environment[key.rawValue]?.value else { return nil }
        guard (8...1024).contains(passphrase.utf8.count), !passphrase.contains(where: \.isNewline) else {
            report(key, "it is no passphrase", remedy: "give one line of at least 8 characters")
            return nil
        }
        return Secret(passphrase)
    }
}
