public import Files
internal import NetworkFiles
internal import PKI
public import Syscalls

/// Tells when something that a bundle holds is another: of the files that make an appliance this one, and of those that
/// `[recovery]` names. What follows from them, or tells of them, is not watched.
public final class ApplianceWatcher {
    private let root: Root
    private let own: FileWatcher
    /// Of what the settings name; nil: nothing.
    private var foreign: ForeignWatcher?

    /// - Throws: EMFILE or ENOSPC when the limits in `/proc/sys/fs/inotify` are reached.
    public init(_ root: Root) throws(SystemError) {
        self.root = root
        let directories =
            ["/etc/appliance-net", PKIPaths.proxyDirectory, PKIPaths.directory, ApplianceFiles.hostKeys]
            + ApplianceFiles.stored
        own = try FileWatcher(
            (ApplianceFiles.singles + [Passphrase.path]).map { root[$0] },
            directories: directories.map { root[$0] }
        )
        try refresh()
    }

    /// Readable when ``hasChanged()`` has something. Others after ``refresh()``.
    public var descriptors: [CInt] { [own.descriptor, foreign?.descriptor].compactMap { $0 } }

    /// Whether anything has changed since the last call; one that cannot be told is one. Never waits.
    public func hasChanged() -> Bool {
        let isForeign = foreign?.hasChanged() == true
        return (try? own.changes().isEmpty) != true || isForeign
    }

    /// Watches what the settings name now, where that is something else: heard of as a change as soon as it is watched.
    public func refresh() throws(SystemError) {
        let settings = Backup.settings(root)
        let paths = (settings.passphrase.map { [$0] } ?? []) + settings.include
        if paths == foreign?.paths ?? [] { return }
        foreign = nil
        if !paths.isEmpty { foreign = try ForeignWatcher(root, paths) }
    }
}
