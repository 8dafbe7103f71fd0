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
    let takesSecrets = true

    static let path = "/etc/haproxy/haproxy.cfg"
    static let userlist = "controller"
    /// The password that was set last, hashed: the admin may have changed it since.
    static let record = "/api-password"

    func run(_ context: FirstBootContext) throws -> [String] {
        try AtomicFile.makeDirectory(context.root["/var/lib/haproxy"])
        let existing = try AtomicFile.readText(context.root[Self.path])
        var file = ConfigurationFile(existing ?? ShippedProxyConfiguration.text, file: Self.path)
        let user = context.settings.loadBalance.user
        let password = try Self.password(context, in: file)
        var settled: PasswordHash?
        if let password {
            let text = password.revealed()
            let isSettled = try context.isSettled(user, text, record: Self.record)
            let hash = try Self.ensureUser(user, text, keepsAny: isSettled, in: &file)
            if !isSettled { settled = hash }
        } else if !Self.users(file).contains(where: { Self.isUser(user, $0) }),
            let hash = try context.settled(user, record: Self.record)
        {
            Self.setUser(user, hash, in: &file)
        }
        // A file that is broken already is named, and mended by nobody but the admin.
        let problems = file.checked().diagnostics.filter { $0.severity == .error }
        guard problems.isEmpty else { throw DiagnosticsError(problems) }
        // It holds password hashes: readable by root and the proxy's group only.
        let changes = try context.replace(Self.path, file.text, mode: 0o640, group: Self.group("haproxy"))
        if let settled { try context.settle(user, settled, record: Self.record) }
        // The one that was made is not that of the API any more.
        if context.settings.loadBalance.password != nil { try GeneratedPassword.remove(context.root) }
        return changes
    }

    /// The password that the API's user is to have; nil to keep the one he has.
    ///
    /// Without one in the properties (none was given, or it was taken out once it was in place) a user who is there
    /// keeps his, and for another one is made. It is on disk before it is in effect: a power cut makes no second one.
    private static func password(_ context: FirstBootContext, in file: ConfigurationFile) throws -> Secret? {
        let settings = context.settings.loadBalance
        if let password = settings.password { return password }
        if users(file).contains(where: { isUser(settings.user, $0) }) { return nil }
        // A password in an image is one of all its copies.
        guard !context.filesOnly, try context.settled(settings.user, record: record) == nil else { return nil }
        if let made = try GeneratedPassword.read(context.root), made.user == settings.user { return made.password }
        let made = GeneratedPassword.make(for: settings.user)
        try made.write(context.root)
        return made.password
    }

    private static func users(_ file: ConfigurationFile) -> [Line] {
        file.section("userlist", userlist)?.lines ?? []
    }

    private static func isUser(_ name: String, _ line: Line) -> Bool {
        line.words.count >= 2 && line.words[0] == "user" && line.words[1] == name
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
        let line = users(file).first { isUser(user, $0) }
        if let line, let hash = hash(line.words), keepsAny || hash.matches(password) { return hash }
        let hash = try PasswordHash.make(password)
        setUser(user, hash, in: &file)
        return hash
    }

    private static func setUser(_ user: String, _ hash: PasswordHash, in file: inout ConfigurationFile) {
        if file.section("userlist", userlist) == nil {
            file.append(Section(kind: "userlist", name: userlist, lines: []))
        }
        let index = users(file).firstIndex { isUser(user, $0) }
        let line = Line(["user", user, "password", hash.text])
        _ = file.update("userlist", userlist) { section in
            if let index {
                section.lines[index] = line
            } else {
                section.lines.insert(line, at: 0)
            }
        }
    }

    /// The hash of a line `user NAME password HASH`; nil for one with a password in plain text.
    private static func hash(_ words: [String]) -> PasswordHash? {
        words.count >= 4 && words[2] == "password" ? PasswordHash(words[3]) : nil
    }

    /// The hash of a user of the API in the text of haproxy.cfg; nil if there is none. The file may have thousands of
    /// services: only as much is read as it takes.
    static func hash(of user: String, in text: String) -> PasswordHash? {
        var isOurs = false
        var rest = text.utf8[...]
        while !rest.isEmpty {
            let line = rest.prefix { $0 != UInt8(ascii: "\n") }
            rest = rest[line.endIndex...].dropFirst()
            let isIndented = line.first == UInt8(ascii: " ") || line.first == UInt8(ascii: "\t")
            guard isOurs || !isIndented else { continue }
            let words = Line(raw: String(decoding: line, as: UTF8.self)).words
            if words.first == "userlist" {
                isOurs = words.count > 1 && words[1] == userlist
            } else if isOurs, words.first == "user", words.count > 1, words[1] == user {
                return hash(words)
            } else if !isIndented, !words.isEmpty {
                isOurs = false
            }
        }
        return nil
    }

    private static func group(_ name: String) -> gid_t? {
        getgrnam(name)?.pointee.gr_gid
    }
}
