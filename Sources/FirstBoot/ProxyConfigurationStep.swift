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

    func run(_ context: FirstBootContext) throws -> [String] {
        try AtomicFile.makeDirectory(context.root["/var/lib/haproxy"])
        let existing = try AtomicFile.readText(context.root[Self.path])
        var file = ConfigurationFile(existing ?? ShippedProxyConfiguration.text, file: Self.path)
        let settings = context.settings.loadBalance
        try Self.ensureUser(settings.user, settings.password.revealed(), in: &file)
        // A file that is broken already is named, and mended by nobody but the admin.
        let problems = file.checked().diagnostics.filter { $0.severity == .error }
        guard problems.isEmpty else { throw DiagnosticsError(problems) }
        // It holds password hashes: readable by root and the proxy's group only.
        return try context.replace(Self.path, file.text, mode: 0o640, group: Self.group("haproxy"))
    }

    /// Leaves a user line whose hash matches as it is, so that a second run changes nothing.
    static func ensureUser(_ user: String, _ password: String, in file: inout ConfigurationFile) throws {
        if file.section("userlist", userlist) == nil {
            file.append(Section(kind: "userlist", name: userlist, lines: []))
        }
        let lines = file.section("userlist", userlist)?.lines ?? []
        let index = lines.firstIndex { $0.words.count >= 2 && $0.words[0] == "user" && $0.words[1] == user }
        if let index, isCurrent(lines[index].words, password) { return }
        let line = Line(["user", user, "password", try PasswordHash.make(password).text])
        _ = file.update("userlist", userlist) { section in
            if let index {
                section.lines[index] = line
            } else {
                section.lines.insert(line, at: 0)
            }
        }
    }

    private static func isCurrent(_ words: [String], _ password: String) -> Bool {
        guard words.count >= 4 else { return false }
        return switch words[2] {
        case "password": PasswordHash(words[3]).matches(password)
        default: false
        }
    }

    private static func group(_ name: String) -> gid_t? {
        getgrnam(name)?.pointee.gr_gid
    }
}
