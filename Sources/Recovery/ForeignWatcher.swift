internal import Files
internal import Glibc
internal import Syscalls

/// Hears of changes of paths that an admin has named: they may lie anywhere, on a mount whose server is gone too, where no
/// call returns. So a thread of its own asks for them, and hangs there alone.
final class ForeignWatcher: Sendable {
    private struct Watched: Hashable {
        var files: [String] = []
        var directories: [String] = []
    }

    /// Lives as long as the longer of the thread and its owner.
    private final class Bells: Sendable {
        /// Readable when something has changed.
        let news: Bell
        /// Readable when nobody asks any more.
        let end: Bell

        init() throws(SystemError) {
            news = try Bell()
            end = try Bell()
        }
    }

    /// Of directories, and of files; more are not watched.
    private static let most = 200

    let paths: [String]
    private let bells: Bells

    /// - Parameter paths: Files and directories, with all that is in them.
    init(_ root: Root, _ paths: [String]) throws(SystemError) {
        self.paths = paths
        let bells = try Bells()
        self.bells = bells
        try startDetachedThread("watch what belongs to the appliance elsewhere") { Self.watch(root, paths, bells) }
    }

    deinit { bells.end.ring() }

    /// Readable when ``hasChanged()`` has something; first when it is being watched, since nothing is known of before.
    var descriptor: CInt { bells.news.descriptor }

    /// Whether anything has changed since the last call. Never waits.
    func hasChanged() -> Bool { bells.news.take() }

    private static func watch(_ root: Root, _ paths: [String], _ bells: Bells) {
        var watched = watched(root, paths)
        while true {
            let (files, directories) = (watched.files.map { root[$0] }, watched.directories.map { root[$0] })
            // Out of inotify: every backup sees what is there all the same.
            guard let watcher = try? FileWatcher(files, directories: directories) else { return }
            var isSame = true
            bells.news.ring()
            while isSame {
                var waits = [watcher.descriptor, bells.end.descriptor].map {
                    pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
                }
                if poll(&waits, 2, -1) < 0 { continue }
                if waits[1].revents != 0 { return }
                if (try? watcher.changes().isEmpty) == true { continue }
                let now = Self.watched(root, paths)
                isSame = now == watched
                watched = now
                bells.news.ring()
            }
        }
    }

    private static func watched(_ root: Root, _ paths: [String]) -> Watched {
        var watched = Watched()
        for path in paths { add(path, root, &watched) }
        return watched
    }

    private static func add(_ path: String, _ root: Root, _ watched: inout Watched) {
        guard watched.directories.count < most, watched.files.count < most else { return }
        let kind = kind(path, root)
        guard kind == S_IFDIR else {
            watched.files.append(path)
            // A bundle has what the link leads to.
            if kind == S_IFLNK, let place = try? root.resolve(path) { watched.files.append(place) }
            return
        }
        watched.directories.append(path)
        for name in ((try? AtomicFile.names(in: root[path])) ?? []).sorted() {
            let inner = path + "/" + name
            if let kind = Self.kind(inner, root), kind == S_IFDIR || kind == S_IFLNK { add(inner, root, &watched) }
        }
    }

    /// Not of what a link leads to.
    private static func kind(_ path: String, _ root: Root) -> mode_t? {
        (try? root.status(ofLink: path)).map { $0.st_mode & S_IFMT }
    }
}
