public import Glibc
public import Syscalls

/// Reading where a stranger may have written: a disk that was attached, a copy that was unpacked.
///
/// Links are followed as if the root were `/`. Nothing is waited for, and nothing but files is read: an open of a device
/// can do something, and one of a FIFO may never come back.
extension Root {
    private var place: String { isReal ? "/" : prefix }

    /// lstat(2); nil for nothing.
    public func status(ofLink path: String) throws(SystemError) -> stat? {
        try open(path, FileDescriptor.pathOnly | O_NOFOLLOW) { file throws(SystemError) in try Self.status(file, path) }
            ?? nil
    }

    /// What a link holds; nil for nothing, and for what is no link.
    public func linkTarget(_ path: String) throws(SystemError) -> String? {
        try open(path, FileDescriptor.pathOnly | O_NOFOLLOW) { file throws(SystemError) in
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
            let size = buffer.count
            let count = readlinkat(file.raw, "", &buffer, size)
            return count < 0 ? nil : String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        } ?? nil
    }

    /// Where `path` leads to, as seen from inside the root; nil for nowhere.
    public func resolve(_ path: String) throws(SystemError) -> String? {
        func name(_ path: String) throws(SystemError) -> String? {
            try open(path, FileDescriptor.pathOnly) { file throws(SystemError) in
                try AtomicFile.linkTarget(of: "/proc/self/fd/\(file.raw)")
            } ?? nil
        }
        guard let top = try name("/"), let real = try name(path) else { return nil }
        return top == "/" ? real : String(real.dropFirst(top.utf8.count))
    }

    /// The content of a file; nil if it is not there.
    ///
    /// - Parameter limit: Most bytes; a longer file is EFBIG.
    /// - Throws: `SystemError`; EINVAL for what is no file.
    public func read(_ path: String, limit: Int) throws(SystemError) -> [UInt8]? {
        try open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY) { file throws(SystemError) in
            try requireFile(file, path)
            return try file.readToEnd(limit: limit, path: self[path])
        }
    }

    /// The first bytes of a file, all of one that is shorter; nil if it is not there.
    ///
    /// - Throws: `SystemError`; EINVAL for what is no file.
    public func read(_ path: String, first count: Int) throws(SystemError) -> [UInt8]? {
        try open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY) { file throws(SystemError) in
            try requireFile(file, path)
            return try file.read(first: count, path: self[path])
        }
    }

    private func requireFile(_ file: borrowing FileDescriptor, _ path: String) throws(SystemError) {
        guard try Self.status(file, path).st_mode & S_IFMT == S_IFREG else {
            throw SystemError(code: EINVAL, operation: "read \(self[path]), which is no file")
        }
    }

    private func open<Result>(
        _ path: String,
        _ flags: CInt,
        _ body: (borrowing FileDescriptor) throws(SystemError) -> Result
    ) throws(SystemError) -> Result? {
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(path, inRoot: place, flags)
        } catch  where [ENOENT, ENOTDIR, ELOOP].contains(error.code) {
            return nil
        }
        return try body(file)
    }

    private static func status(_ file: borrowing FileDescriptor, _ path: String) throws(SystemError) -> stat {
        var status = stat()
        guard fstat(file.raw, &status) == 0 else { throw SystemError(code: errno, operation: "fstat \(path)") }
        return status
    }
}
