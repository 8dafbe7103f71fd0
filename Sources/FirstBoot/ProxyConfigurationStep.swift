internal import Appliance
internal import Diagnostics
internal import Files
internal import Glibc
internal import Passwords
internal import ProxyConfig

/// `/etc/haproxy/haproxy.cfg`: the shipped sections where there is no file yet, and the API's user in the userlist
/// `controller`. Virtual services and everything else in an existing file stay byte for byte.
struct ProxyConfigurationStep: FirstBootStep {
    let name = "proxy configuration"

    static let path = "/etc/haproxy/haproxy.cfg"
    static let userlist = "controller"
    /// The password that was set last, hashed: the admin may have changed it since.
    static let record = "/api-password"

    func run(_ context: FirstBootContext) throws -> [String] {
        try AtomicFile.makeDirectory(context.root["/var/lib/haproxy"])
        let existing = try AtomicFile.readText(context.root[Self.path])
        var file = ConfigurationFile(existing ?? ShippedProxyConfiguration.text, file: Self.path)
        let settings = context.settings.loadBalance
        let password = settings.password.revealed()
        let isSettled = try context.isSettled(settings.user, password, record: Self.record)
        let hash = try Self.ensureUser(settings.user, password, keepsAny: isSettled, in: &file)
        // A file that is broken already is named, and mended by nobody but the admin.
        let problems = file.checked().diagnostics.filter { $0.severity == .error }
        guard problems.isEmpty else { throw DiagnosticsError(problems) }
        // It holds password hashes: readable by root and the proxy's group only.
        let changes = try context.replace(Self.path, file.text, mode: 0o640, group: Self.group("haproxy"))
        if !isSettled { try context.settle(settings.user, hash, record: Self.record) }
        return changes
    }

    /// Leaves a user line whose hash matches as it is, so that a second run changes nothing.
    ///
    /// - Parameter keepsAny: Leaves it whatever its password is.
    /// - Returns: The hash of the password, or of the one that was kept.
    private static func ensureUser(
        _ user: String,
        _ password: String,
        keepsAny: Bool,
        in file: inout ConfigurationFile
    ) throws -> PasswordHash {
        if file.section("userlist", userlist) == nil {
            file.append(Section(kind: "userlist", name: userlist, lines: []))
        }
        let lines = file.section("userlist", userlist)?.lines ?? []
        let index = lines.firstIndex { $0.words.count >= 2 && $0.words[0] == "user" && $0.words[1] == user }
        if let index, let hash = hash(lines[index].words), keepsAny || hash.matches(password) { return hash }
        let hash = try PasswordHash.make(password)
        let line = Line(["user", user, "password", hash.text])
        _ = file.update("userlist", userlist) { section in
            if let index {
                section.lines[index] = line
            } else {
                section.lines.insert(line, at: 0)
            }
        }
        return hash
    }

    /// The hash of a line `user NAME password HASH`; nil for one with a password in plain text.
    private static func hash(_ words: [String]) -> PasswordHash? {
        words.count >= 4 && words[2] == "password" ? PasswordHash(words[3]) : nil
    }

    private static func group(_ name: String) -> gid_t? {
        getgrnam(name)?.pointee.gr_gid
    }
}
