internal import Files
internal import FoundationEssentials
internal import Glibc
internal import Syscalls

/// What is needed to bring a restore that was begun to one of its two ends, on disk.
///
/// A directory with two files: `wanted` and `former`; `source` beside them says where the files are from. It comes by one rename, and goes by one. While both are in it the
/// way is forward; where `wanted` is gone, which takes no room on the disk, the way is back. What is in them lies on the
/// same disk under the same protection already.
struct RestoreJournal {
    static let path = "/var/lib/appliance-net/restore"

    /// Where it was left.
    enum State {
        case none
        case forward(wanted: FileSet, former: FileSet, source: String?)
        case back(former: FileSet)
    }

    private let root: Root
    private let directory: String
    private var staging: String { directory + ".new" }
    private var finished: String { directory + ".done" }

    init(_ root: Root) {
        self.root = root
        directory = root[Self.path]
    }

    var isOpen: Bool { access(directory, F_OK) == 0 }

    func state() throws -> State {
        guard isOpen else { return .none }
        let former = try read("former")
        guard try AtomicFile.status(directory + "/wanted") != nil else { return .back(former: former) }
        let source = try AtomicFile.readText(directory + "/source", limit: 65536)
        return .forward(wanted: try read("wanted"), former: former, source: source)
    }

    /// From here on it is brought to an end, whatever happens to us.
    ///
    /// - Parameter source: Where the files are from, for the history.
    func begin(wanted: FileSet, former: FileSet, source: String? = nil) throws {
        try clean()
        try AtomicFile.makeDirectory(staging, mode: 0o700)
        do {
            for (name, files) in [("wanted", wanted), ("former", former)] {
                try AtomicFile.replace(staging + "/" + name, with: try Self.encode(files), mode: 0o600)
            }
            if let source { try AtomicFile.replace(staging + "/source", with: source, mode: 0o600) }
            try move(staging, directory)
        } catch {
            try? clean()
            throw error
        }
    }

    func turnBack() throws { try AtomicFile.remove(directory + "/wanted") }

    /// It has come to an end.
    func end() throws {
        try move(directory, finished)
        try clean()
    }

    /// Removes what is left of one that had not begun, or had ended.
    func clean() throws {
        for rest in [staging, finished] where access(rest, F_OK) == 0 {
            for name in try AtomicFile.names(in: rest) { unlink(rest + "/" + name) }
            try syscall("rmdir \(rest)") { rmdir(rest) }
        }
    }

    private func move(_ from: String, _ to: String) throws(SystemError) {
        try syscall("rename \(from) to \(to)") { rename(from, to) }
        let parent = AtomicFile.directory(of: to)
        try FileDescriptor.open(parent, O_RDONLY | O_DIRECTORY).sync(path: parent)
    }

    private func read(_ name: String) throws -> FileSet {
        let path = directory + "/" + name
        guard let bytes = try root.read(Self.path + "/" + name, limit: 2 * FileList.largestPayload),
            let files = Self.decode(bytes)
        else {
            throw RestoreError("\(path) cannot be read", remedy: "restore the bundle again, then remove \(directory)")
        }
        return files
    }

    /// Files as the journal has them: the length of a list as decimal digits, a newline, the list, the contents.
    static func encode(_ files: FileSet) throws -> [UInt8] {
        let encoder = JSONEncoder()
        // The same files are the same bytes.
        encoder.outputFormatting = [.sortedKeys]
        let text = try encoder.encode(FileList(files))
        return Array("\(text.count)\n".utf8) + text + files.payload
    }

    static func decode(_ bytes: [UInt8]) -> FileSet? {
        guard let newline = bytes.firstIndex(of: 0x0a),
            let length = Int(String(decoding: bytes[..<newline], as: UTF8.self)), length >= 0,
            bytes.count - newline - 1 >= length,
            let list = try? JSONDecoder().decode(FileList.self, from: Data(bytes[newline + 1..<newline + 1 + length]))
        else { return nil }
        return list.files(Array(bytes[(newline + 1 + length)...]))
    }
}
