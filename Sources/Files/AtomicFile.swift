public import Glibc
public import Syscalls

/// The one way anything is written: whole or not at all, and still there after a power cut.
public enum AtomicFile {
    /// What ``replace(_:with:mode:owner:group:)`` found.
    public enum Outcome: Sendable, Hashable {
        case created
        case replaced
        /// Content, mode and owner were right already; nothing was written.
        case unchanged
    }

    /// Makes `path` hold exactly `bytes`.
    ///
    /// Temporary file beside it with its final mode, write, fsync, rename, fsync of the directory. A symbolic link is
    /// followed, so that what an admin linked elsewhere stays linked.
    ///
    /// - Parameters:
    ///   - path: The file; its directory must exist.
    ///   - bytes: The new content.
    ///   - mode: Permission bits of the file from its first moment on.
    ///   - owner: User id; nil keeps that of an existing file, or ours.
    ///   - group: Group id; nil likewise.
    ///   - followsLinks: false replaces a symbolic link itself.
    @discardableResult
    public static func replace(
        _ path: String,
        with bytes: [UInt8],
        mode: mode_t = 0o644,
        owner: uid_t? = nil,
        group: gid_t? = nil,
        followsLinks: Bool = true
    ) throws(SystemError) -> Outcome {
        let new = Replacement(path, bytes, mode: mode, owner: owner, group: group, followsLinks: followsLinks)
        let staged = try stage(new)
        guard let temporary = staged.temporary else { return .unchanged }
        do throws(SystemError) {
            try sync(temporary)
            try syscall("rename \(temporary) to \(staged.path)") { rename(temporary, staged.path) }
        } catch {
            unlink(temporary)
            throw error
        }
        try syncDirectory(of: staged.path)
        return staged.outcome
    }

    /// A file that is to be replaced, and the new one beside it.
    struct Staged {
        var path: String
        /// nil: the file is right already.
        var temporary: String?
        var outcome: Outcome
    }

    /// Writes the new file beside the old one, with its final mode; it is not on the disk for certain yet.
    static func stage(_ new: Replacement) throws(SystemError) -> Staged {
        let isReplacedLink = new.followsLinks ? false : try linkTarget(of: new.path) != nil
        let path = isReplacedLink ? new.path : resolved(new.path)
        let before = isReplacedLink ? nil : try status(path)
        let owner = new.owner ?? before?.st_uid ?? geteuid()
        let group = new.group ?? before?.st_gid ?? getegid()
        if let before, before.st_mode & 0o7777 == new.mode, before.st_uid == owner, before.st_gid == group,
            Int(before.st_size) == new.bytes.count, try read(path) == new.bytes
        {
            return Staged(path: path, temporary: nil, outcome: .unchanged)
        }
        let temporary = temporaryName(beside: path)
        do throws(SystemError) {
            let file = try FileDescriptor.open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
            // Mode after owner: chown clears set-id bits, and nobody may read a secret in between.
            try syscall("fchown \(temporary)") { fchown(file.raw, owner, group) }
            try syscall("fchmod \(temporary)") { fchmod(file.raw, new.mode) }
            try file.writeAll(new.bytes, path: temporary)
        } catch {
            unlink(temporary)
            // The reader knows the file, not the one beside it.
            throw SystemError(code: error.code, operation: "write \(path)")
        }
        let outcome: Outcome = before == nil && !isReplacedLink ? .created : .replaced
        return Staged(path: path, temporary: temporary, outcome: outcome)
    }

    /// Waits until the file's content is on the disk.
    static func sync(_ path: String) throws(SystemError) {
        try FileDescriptor.open(path, O_RDONLY | O_NOFOLLOW).sync(path: path)
    }

    /// Text form of ``replace(_:with:mode:owner:group:)``.
    @discardableResult
    public static func replace(
        _ path: String,
        with text: String,
        mode: mode_t = 0o644,
        owner: uid_t? = nil,
        group: gid_t? = nil
    ) throws(SystemError) -> Outcome {
        try replace(path, with: Array(text.utf8), mode: mode, owner: owner, group: group)
    }

    /// The file's content; ENOENT if it is not there.
    public static func read(_ path: String, limit: Int = .max) throws(SystemError) -> [UInt8] {
        try FileDescriptor.open(path, O_RDONLY).readToEnd(limit: limit, path: path)
    }

    /// The file's content as text; nil if there is no such file. Bytes that are not UTF-8 become U+FFFD.
    public static func readText(_ path: String, limit: Int = .max) throws(SystemError) -> String? {
        do {
            return String(decoding: try read(path, limit: limit), as: UTF8.self)
        } catch  where error.code == ENOENT {
            return nil
        }
    }

    /// Removes a file durably; false if there was none.
    @discardableResult
    public static func remove(_ path: String) throws(SystemError) -> Bool {
        do {
            try syscall("unlink \(path)") { unlink(path) }
        } catch  where error.code == ENOENT {
            return false
        }
        try syncDirectory(of: path)
        return true
    }

    /// mkdir -p; existing directories keep their mode. True if `path` was made.
    @discardableResult
    public static func makeDirectory(_ path: String, mode: mode_t = 0o755) throws(SystemError) -> Bool {
        do {
            try syscall("mkdir \(path)") { mkdir(path, mode) }
            try syncDirectory(of: path)
            return true
        } catch  where error.code == EEXIST {
            // A link to nowhere is there too, but nothing can be made below it.
            guard try status(path) != nil else { throw SystemError(code: ENOENT, operation: "follow link \(path)") }
            return false
        } catch  where error.code == ENOENT {
            try makeDirectory(directory(of: path))
            return try makeDirectory(path, mode: mode)
        }
    }

    /// stat(2); nil if there is no such file.
    public static func status(_ path: String) throws(SystemError) -> stat? {
        var result = stat()
        do {
            try syscall("stat \(path)") { stat(path, &result) }
        } catch  where error.code == ENOENT {
            return nil
        }
        return result
    }

    /// Everything before the last slash: `/etc` of `/etc/hosts`, `.` of `hosts`.
    public static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    static func syncDirectory(of path: String) throws(SystemError) {
        let directory = directory(of: path)
        try FileDescriptor.open(directory, O_RDONLY | O_DIRECTORY).sync(path: directory)
    }

    static func temporaryName(beside path: String) -> String {
        // A fixed prefix lets a later run recognise what a power cut left behind.
        "\(directory(of: path))/\(temporaryPrefix)\(getpid()).\(String(UInt64.random(in: 0 ... .max), radix: 36))"
    }

    static let temporaryPrefix = ".appliance-net."

    static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }
}
