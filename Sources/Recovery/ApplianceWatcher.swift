public import Files
internal import Glibc
internal import NetworkFiles
internal import PKI
public import Syscalls

/// Tells when something that a bundle holds is another: of the files that make an appliance this one, and of those that
/// `include` of `[recovery]` names. What follows from them, or tells of them, is not watched.
public final class ApplianceWatcher {
    private struct Watched: Hashable {
        var files: [String]
        var directories: [String]
    }

    private let root: Root
    private var watched: Watched
    private var watcher: FileWatcher

    /// Directories below one that is included; more are not watched.
    private static let mostDirectories = 200

    /// - Throws: EMFILE or ENOSPC when the limits in `/proc/sys/fs/inotify` are reached.
    public init(_ root: Root) throws(SystemError) {
        self.root = root
        watched = Self.watched(root)
        watcher = try Self.watcher(watched, root)
    }

    /// Readable when ``hasChanged()`` has something. Another after ``refresh()``.
    public var descriptor: CInt { watcher.descriptor }

    /// Whether anything has changed since the last call; one that cannot be told is one. Never waits.
    public func hasChanged() -> Bool { (try? watcher.changes().isEmpty) != true }

    /// Watches what the settings name now, where that is something else. Changes that nobody has asked for yet are
    /// forgotten: it is called before everything is looked at.
    public func refresh() throws(SystemError) {
        let wanted = Self.watched(root)
        if wanted == watched { return }
        watcher = try Self.watcher(wanted, root)
        watched = wanted
    }

    private static func watcher(_ watched: Watched, _ root: Root) throws(SystemError) -> FileWatcher {
        try FileWatcher(watched.files.map { root[$0] }, directories: watched.directories.map { root[$0] })
    }

    private static func watched(_ root: Root) -> Watched {
        let settings = Backup.settings(root)
        var watched = Watched(
            files: ApplianceFiles.singles + [Passphrase.path] + (settings.passphrase.map { [$0] } ?? []),
            directories: [
                "/etc/appliance-net", PKIPaths.proxyDirectory, PKIPaths.directory, ApplianceFiles.hostKeys,
            ] + ApplianceFiles.stored
        )
        for path in settings.include { add(path, root, &watched, room: mostDirectories) }
        return watched
    }

    private static func add(_ path: String, _ root: Root, _ watched: inout Watched, room: Int) {
        guard watched.directories.count < room else { return }
        guard let status = try? root.status(ofLink: path), status.st_mode & S_IFMT == S_IFDIR else {
            watched.files.append(path)
            return
        }
        watched.directories.append(path)
        for name in ((try? AtomicFile.names(in: root[path])) ?? []).sorted() {
            let inner = path + "/" + name
            guard let status = try? root.status(ofLink: inner), status.st_mode & S_IFMT == S_IFDIR else { continue }
            add(inner, root, &watched, room: room)
        }
    }
}
