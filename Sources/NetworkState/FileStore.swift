import Files
internal import Glibc
internal import Syscalls

/// The files of a plan, on the disk.
struct FileStore {
    let root: Root

    /// What is at each of the paths we look at.
    func read() -> [String: FileState] {
        var states: [String: FileState] = [:]
        for path in ManagedFile.paths { states[path] = state(path) }
        return states
    }

    private func state(_ path: String) -> FileState {
        let file = root[path]
        do throws(SystemError) {
            // What an image links to outside of itself is another machine's.
            try root.confine(AtomicFile.directory(of: path))
            if !ManagedFile.followsLinks(path), let target = try AtomicFile.linkTarget(of: file) {
                return .link(to: target)
            }
            guard let status = try AtomicFile.status(file) else {
                // A link to nothing: writing replaces the link itself.
                return try AtomicFile.linkTarget(of: file).map { .link(to: $0) } ?? .absent
            }
            try root.confine(path)
            guard status.st_mode & S_IFMT == S_IFREG else {
                return .other(status.st_mode & S_IFMT == S_IFDIR ? "a directory" : "no regular file")
            }
            return .file(
                FileContent(
                    bytes: try AtomicFile.read(file, limit: 16 << 20),
                    mode: status.st_mode & 0o7777,
                    owner: status.st_uid,
                    group: status.st_gid
                )
            )
        } catch  where error.code == ENOENT {
            return .absent
        } catch {
            return .other("not readable: \(error)")
        }
    }

    /// Directories above our paths that are not there, the outermost first.
    func missingDirectories() -> [String] {
        var missing: Set<String> = []
        for path in ManagedFile.paths {
            var directory = AtomicFile.directory(of: root[path])
            while directory.utf8.count > max(1, root.prefix.utf8.count), access(directory, F_OK) != 0 {
                missing.insert(directory)
                directory = AtomicFile.directory(of: directory)
            }
        }
        return missing.sorted { $0.utf8.count < $1.utf8.count }
    }

    /// Several files at once, so that the disk is waited for once and not for each.
    func write(_ files: [(path: String, content: FileContent)]) throws(AtomicFile.ReplacementFailure) {
        for (index, file) in files.enumerated() {
            do throws(SystemError) {
                try AtomicFile.makeDirectory(AtomicFile.directory(of: root[file.path]))
            } catch {
                throw AtomicFile.ReplacementFailure(index: index, error: error)
            }
        }
        try AtomicFile.replace(
            files.map { path, content in
                AtomicFile.Replacement(
                    root[path],
                    content.bytes,
                    mode: content.mode,
                    owner: content.owner,
                    group: content.group,
                    followsLinks: ManagedFile.followsLinks(path)
                )
            }
        )
    }

    func write(_ path: String, _ state: FileState) throws {
        let file = root[path]
        switch state {
        case .absent:
            try AtomicFile.remove(file)
        case .file(let content):
            try write([(path, content)])
        case .link(let target):
            try AtomicFile.replaceLink(file, target: target)
        case .other:
            throw SystemError(code: EINVAL, operation: "write \(file)")
        }
    }

    /// Takes directories away again; one that somebody put something into stays.
    func remove(directories: [String]) {
        for directory in directories.reversed() { rmdir(directory) }
    }

    /// chronyd reads its sources when it is told to; where it does not run there is nobody to tell.
    ///
    /// - Returns: What is still to be done by hand, because chronyd did not take it.
    func tell(_ path: String) -> Problem? {
        let socket = root[Self.timeService]
        guard path == ManagedFile.timeServers, access(socket, F_OK) == 0 else { return nil }
        func problem(_ why: String) -> Problem {
            Problem(
                .file,
                "file \(path): chronyd did not read it: \(why)",
                remedy: "run chronyc reload sources, or systemctl restart chrony"
            )
        }
        do throws(SystemError) {
            let result = try Subprocess.run(["chronyc", "-h", socket, "reload", "sources"])
            return result.status == 0 ? nil : problem(String((result.output + result.errors).prefix { $0 != "\n" }))
        } catch {
            return problem("\(error)")
        }
    }

    private static let timeService = "/run/chrony/chronyd.sock"
}

/// The kernel's name of the machine.
enum HostNameOfKernel {
    static func read() throws(SystemError) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        try syscall("gethostname") { gethostname(&buffer, buffer.count) }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static func write(_ name: String) throws(SystemError) {
        try syscall("sethostname \(name)") { sethostname(name, name.utf8.count) }
    }
}
