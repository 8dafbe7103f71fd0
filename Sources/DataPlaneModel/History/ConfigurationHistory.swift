internal import Files
internal import Glibc
public import Syscalls

/// The versions of haproxy.cfg that were in effect, each a file of its own in a directory.
///
/// A version is a hard link to the file itself, made before that takes its place: keeping it writes nothing, however long
/// the file is. Names say which version, when and whose: `12-1795282413.000123000-api`.
public struct ConfigurationHistory: Sendable {
    /// Who made a version.
    public enum Origin: String, Sendable {
        case api
        /// Somebody else wrote the file.
        case edit
        case restore
    }

    public struct Entry: Sendable, Hashable {
        /// The version of the configuration.
        public var version: Int
        public var origin: Origin
        /// When it was written, in seconds since 1970.
        public var time: Int
        public var nanoseconds: Int
        /// Not acknowledged yet.
        var isPending = false

        /// Of its file.
        public var name: String {
            let digits = String(nanoseconds)
            let fraction = String(repeating: "0", count: max(0, 9 - digits.utf8.count)) + digits
            return "\(version)-\(time).\(fraction)-\(origin.rawValue)" + (isPending ? ".pending" : "")
        }

        init(version: Int, origin: Origin, _ signature: FileSignature, isPending: Bool = false) {
            self.version = version
            self.origin = origin
            time = signature.seconds
            nanoseconds = signature.nanoseconds
            self.isPending = isPending
        }

        init?(name: String) {
            var name = name[...]
            if name.hasSuffix(".pending") {
                isPending = true
                name = name.dropLast(".pending".count)
            }
            let parts = name.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 3, let version = Int(parts[0]), version > 0,
                let origin = Origin(rawValue: String(parts[2]))
            else { return nil }
            let clock = parts[1].split(separator: ".", omittingEmptySubsequences: false)
            guard clock.count == 2, let time = Int(clock[0]), clock[1].utf8.count == 9, let nanoseconds = Int(clock[1])
            else { return nil }
            self.version = version
            self.origin = origin
            self.time = time
            self.nanoseconds = nanoseconds
        }
    }

    public let directory: String
    /// Most versions that are kept, the one in effect among them.
    public let limit: Int

    public init(directory: String, limit: Int = 50) {
        self.directory = directory
        self.limit = limit
    }

    /// Where the versions of a file are kept unless it is said otherwise: beside it, so that links can be made.
    public static func defaultDirectory(of path: String) -> String { path + ".history" }

    /// Held by who changes the file.
    public var lockPath: String { directory + "/.lock" }

    /// The versions from the oldest to the newest; none if nothing was kept yet.
    public func entries() throws(SystemError) -> [Entry] { try all().filter { !$0.isPending } }

    /// The content of one version; nil if it is not kept.
    public func text(of version: Int) throws(SystemError) -> String? {
        guard let entry = try entries().last(where: { $0.version == version }) else { return nil }
        do throws(SystemError) {
            return EscapedBytes.text(try AtomicFile.read(path(of: entry)))
        } catch  where error.code == ENOENT {
            return nil
        }
    }

    func path(of entry: Entry) -> String { "\(directory)/\(entry.name)" }

    private func all() throws(SystemError) -> [Entry] {
        do throws(SystemError) {
            return try AtomicFile.names(in: directory).compactMap { Entry(name: $0) }.sorted {
                ($0.version, $0.time, $0.nanoseconds) < ($1.version, $1.time, $1.nanoseconds)
            }
        } catch  where error.code == ENOENT {
            return []
        }
    }

    /// Made with a mode that only its owner passes: a configuration may hold passwords.
    func makeDirectory() throws(SystemError) { try AtomicFile.makeDirectory(directory, mode: 0o700) }

    // MARK: - Keeping

    /// Keeps the file at `path` as a version.
    func keep(_ path: String, _ entry: Entry) throws(SystemError) {
        let target = self.path(of: entry)
        do throws(SystemError) {
            // What a symbolic link leads to: a version is content, never a way to the file as it is now.
            try syscall("link \(target) to \(path)") {
                linkat(AT_FDCWD, path, AT_FDCWD, target, CInt(AT_SYMLINK_FOLLOW))
            }
        } catch  where error.code == EXDEV || error.code == EPERM || error.code == EMLINK {
            // On another file system, or one that has no links.
            try AtomicFile.replace(target, with: try AtomicFile.read(path), mode: 0o600, followsLinks: false)
            try date(entry)
        } catch  where error.code == EEXIST {
            return
        }
    }

    /// Whether this very file is kept as this version, perhaps not acknowledged yet.
    func has(_ version: Int, _ signature: FileSignature) -> Bool {
        let entries = (try? all()) ?? []
        return entries.contains { $0.version == version && (try? isFile($0, signature)) ?? false }
    }

    func isFile(_ entry: Entry, _ signature: FileSignature) throws(SystemError) -> Bool {
        try AtomicFile.status(path(of: entry)).map { FileSignature($0).isSameFile(as: signature) } ?? false
    }

    /// The pending version is in effect.
    func settle(_ entry: Entry) throws(SystemError) {
        var settled = entry
        settled.isPending = false
        let (from, to) = (path(of: entry), path(of: settled))
        try syscall("rename \(from) to \(to)") { rename(from, to) }
    }

    func drop(_ entry: Entry) { unlink(path(of: entry)) }

    /// Gives a version a file of its own again, after somebody has written into the one that it was linked to.
    func rescue(_ version: Int, _ bytes: [UInt8]) throws(SystemError) {
        guard let entry = try entries().last(where: { $0.version == version }) else { return }
        try AtomicFile.replace(path(of: entry), with: bytes, mode: 0o600, followsLinks: false)
        try date(entry)
    }

    /// Gives a version's file the time that its name tells, by which it is known that nobody has written it.
    private func date(_ entry: Entry) throws(SystemError) {
        let time = timespec(tv_sec: entry.time, tv_nsec: entry.nanoseconds)
        let (path, times) = (path(of: entry), [time, time])
        try syscall("utimensat \(path)") { utimensat(AT_FDCWD, path, times, 0) }
    }

    /// Removes the oldest versions beyond the limit.
    func prune() throws(SystemError) {
        let entries = try entries()
        for entry in entries.prefix(max(0, entries.count - max(1, limit))) { drop(entry) }
    }
}
