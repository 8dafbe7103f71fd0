internal import Files
internal import Glibc
internal import Syscalls

/// A file of a storage directory, known by its name alone.
struct StoredFile {
    let kind: StorageKind
    let directory: String
    let name: String

    var path: String { "\(directory)/\(name)" }

    /// The file of that name, whether or not it is there.
    ///
    /// - Throws: 404 for a name that no stored file can have: it would lead out of the directory.
    init(_ kind: StorageKind, _ directory: String, named name: String) throws(APIError) {
        guard Self.sanitized(name) == name else { throw .missing("file \(name)") }
        self.kind = kind
        self.directory = directory
        self.name = name
    }

    /// The name that an uploaded file gets: its last component, with `_` for what is not a letter, a digit, `-`, `_` or
    /// `.`; nil if nothing is left that may be a name.
    static func sanitized(_ name: String) -> String? {
        let last = name.split(whereSeparator: { "/\\".contains($0) }).last ?? ""
        let bytes = last.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                byte
            default: UInt8(ascii: "_")
            }
        }
        // Hidden names are those of files that are being written, and of directories.
        guard let first = bytes.first, first != UInt8(ascii: "."), bytes.count <= 200 else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The files of a directory in order of their names; none if there is no directory.
    static func list(_ kind: StorageKind, _ directory: String) throws(APIError) -> [StoredFile] {
        guard let stream = opendir(directory) else {
            let code = errno
            if code == ENOENT { return [] }
            throw failed(SystemError(code: code, operation: "list \(directory)"))
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            names.append(
                withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            )
        }
        var files: [StoredFile] = []
        for name in names.sorted() where sanitized(name) == name {
            let file = try StoredFile(kind, directory, named: name)
            if try file.size() != nil { files.append(file) }
        }
        return files
    }

    /// In bytes; nil if there is no such file.
    func size() throws(APIError) -> Int? {
        let status = try attempt { () throws(SystemError) in try AtomicFile.status(path) }
        guard let status, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }

    /// - Throws: 404 if there is no such file, 400 for one that is longer than any that is stored here.
    func read() throws(APIError) -> [UInt8] {
        guard let size = try size() else { throw .missing("file \(name)") }
        guard size <= kind.limit else {
            throw APIError(
                400,
                "file \(name) was not stored here and is not shown: it is longer than \(kind.limit) bytes"
            )
        }
        return try attempt { () throws(SystemError) in try AtomicFile.read(path, limit: kind.limit) }
    }

    /// Writes the file durably and all at once; makes the directory if there is none.
    func write(_ bytes: [UInt8]) throws(APIError) {
        try attempt { () throws(SystemError) in
            try AtomicFile.makeDirectory(directory, mode: kind == .certificates ? 0o700 : 0o755)
            try AtomicFile.replace(path, with: bytes, mode: mode_t(kind.mode))
        }
    }

    /// Keeps the file as it is, for the time until another content has been taken.
    func keep() throws(APIError) -> KeptFile {
        try attempt { () throws(SystemError) in try KeptFile(path) }
    }

    func bringBack(_ former: KeptFile) throws(APIError) {
        try attempt { () throws(SystemError) in try former.bringBack() }
    }

    func remove() throws(APIError) {
        _ = try attempt { () throws(SystemError) in try AtomicFile.remove(path) }
    }

    private func attempt<Result>(_ body: () throws(SystemError) -> Result) throws(APIError) -> Result {
        do throws(SystemError) {
            return try body()
        } catch {
            throw Self.failed(error)
        }
    }

    private static func failed(_ error: SystemError) -> APIError {
        APIError(error.code == ENOSPC || error.code == EDQUOT ? 507 : 500, "\(error)")
    }
}
