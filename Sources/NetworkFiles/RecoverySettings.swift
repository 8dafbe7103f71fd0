public import Addresses

/// The table `[recovery]` of `appliance.toml`: what becomes of recovery bundles.
public struct RecoverySettings: Sendable, Hashable {
    /// Every key of the table.
    public static let keys = ["target", "keep", "passphrase", "key", "known_hosts", "credentials", "ca", "include"]

    /// Bundles that are kept on the appliance unless it says otherwise.
    public static let usualKeep = 20

    public var target: RecoveryTarget?
    public var keep = Self.usualKeep
    /// A file whose first line is the passphrase.
    public var passphrase: String?
    /// The SSH private key for an SFTP server, and the file with that server's public key.
    public var key: String?
    public var knownHosts: String?
    /// A file as netrc(5), with the password for an HTTPS server.
    public var credentials: String?
    /// Certificates of the CA of an HTTPS server; without it the system's.
    public var ca: String?
    /// Files and directories that belong to the appliance beside its own.
    public var include: [String] = []

    public init() {}

    /// As a table of appliance.toml; empty if nothing is as it is not without one.
    public var text: String {
        var lines: [String] = []
        func add(_ key: String, _ value: String?) {
            if let value { lines.append("\(key) = \(TOMLDocument.quoted(value))") }
        }
        add("target", target?.description)
        if keep != Self.usualKeep { lines.append("keep = \(keep)") }
        add("passphrase", passphrase)
        add("key", key)
        add("known_hosts", knownHosts)
        add("credentials", credentials)
        add("ca", ca)
        if !include.isEmpty {
            lines.append("include = [" + include.map { TOMLDocument.quoted($0) }.joined(separator: ", ") + "]")
        }
        return lines.isEmpty ? "" : "\n[recovery]\n" + lines.map { $0 + "\n" }.joined()
    }
}
