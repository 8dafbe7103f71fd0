public import Files
internal import Glibc
internal import NetworkFiles
public import Syscalls

/// Files of an appliance, as they were at one moment or as they are to be.
public struct FileSet: Sendable, Hashable {
    /// Directories come before what is in them.
    public private(set) var files: [SavedFile]
    private var places: [String: Int]

    public init(_ files: [SavedFile] = []) {
        self.files = []
        places = [:]
        for file in files { self[file.path] = file }
    }

    /// One of them; setting one that is not there adds it at the end, setting nil leaves it out.
    public subscript(_ path: String) -> SavedFile? {
        get { places[path].map { files[$0] } }
        set {
            if let place = places[path] {
                if let newValue {
                    files[place] = newValue
                } else {
                    self = FileSet(files.filter { $0.path != path })
                }
            } else if let newValue {
                places[path] = files.count
                files.append(newValue)
            }
        }
    }

    /// The text of a file that is there.
    public func text(_ path: String) -> String? {
        guard let file = self[path], file.kind == .file else { return nil }
        return file.text
    }

    /// Without records of the machine that they were taken of.
    var portable: FileSet { FileSet(files.filter { !ApplianceFiles.ofThisMachine.contains($0.path) }) }

    /// Without what another machine's properties said, where `root` has been configured by its own.
    public func without(propertiesOfOthersThan root: Root) throws(SystemError) -> FileSet {
        // The first that first boot writes of them.
        guard try AtomicFile.status(root[ApplianceFiles.derivedDirectory + RouteTablesFile.path]) != nil else {
            return self
        }
        return FileSet(
            files.filter { file in
                !ApplianceFiles.ofTheProperties.contains { file.path == $0 || file.path.hasPrefix($0 + "/") }
            }
        )
    }

    /// Those that are not there, for every directory that writing these makes besides: gone again on the way back.
    func missingDirectories(_ root: Root) throws(SystemError) -> [SavedFile] {
        var missing: Set<String> = []
        for file in files where file.kind != .absent {
            var directory = AtomicFile.directory(of: file.path)
            while directory != "/", self[directory] == nil, !missing.contains(directory),
                try AtomicFile.status(root[directory]) == nil
            {
                missing.insert(directory)
                directory = AtomicFile.directory(of: directory)
            }
        }
        return missing.sorted().map { SavedFile($0, .absent) }
    }

    /// Bytes of all contents.
    public var size: Int { files.reduce(0) { $0 + $1.content.count } }

    /// What the paths of `others` are under `root` now, for going back to it.
    ///
    /// - Throws: `SystemError`; EFBIG for what is larger than a bundle may be.
    public static func read(_ root: Root, asIn others: FileSet) throws(SystemError) -> FileSet {
        let accounts = Accounts(root)
        var files: [SavedFile] = []
        for other in others.files {
            let file = try SavedFile.read(root, other.path, accounts, dated: other.time != nil)
            files.append(file ?? SavedFile(other.path, .absent))
        }
        return FileSet(files)
    }

    /// The same files with the owners that they get under `root`: a user who is not there leaves them to root.
    func owned(here root: Root) -> FileSet {
        let accounts = Accounts(root)
        return FileSet(
            files.map { file in
                var file = file
                file.user = accounts.user(accounts.user(named: file.user))
                file.group = accounts.group(accounts.group(named: file.group))
                return file
            }
        )
    }

    /// Whether a file of this machine is what it is here; times are compared where they mean something.
    func isSame(_ file: SavedFile) -> Bool {
        guard var own = self[file.path] else { return file.kind == .absent }
        if file.time == nil { own.time = nil }
        // The mode of a link is nobody's.
        if own.kind == .link { own.mode = file.mode }
        if own.kind == .absent { return file.kind == .absent }
        return own == file
    }
}

extension SavedFile {
    /// Most bytes that are read of a file.
    static let limit = 64 << 20

    /// What is at a path, links not followed; nil for nothing, and for what is neither file, link nor directory.
    static func read(_ root: Root, _ path: String, _ accounts: Accounts, dated: Bool = false)
        throws(SystemError) -> SavedFile?
    {
        guard let status = try root.status(ofLink: path) else { return nil }
        var file = SavedFile(
            path,
            mode: status.st_mode & 0o7777,
            user: accounts.user(status.st_uid),
            group: accounts.group(status.st_gid)
        )
        switch status.st_mode & S_IFMT {
        case S_IFREG:
            guard let content = try root.read(path, limit: limit) else { return nil }
            file.content = content
            if dated { file.time = Time(seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec) }
        case S_IFLNK:
            guard let target = try root.linkTarget(path) else { return nil }
            file.kind = .link
            file.mode = 0o777
            file.content = Array(target.utf8)
        case S_IFDIR:
            file.kind = .directory
        default:
            return nil
        }
        return file
    }
}
