public import Files

/// The password that was made and still holds, for somebody who asks every few seconds: found out again when one of the
/// files that tell has been written. It takes haproxy.cfg with all of its services, and crypt(5).
public struct GeneratedPasswordReader: Sendable {
    private let root: Root
    private var seen: [FileSignature?]?
    private var password: GeneratedPassword?

    public init(_ root: Root) { self.root = root }

    /// nil if none was made, or another one holds.
    public mutating func read() throws -> GeneratedPassword? {
        let signatures = try [GeneratedPassword.path, ProxyConfigurationStep.path].map { path in
            try AtomicFile.status(root[path]).map { FileSignature($0) }
        }
        if signatures != seen {
            password = try GeneratedPassword.inEffect(root)
            seen = signatures
        }
        return password
    }
}
