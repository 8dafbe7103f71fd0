internal import CLinux
public import Glibc
public import Syscalls

/// The new content of a file, safe on the disk beside it, that may take its place, and give it back.
///
/// ```swift
/// let prepared = try PreparedFile("/etc/haproxy/haproxy.cfg", bytes)
/// guard try prepared.exchange(expecting: known) else { prepared.discard(); … }   // somebody else wrote it
/// if isRefused { try prepared.takeBack() } else { prepared.discard() }
/// ```
///
/// One that takes the place of a file exchanges names with it (renameat2(2)): what was there before is still beside it
/// until ``discard()``, can be compared with what was expected, and comes back without a byte being written, on a full
/// disk too.
public struct PreparedFile: Sendable {
    /// The file, links followed.
    public let path: String
    /// Where the new content is before the exchange, and the former one after it.
    public let temporary: String
    /// Marks of the new file. Whoever writes it afterwards gives it others.
    public let signature: FileSignature

    /// Writes `bytes` beside the file and waits for the disk. Owner, group and mode are those of the file.
    ///
    /// - Parameter mode: Permission bits where there is no file yet.
    public init(_ path: String, _ bytes: [UInt8], mode: mode_t = 0o640) throws(SystemError) {
        let path = AtomicFile.resolved(path)
        let former = try AtomicFile.status(path)
        let temporary = AtomicFile.temporaryName(beside: path)
        self.path = path
        self.temporary = temporary
        do throws(SystemError) {
            let file = try FileDescriptor.open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
            // Mode after owner: chown clears set-id bits, and nobody may read a secret in between.
            try syscall("fchown") { fchown(file.raw, former?.st_uid ?? geteuid(), former?.st_gid ?? getegid()) }
            try syscall("fchmod") { fchmod(file.raw, (former?.st_mode ?? mode) & 0o7777) }
            try file.writeAll(bytes)
            try Self.age(file)
            try file.sync()
            var status = stat()
            try syscall("fstat") { fstat(file.raw, &status) }
            signature = FileSignature(status)
        } catch {
            unlink(temporary)
            // The reader knows the file, not the one beside it.
            throw SystemError(code: error.code, operation: "write \(path)")
        }
    }

    /// Dates the file back by more than the kernel's clock tick, so that the next write gives it another time for sure.
    private static func age(_ file: borrowing FileDescriptor) throws(SystemError) {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let time = now.tv_sec * 1_000_000_000 + now.tv_nsec - 50_000_000
        let aged = timespec(tv_sec: time / 1_000_000_000, tv_nsec: time % 1_000_000_000)
        let times = [aged, aged]
        let raw = file.raw
        try syscall("futimens") { futimens(raw, times) }
    }

    /// Puts the new content in place, durably.
    ///
    /// - Parameter former: What is expected there.
    /// - Returns: false if another file is there: it stays.
    public func exchange(expecting former: FileSignature) throws(SystemError) -> Bool {
        guard try AtomicFile.status(path).map({ FileSignature($0) }) == former else { return false }
        try swap()
        do throws(SystemError) {
            guard try AtomicFile.status(temporary).map({ FileSignature($0) }) == former else {
                try swap()
                return false
            }
            try AtomicFile.syncDirectory(of: path)
            return true
        } catch {
            try swap()
            throw error
        }
    }

    /// Puts the former file in its place again, durably; the new one is gone.
    ///
    /// - Returns: false if somebody wrote the file meanwhile: theirs stays, and the former one is still beside it.
    public func takeBack() throws(SystemError) -> Bool {
        guard try AtomicFile.status(path).map({ FileSignature($0) }) == signature else { return false }
        try swap()
        // What came out is what was there at that moment: an edit of just now goes back.
        guard try AtomicFile.status(temporary).map({ FileSignature($0) }) == signature else {
            try swap()
            return false
        }
        unlink(temporary)
        try AtomicFile.syncDirectory(of: path)
        return true
    }

    /// Removes what is beside the file: the content that was not used, or the former one.
    public func discard() { unlink(temporary) }

    private func swap() throws(SystemError) {
        do throws(SystemError) {
            try syscall("exchange \(path)") { clinux_exchange(temporary, path) }
        } catch  where [EINVAL, ENOSYS].contains(error.code) {
            // A file system that cannot exchange names: the former one is linked first.
            let former = temporary + ".former"
            try syscall("link \(former) to \(path)") { link(path, former) }
            try syscall("rename \(temporary) to \(path)") { rename(temporary, path) }
            try syscall("rename \(former) to \(temporary)") { rename(former, temporary) }
        }
    }

    /// Removes what processes that are gone have left beside `path`.
    public static func sweep(beside path: String) throws(SystemError) {
        let directory = AtomicFile.directory(of: AtomicFile.resolved(path))
        for name in try AtomicFile.names(in: directory) where name.hasPrefix(AtomicFile.temporaryPrefix) {
            let owner = name.dropFirst(AtomicFile.temporaryPrefix.count).split(separator: ".").first
            guard let owner, let pid = pid_t(owner), kill(pid, 0) != 0, errno == ESRCH else { continue }
            unlink("\(directory)/\(name)")
        }
    }
}

extension AtomicFile {
    /// What is in a directory, without `.` and `..`, in no order.
    public static func names(in directory: String) throws(SystemError) -> [String] {
        guard let stream = opendir(directory) else { throw SystemError(code: errno, operation: "list \(directory)") }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
