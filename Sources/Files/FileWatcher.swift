internal import Glibc
public import Syscalls

/// Tells when files change (inotify(7)), whether or not they or their directories exist yet.
///
/// Directories are watched, not files: a file that is renamed over, or deleted and made again, is another file with the
/// same name. Every directory on the way from `/` is watched too, so that one that is replaced or made later is found.
/// A symbolic link's target is watched like the link. Other names in the same directories are ignored.
public final class FileWatcher {
    /// What happened to a path.
    public enum Change: Hashable, Sendable {
        /// Its content may be another now, and nobody is known to be writing it.
        case written
        /// Somebody has written a part of it and has it open still; ``written`` follows when they close it.
        case writing
        /// There is no such file now; an editor may be about to make it again.
        case removed
    }

    private struct Watch {
        var directory: String
        /// Names in it that lead to a path: a component on the way, or the last one.
        var names: Set<String> = []
    }

    private let inotify: FileDescriptor
    private let paths: [String]
    private var watches: [CInt: [Watch]] = [:]
    /// The paths behind the links, by what they resolve to.
    private var targets: [String: String] = [:]
    private var existing: Set<String> = []
    private var buffer = [UInt8](repeating: 0, count: 16384)

    /// Readable when ``changes()`` has something.
    public var descriptor: CInt { inotify.raw }

    private static let mask =
        UInt32(
            IN_MODIFY | IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB
                | IN_DELETE_SELF
                | IN_MOVE_SELF
        ) | UInt32(IN_ONLYDIR)

    /// Begins to watch.
    ///
    /// - Parameter paths: Absolute paths of files.
    /// - Throws: EMFILE or ENOSPC when the limits in `/proc/sys/fs/inotify` are reached.
    public init(_ paths: [String]) throws(SystemError) {
        self.paths = paths
        inotify = FileDescriptor(
            owning: try syscall("watch files") { inotify_init1(CInt(IN_NONBLOCK | IN_CLOEXEC)) }
        )
        try rescan()
        existing = present()
    }

    /// What has changed since the last call; empty if only other files did. Never waits.
    public func changes() throws(SystemError) -> [String: Change] {
        var changes: [String: Change] = [:]
        var isMoved = false
        // Of very much a part is left for the next time: who writes faster than we read holds nobody up.
        for _ in 0..<64 {
            guard let count = try readBuffer(), count > 0 else { break }
            for event in Event.read(buffer[..<count]) {
                if event.mask & UInt32(IN_Q_OVERFLOW) != 0 {
                    // Events were lost: everything may have changed.
                    for path in paths { changes[path] = .written }
                    isMoved = true
                }
                for watch in watches[event.watch] ?? [] {
                    if event.name.isEmpty {
                        isMoved = true
                    } else if watch.names.contains(event.name) {
                        note(event, watch.directory, &changes, &isMoved)
                    }
                }
                if event.mask & UInt32(IN_IGNORED) != 0 { watches[event.watch] = nil }
            }
        }
        if isMoved { try rescan() }
        let now = present()
        for path in paths {
            if now.contains(path) {
                // It came with a directory that was put in place.
                let isNew = !existing.contains(path) && changes[path] == nil
                if isNew || changes[path] == .removed { changes[path] = .written }
            } else if existing.contains(path) || changes[path] != nil {
                changes[path] = .removed
            }
        }
        existing = now
        return changes
    }

    private func note(_ event: Event, _ directory: String, _ changes: inout [String: Change], _ isMoved: inout Bool) {
        let path = directory == "/" ? "/" + event.name : directory + "/" + event.name
        let appears = UInt32(IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO)
        if event.mask & appears != 0 { isMoved = true }
        guard let watched = paths.contains(path) ? path : targets[path] else {
            // A directory or link on the way: all that lies behind it may be another.
            let change = event.mask & UInt32(IN_DELETE | IN_MOVED_FROM) != 0 ? Change.removed : .written
            if event.mask & appears != 0 {
                let behind =
                    paths.filter { $0.hasPrefix(path + "/") }
                    + targets.filter { $0.key.hasPrefix(path + "/") }.map { $0.value }
                for path in behind where change == .removed || access(path, F_OK) == 0 { changes[path] = change }
            }
            return
        }
        // Who makes a file has it open; who moves one here has written it.
        let isOpen = event.mask & UInt32(IN_MODIFY | IN_CREATE) != 0
        changes[watched] = isOpen ? .writing : .written
    }

    private func present() -> Set<String> { Set(paths.filter { access($0, F_OK) == 0 }) }

    private func readBuffer() throws(SystemError) -> Int? {
        let raw = inotify.raw
        return try syscallNonBlocking("read file events") {
            buffer.withUnsafeMutableBytes { read(raw, $0.baseAddress, $0.count) }
        }
    }

    /// Watches what is there now, and forgets what was moved away.
    private func rescan() throws(SystemError) {
        var wanted: [String: Set<String>] = [:]
        targets = [:]
        for path in paths {
            Self.add(path, to: &wanted)
            if let real = realpath(path, nil) {
                let target = String(cString: real)
                free(real)
                if target != path {
                    targets[target] = path
                    Self.add(target, to: &wanted)
                }
            }
        }
        var found: [CInt: [Watch]] = [:]
        // Parents first: a child that comes after its parent was watched is an event.
        for (directory, names) in wanted.sorted(by: { $0.key.utf8.count < $1.key.utf8.count }) {
            let raw = inotify.raw
            do throws(SystemError) {
                let watch = try syscall("watch \(directory)") { inotify_add_watch(raw, directory, Self.mask) }
                found[watch, default: []].append(Watch(directory: directory, names: names))
            } catch  where [ENOENT, ENOTDIR, ELOOP].contains(error.code) {
                continue
            }
        }
        // A directory that was moved away is watched at its new place, which is none of ours.
        for old in watches.keys where found[old] == nil { inotify_rm_watch(inotify.raw, old) }
        watches = found
    }

    /// Every directory above `path`, with the name that leads on.
    private static func add(_ path: String, to wanted: inout [String: Set<String>]) {
        var directory = ""
        for name in path.split(separator: "/") {
            wanted[directory.isEmpty ? "/" : directory, default: []].insert(String(name))
            directory += "/" + name
        }
    }
}

extension FileWatcher {
    /// `struct inotify_event`
    private struct Event {
        var watch: CInt
        var mask: UInt32
        /// Empty for an event of the directory itself.
        var name: String

        static func read(_ bytes: ArraySlice<UInt8>) -> [Event] {
            var events: [Event] = []
            bytes.withUnsafeBytes { bytes in
                var offset = 0
                while offset + 16 <= bytes.count {
                    let length = Int(bytes.loadUnaligned(fromByteOffset: offset + 12, as: UInt32.self))
                    guard offset + 16 + length <= bytes.count else { return }
                    let name = bytes[(offset + 16)..<(offset + 16 + length)].prefix { $0 != 0 }
                    events.append(
                        Event(
                            watch: bytes.loadUnaligned(fromByteOffset: offset, as: CInt.self),
                            mask: bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self),
                            name: String(decoding: name, as: UTF8.self)
                        )
                    )
                    offset += 16 + length
                }
            }
            return events
        }
    }
}
