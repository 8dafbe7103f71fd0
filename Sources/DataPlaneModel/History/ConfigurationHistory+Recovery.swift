internal import Files
internal import Glibc
internal import Syscalls

extension ConfigurationHistory {
    /// What the history says of the file that was found at start.
    struct Recovered {
        /// The version of the file.
        var version: Int
        /// A change that was on the disk and not acknowledged when the process ended.
        var pending: Entry?
    }

    /// Compares the file with the newest version that is kept. A change that was cut off before it was in place is
    /// forgotten; a file that somebody wrote while nobody looked is a new version.
    ///
    /// - Parameters:
    ///   - path: The configuration.
    ///   - version: What its head says.
    ///   - bytes: Its content.
    func recover(_ path: String, version: Int, _ bytes: [UInt8]) throws(SystemError) -> Recovered {
        try PreparedFile.sweep(beside: path)
        guard let status = try AtomicFile.status(path), status.st_mode & S_IFMT == S_IFREG else {
            return Recovered(version: version)
        }
        try makeDirectory()
        let signature = FileSignature(status)
        for entry in try unsettled() {
            if entry.version == version, try isFile(entry, signature) {
                return Recovered(version: version, pending: entry)
            }
            drop(entry)
        }
        let kept = try entries()
        // One that was written in place while nobody looked is not what was in effect any more.
        for entry in kept where try !isIntact(entry) { drop(entry) }
        guard let newest = kept.last else { return try add(path, version, signature) }
        if try isIntact(newest) {
            if try isFile(newest, signature) { return Recovered(version: newest.version) }
            if newest.version == version, try AtomicFile.read(self.path(of: newest)) == bytes {
                return Recovered(version: version)
            }
        }
        return try add(path, max(version, newest.version + 1), signature)
    }

    private func add(_ path: String, _ version: Int, _ signature: FileSignature) throws(SystemError) -> Recovered {
        try keep(path, Entry(version: version, origin: .edit, signature))
        try prune()
        return Recovered(version: version)
    }

    private func unsettled() throws(SystemError) -> [Entry] {
        try AtomicFile.names(in: directory).compactMap { Entry(name: $0) }.filter { $0.isPending }
    }

    /// Whether the version's file has the time that its name tells.
    private func isIntact(_ entry: Entry) throws(SystemError) -> Bool {
        guard let status = try AtomicFile.status(path(of: entry)) else { return false }
        return entry.time == status.st_mtim.tv_sec && entry.nanoseconds == status.st_mtim.tv_nsec
    }
}
