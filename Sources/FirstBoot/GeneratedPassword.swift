public import Appliance
public import Files
internal import Passwords

/// The API's password that was made because none was given: for root only, and shown on the console.
public struct GeneratedPassword: Sendable, Hashable {
    public var user: String
    public var password: Secret

    public init(user: String, password: Secret) {
        self.user = user
        self.password = password
    }

    /// Its user, a blank, the password.
    public static let path = "/var/lib/appliance-net/api-password"

    /// The one on disk; nil if there is none, or not one of ours.
    public static func read(_ root: Root) throws -> GeneratedPassword? {
        guard let text = try AtomicFile.readText(root[path], limit: 4096) else { return nil }
        let words = text.split(separator: "\n").first?.split(separator: " ", maxSplits: 1) ?? []
        guard words.count == 2 else { return nil }
        return GeneratedPassword(user: String(words[0]), password: Secret(String(words[1])))
    }

    /// The one on disk, if it still is that of the API's user.
    public static func inEffect(_ root: Root) throws -> GeneratedPassword? {
        guard let generated = try read(root),
            let text = try AtomicFile.readText(root[ProxyConfigurationStep.path]),
            let hash = ProxyConfigurationStep.hash(of: generated.user, in: text),
            hash.matches(generated.password.revealed())
        else { return nil }
        return generated
    }

    static func make(for user: String) -> GeneratedPassword {
        GeneratedPassword(user: user, password: .random(groups: 4))
    }

    func write(_ root: Root) throws {
        try root.confine(Self.path)
        try AtomicFile.makeDirectory(AtomicFile.directory(of: root[Self.path]))
        try AtomicFile.replace(root[Self.path], with: "\(user) \(password.revealed())\n", mode: 0o600)
    }

    static func remove(_ root: Root) throws {
        _ = try AtomicFile.remove(root[path])
    }
}
