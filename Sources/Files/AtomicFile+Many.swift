public import Glibc
public import Syscalls

extension AtomicFile {
    /// One of several files that are replaced together; the parameters of ``replace(_:with:mode:owner:group:followsLinks:)``.
    public struct Replacement: Sendable, Hashable {
        public var path: String
        public var bytes: [UInt8]
        public var mode: mode_t
        public var owner: uid_t?
        public var group: gid_t?
        public var followsLinks: Bool

        public init(
            _ path: String,
            _ bytes: [UInt8],
            mode: mode_t = 0o644,
            owner: uid_t? = nil,
            group: gid_t? = nil,
            followsLinks: Bool = true
        ) {
            self.path = path
            self.bytes = bytes
            self.mode = mode
            self.owner = owner
            self.group = group
            self.followsLinks = followsLinks
        }
    }

    /// Which of several files failed.
    public struct ReplacementFailure: Error, CustomStringConvertible {
        /// Its place in the list.
        public var index: Int
        public var error: SystemError
        public var description: String { error.description }

        public init(index: Int, error: SystemError) {
            self.index = index
            self.error = error
        }
    }

    /// Replaces several files with few waits for the disk: all are written before the first is waited for, and each
    /// directory is waited for once. Each file is whole or not at all. A full disk fails before the first is replaced; after
    /// another failure some may be replaced and others not.
    ///
    /// - Returns: What was found of each.
    @discardableResult
    public static func replace(_ files: [Replacement]) throws(ReplacementFailure) -> [Outcome] {
        var staged: [Staged] = []
        do throws(ReplacementFailure) {
            for (index, file) in files.enumerated() {
                try at(index) { () throws(SystemError) in staged.append(try stage(file)) }
            }
            for (index, file) in staged.enumerated() {
                guard let temporary = file.temporary else { continue }
                try at(index) { () throws(SystemError) in try sync(temporary) }
            }
            for (index, file) in staged.enumerated() {
                guard let temporary = file.temporary else { continue }
                try at(index) { () throws(SystemError) in
                    try syscall("rename \(temporary) to \(file.path)") { rename(temporary, file.path) }
                }
                staged[index].temporary = nil
            }
        } catch {
            for temporary in staged.compactMap({ $0.temporary }) { unlink(temporary) }
            throw error
        }
        var synced: Set<String> = []
        for (index, file) in staged.enumerated()
        where file.outcome != .unchanged && synced.insert(directory(of: file.path)).inserted {
            try at(index) { () throws(SystemError) in try syncDirectory(of: file.path) }
        }
        return staged.map { $0.outcome }
    }

    private static func at(_ index: Int, _ body: () throws(SystemError) -> Void) throws(ReplacementFailure) {
        do {
            try body()
        } catch {
            throw ReplacementFailure(index: index, error: error)
        }
    }
}
