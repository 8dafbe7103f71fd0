public import Appliance
public import Files
internal import Glibc
public import Guestinfo
public import PKI
internal import Passwords
internal import Recovery

/// What every step is given.
public struct FirstBootContext: Sendable {
    public var settings: Settings
    public var root: Root
    /// Writes files only: no kernel, no host name, no services. For image builds.
    public var filesOnly: Bool
    /// Starts or reloads the units at the end.
    public var handsOver: Bool
    /// For certificates (`CertificateClock.now()`).
    public var now: CertificateClock.Reading

    /// Asks the links before it takes addresses; else it takes those of other hosts too.
    public var asksNeighbours = true

    /// Where the settings come from; nil if they were put together by hand.
    public var source: PropertySource?
    /// What is told to the host; nil where there is no VMware below.
    public var guestinfo: Guestinfo?

    /// What the steps before this one changed.
    var changes: [String] = []
    /// Whether every step so far that takes secrets has put them in place.
    var hasSecretsInPlace = true

    public init(
        settings: Settings,
        root: Root,
        filesOnly: Bool,
        handsOver: Bool,
        now: CertificateClock.Reading,
        source: PropertySource? = nil,
        guestinfo: Guestinfo? = nil
    ) {
        self.settings = settings
        self.root = root
        self.filesOnly = filesOnly
        self.handsOver = handsOver
        self.now = now
        self.source = source
        self.guestinfo = guestinfo
    }

    /// Whether the running system is the one that is configured.
    var isLive: Bool { root.isReal && !filesOnly }

    /// Where the text that was last made from the properties is kept, file by file.
    static let derived = ApplianceFiles.derivedDirectory

    /// Writes a file that is made from the properties, unless they say what they said when it was last written: then
    /// it is the admin's, who may have added a range or a network by hand.
    ///
    /// - Parameter keeping: Adds what is in the file that is there and in no property.
    /// - Returns: One entry that says what was done, none if nothing was.
    func write(
        _ path: String,
        _ text: String,
        mode: mode_t = 0o644,
        keeping: (String) -> String? = { _ in nil }
    ) throws -> [String] {
        let record = root[Self.derived + path]
        let existing = try AtomicFile.readText(root[path])
        if existing != nil, let former = try AtomicFile.readText(record),
            Self.statements(former) == Self.statements(text)
        {
            return []
        }
        let changes = try replace(path, existing.flatMap { keeping($0) } ?? text, mode: mode)
        // After the file: a power cut in between writes the same text once more.
        try root.confine(Self.derived + path)
        try AtomicFile.makeDirectory(AtomicFile.directory(of: record))
        try AtomicFile.replace(record, with: text, mode: 0o600)
        return changes
    }

    /// The lines that say something: another version's comments are no reason to write over what the admin added.
    static func statements(_ text: String) -> [Substring] {
        text.split(separator: "\n").filter { !$0.hasPrefix("#") }
    }

    /// Whether this password of this user was put in place before: then one that is there now instead is the admin's,
    /// who changed it since.
    func isSettled(_ user: String, _ password: String, record: String) throws -> Bool {
        try settled(user, record: record)?.matches(password) == true
    }

    /// The hash of the password of this user that was put in place last; nil if none was.
    func settled(_ user: String, record: String) throws -> PasswordHash? {
        Self.hash(of: user, in: try settled(record) ?? "")
    }

    /// The hash in the text of such a record.
    static func hash(of user: String, in text: String) -> PasswordHash? {
        guard let blank = text.firstIndex(of: " "), text[..<blank] == user else { return nil }
        return PasswordHash(String(text[text.index(after: blank)...]))
    }

    /// Remembers, as a hash, that a password was put in place.
    func settle(_ user: String, _ hash: PasswordHash, record: String) throws {
        try settle(record, "\(user) \(hash.text)")
    }

    /// What ``settle(_:_:)`` remembered; nil if nothing.
    func settled(_ record: String) throws -> String? { try AtomicFile.readText(root[Self.derived + record]) }

    /// Remembers what was put in place.
    func settle(_ record: String, _ text: String) throws {
        let path = root[Self.derived + record]
        try root.confine(Self.derived + record)
        try AtomicFile.makeDirectory(AtomicFile.directory(of: path))
        try PreparedFile.sweep(beside: path)
        try AtomicFile.replace(path, with: text, mode: 0o600)
    }

    /// Writes a file under the root, its directory too, whoever changed it last.
    func replace(_ path: String, _ text: String, mode: mode_t = 0o644, group: gid_t? = nil) throws -> [String] {
        try root.confine(path)
        try AtomicFile.makeDirectory(AtomicFile.directory(of: root[path]))
        switch try AtomicFile.replace(root[path], with: text, mode: mode, group: group) {
        case .created: return ["created \(path)"]
        case .replaced: return ["rewrote \(path)"]
        case .unchanged: return []
        }
    }
}
