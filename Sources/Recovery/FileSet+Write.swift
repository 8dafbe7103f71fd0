internal import Files
internal import Glibc
internal import Syscalls

extension FileSet {
    /// What writing them would change under `root`, in their order.
    public func differences(from former: FileSet) -> [FileChange] {
        files.compactMap { file in
            let before = former[file.path].flatMap { $0.kind == .absent ? nil : $0 }
            if former.isSame(file) { return nil }
            switch (before, file.kind) {
            case (nil, .absent): return nil
            case (nil, let kind): return FileChange(verb: .add, path: file.path, kind: kind)
            case (let before?, .absent): return FileChange(verb: .delete, path: file.path, kind: before.kind)
            case (_, let kind): return FileChange(verb: .change, path: file.path, kind: kind)
            }
        }
    }

    /// Makes the files under `root` these. Done twice it changes nothing; one that fails may leave some written.
    func write(_ root: Root) throws(SystemError) {
        let accounts = Accounts(root)
        var replacements: [AtomicFile.Replacement] = []
        for file in files {
            try root.confine(file.path)
            let place = root[file.path]
            switch file.kind {
            case .directory: try file.makeDirectory(place, accounts)
            case .file:
                try AtomicFile.makeDirectory(AtomicFile.directory(of: place))
                try file.clear(place)
                replacements.append(
                    AtomicFile.Replacement(
                        place,
                        file.content,
                        mode: file.mode,
                        owner: accounts.user(named: file.user),
                        group: accounts.group(named: file.group)
                    )
                )
            case .link, .absent: break
            }
        }
        do {
            try AtomicFile.replace(replacements)
        } catch {
            throw error.error
        }
        for file in files {
            let place = root[file.path]
            switch file.kind {
            case .file: try file.date(place)
            case .link:
                try AtomicFile.makeDirectory(AtomicFile.directory(of: place))
                try file.clear(place)
                try AtomicFile.replaceLink(place, target: file.text)
            case .directory, .absent: break
            }
        }
        try removeAbsent(root)
    }

    /// Removes what is not to be there, what is in a directory before the directory.
    func removeAbsent(_ root: Root) throws(SystemError) {
        let absent = files.filter { $0.kind == .absent }
        for file in absent.sorted(by: { $0.path > $1.path }) { try file.remove(root[file.path]) }
    }
}

extension SavedFile {
    fileprivate func makeDirectory(_ place: String, _ accounts: Accounts) throws(SystemError) {
        try clear(place)
        try AtomicFile.makeDirectory(place, mode: mode)
        let (user, group) = (accounts.user(named: user), accounts.group(named: group))
        guard let status = try AtomicFile.status(place) else { return }
        if status.st_uid != user || status.st_gid != group {
            try syscall("chown \(place)") { chown(place, user, group) }
        }
        if status.st_mode & 0o7777 != mode { try syscall("chmod \(place)") { chmod(place, mode) } }
    }

    /// Makes way for what is of another kind: an empty directory goes; a link goes where a directory is to be.
    fileprivate func clear(_ place: String) throws(SystemError) {
        var status = stat()
        guard lstat(place, &status) == 0 else { return }
        let isDirectory = status.st_mode & S_IFMT == S_IFDIR
        if isDirectory, kind != .directory { try syscall("rmdir \(place)") { rmdir(place) } }
        if !isDirectory, kind == .directory { try AtomicFile.remove(place) }
        // A link to nowhere can not be written through.
        if kind == .file, status.st_mode & S_IFMT == S_IFLNK { try AtomicFile.remove(place) }
    }

    fileprivate func date(_ place: String) throws(SystemError) {
        guard let time else { return }
        let moment = timespec(tv_sec: time.seconds, tv_nsec: time.nanoseconds)
        let times = [moment, moment]
        try syscall("utimensat \(place)") { utimensat(AT_FDCWD, place, times, 0) }
    }

    fileprivate func remove(_ place: String) throws(SystemError) {
        var status = stat()
        guard lstat(place, &status) == 0 else { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            // What somebody has put into it meanwhile stays.
            if rmdir(place) != 0, errno != ENOTEMPTY { throw SystemError(code: errno, operation: "rmdir \(place)") }
        } else {
            try AtomicFile.remove(place)
        }
    }
}
