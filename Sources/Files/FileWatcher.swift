internal import Glibc
public import Syscalls

/// Tells when files change (inotify(7)), whether or not they or their directories exist yet.
///
/// Directories are watched, not files: a file that is renamed over, or deleted and made again, is another file with the
/// same name. A directory on the way from `/` tells when it goes, and what comes in the place of one that is missing, or of
/// a symbolic link, is heard of in the directory above: nobody is woken by what others do in `/`, `/run` or `/tmp`. A
/// link's target is watched like the link. Other names in the same directories as a file are ignored.
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
        /// Names in it that lead to a path: the last component, or one on the way that is no directory.
        var names: Set<String>
    }

    /// What is to be heard of a directory.
    private struct Wanted {
        var names: Set<String> = []
        /// There is a path in it, not only a way to one.
        var hasPaths = false
        /// Every file in it is meant.
        var isMeant = false

        var mask: UInt32 {
            let gone = IN_DELETE_SELF | IN_MOVE_SELF
            let appears = names.isEmpty && !isMeant ? 0 : IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO
            let content = hasPaths || isMeant ? IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB : 0
            return UInt32(gone | appears | content) | UInt32(IN_ONLYDIR)
        }
    }

    private let inotify: FileDescriptor
    private let paths: [String]
    /// Directories of which every file is meant.
    private let directories: Set<String>
    private var watches: [CInt: [Watch]] = [:]
    /// The paths behind the links, by what they resolve to.
    private var targets: [String: String] = [:]
    private var existing: Set<String> = []
    private var buffer = [UInt8](repeating: 0, count: 16384)

    /// Readable when ``changes()`` has something.
    public var descriptor: CInt { inotify.raw }

    /// Begins to watch.
    ///
    /// - Parameters:
    ///   - paths: Absolute paths of files.
    ///   - directories: Absolute paths of directories: a change of any file in one is a change of the directory.
    /// - Throws: EMFILE or ENOSPC when the limits in `/proc/sys/fs/inotify` are reached.
    public init(_ paths: [String], directories: [String] = []) throws(SystemError) {
        self.paths = paths + directories
        self.directories = Set(directories)
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
                        let isGone = event.mask & UInt32(IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED) != 0
                        if isGone { noteAll(behind: watch.directory, &changes) }
                    } else if directories.contains(watch.directory) {
                        let isOpen = event.mask & UInt32(IN_MODIFY | IN_CREATE) != 0
                        changes[watch.directory] = isOpen ? .writing : .written
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
            if event.mask & appears != 0 { noteAll(behind: path, &changes) }
            return
        }
        // Who makes a file has it open; who moves one here has written it.
        let isOpen = event.mask & UInt32(IN_MODIFY | IN_CREATE) != 0
        changes[watched] = isOpen ? .writing : .written
    }

    /// A directory or a link has gone or come: its files are others.
    private func noteAll(behind path: String, _ changes: inout [String: Change]) {
        let behind =
            paths.filter { $0.hasPrefix(path + "/") } + targets.filter { $0.key.hasPrefix(path + "/") }.map { $0.value }
        for path in behind {
            if access(path, F_OK) == 0 {
                changes[path] = .written
            } else if existing.contains(path) {
                changes[path] = .removed
            }
        }
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
        // Again where a directory went while it was looked at: nothing would tell when it comes back.
        for _ in 0..<10 { if try scan() { return } }
    }

    /// False if a directory has gone meanwhile.
    private func scan() throws(SystemError) -> Bool {
        var wanted: [String: Wanted] = [:]
        targets = [:]
        for path in paths {
            Self.add(path, to: &wanted)
            if directories.contains(path) { wanted[path, default: Wanted()].isMeant = true }
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
        var masks: [CInt: UInt32] = [:]
        var isWhole = true
        // Parents first: a child that comes after its parent was watched is an event.
        for (directory, wish) in wanted.sorted(by: { $0.key.utf8.count < $1.key.utf8.count }) {
            let raw = inotify.raw
            do throws(SystemError) {
                let watch = try syscall("watch \(directory)") { inotify_add_watch(raw, directory, wish.mask) }
                // The same directory by another name: what is to be heard by either.
                if let other = masks[watch] { inotify_add_watch(raw, directory, wish.mask | other) }
                masks[watch, default: 0] |= wish.mask
                found[watch, default: []].append(Watch(directory: directory, names: wish.names))
            } catch  where [ENOENT, ENOTDIR, ELOOP].contains(error.code) {
                if let (parent, name) = Self.split(directory), wanted[parent]?.names.contains(name) != true,
                    found.values.contains(where: { $0.contains { $0.directory == parent } })
                {
                    isWhole = false
                }
            }
        }
        // A directory that was moved away is watched at its new place, which is none of ours.
        for old in watches.keys where found[old] == nil { inotify_rm_watch(inotify.raw, old) }
        watches = found
        return isWhole
    }

    /// Every directory above `path`; what is heard of in each is what nothing else tells.
    private static func add(_ path: String, to wanted: inout [String: Wanted]) {
        var directory = ""
        let components = path.split(separator: "/")
        for (index, name) in components.enumerated() {
            let above = directory.isEmpty ? "/" : directory
            directory += "/" + name
            var wish = wanted[above] ?? Wanted()
            if index == components.count - 1 {
                wish.hasPaths = true
                wish.names.insert(String(name))
            } else if !isDirectory(directory) {
                wish.names.insert(String(name))
            }
            wanted[above] = wish
        }
    }

    /// Not by a link.
    private static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private static func split(_ path: String) -> (parent: String, name: String)? {
        guard let slash = path.lastIndex(of: "/"), path.utf8.count > 1 else { return nil }
        let parent = path[..<slash]
        return (parent.isEmpty ? "/" : String(parent), String(path[path.index(after: slash)...]))
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
