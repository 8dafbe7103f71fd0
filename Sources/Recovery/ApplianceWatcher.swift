public import Files
internal import NetworkFiles
public import Syscalls

/// Tells when something that a bundle holds is another: of the files that make an appliance this one, and of those that
/// `[recovery]` names. What follows from them, or tells of them, is not watched.
public final class ApplianceWatcher {
    private let root: Root
    private var tree: WatchedTree
    private var own: FileWatcher
    /// Of what the settings name, and of what links lead to; nil: nothing.
    private var foreign: ForeignWatcher?

    /// - Throws: EMFILE or ENOSPC when the limits in `/proc/sys/fs/inotify` are reached.
    public init(_ root: Root) throws(SystemError) {
        self.root = root
        tree = WatchedTree(root)
        own = try Self.watcher(root, tree)
        try followForeign()
    }

    /// Readable when ``hasChanged()`` has something. Others after ``refresh()``.
    public var descriptors: [CInt] { [own.descriptor, foreign?.descriptor].compactMap { $0 } }

    /// Whether anything has changed since the last call; one that cannot be told is one. Never waits.
    public func hasChanged() -> Bool {
        let isForeign = foreign?.hasChanged() == true
        return (try? own.changes().isEmpty) != true || isForeign
    }

    /// Watches what there is now: to be called before a backup, which then has what is in directories that have come.
    public func refresh() throws(SystemError) {
        follow()
        try followForeign()
    }

    /// What the settings name and links lead to, where that is something else: heard of as a change as soon as it is
    /// watched.
    private func followForeign() throws(SystemError) {
        let settings = Backup.settings(root)
        let paths = (settings.passphrase.map { [$0] } ?? []) + settings.include + tree.links
        if paths == foreign?.paths ?? [] { return }
        foreign = nil
        if !paths.isEmpty { foreign = try ForeignWatcher(root, paths) }
    }

    /// Where directories that have come cannot be watched, what was watched before is.
    private func follow() {
        let now = WatchedTree(root)
        guard now != tree else { return }
        if now.directories != tree.directories {
            guard let watcher = try? Self.watcher(root, now) else { return }
            own = watcher
        }
        tree = now
    }

    private static func watcher(_ root: Root, _ tree: WatchedTree) throws(SystemError) -> FileWatcher {
        try FileWatcher(
            (ApplianceFiles.singles + [Passphrase.path]).map { root[$0] },
            directories: (tree.directories + [ApplianceFiles.hostKeys]).map { root[$0] }
        )
    }
}
