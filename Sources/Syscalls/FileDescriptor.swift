internal import CLinux
public import Glibc

/// An open file descriptor, closed when its owner goes.
public struct FileDescriptor: ~Copyable, Sendable {
    public let raw: CInt

    /// Takes ownership of `raw`.
    public init(owning raw: CInt) { self.raw = raw }

    /// O_PATH: the place itself, which is neither read nor written.
    public static var pathOnly: CInt { clinux_o_path }

    /// open(2) with O_CLOEXEC.
    public static func open(
        _ path: String,
        _ flags: CInt,
        mode: mode_t = 0
    ) throws(SystemError) -> FileDescriptor {
        FileDescriptor(owning: try syscall("open \(path)") { clinux_open(path, flags, mode) })
    }

    /// openat2(2) with O_CLOEXEC and RESOLVE_IN_ROOT: links, absolute ones too, never lead out of `root`.
    public static func open(
        _ path: String,
        inRoot root: String,
        _ flags: CInt
    ) throws(SystemError) -> FileDescriptor {
        let directory = try open(root, pathOnly | O_DIRECTORY)
        return FileDescriptor(
            owning: try syscall("open \(path) in \(root)") { clinux_open_in(directory.raw, path, flags) }
        )
    }

    deinit { _ = Glibc.close(raw) }

    /// Gives the descriptor away without closing it.
    public consuming func release() -> CInt {
        let raw = raw
        discard self
        return raw
    }

    /// read(2) until the end of the file.
    ///
    /// - Parameter limit: Most bytes to take; a longer file is EFBIG.
    public func readToEnd(limit: Int = .max, path: String = "") throws(SystemError) -> [UInt8] {
        var bytes = try readKnown(limit: limit, path: path)
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let raw = raw
            let count = try syscall("read \(path)") {
                chunk.withUnsafeMutableBytes { Glibc.read(raw, $0.baseAddress, $0.count) }
            }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
            if bytes.count > limit { throw SystemError(code: EFBIG, operation: "read \(path)") }
        }
    }

    /// read(2) of at most so many bytes; fewer where the file ends before.
    public func read(first count: Int, path: String = "") throws(SystemError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var end = 0
        while end < count {
            let (raw, start) = (raw, end)
            let got = try syscall("read \(path)") {
                bytes.withUnsafeMutableBytes {
                    Glibc.read(raw, $0.baseAddress?.advanced(by: start), count - start)
                }
            }
            if got == 0 { break }
            end += got
        }
        return Array(bytes[..<end])
    }

    /// What one read gives of a file whose length is known: memory for all of it is taken once. Nothing of what has none.
    private func readKnown(limit: Int, path: String) throws(SystemError) -> [UInt8] {
        var status = stat()
        guard fstat(raw, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else { return [] }
        guard status.st_size <= limit else { throw SystemError(code: EFBIG, operation: "read \(path)") }
        let raw = raw
        var code: CInt = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
            let result = Glibc.read(raw, buffer.baseAddress, buffer.count)
            if result < 0 { code = errno }
            count = max(0, result)
        }
        if code != 0, code != EINTR { throw SystemError(code: code, operation: "read \(path)") }
        return bytes
    }

    /// Most bytes that are written at once: in pieces of several megabytes the kernel takes memory for them in blocks that
    /// it has to clear, or to get from a hypervisor, first, and a file of 5 MB takes six times as long.
    private static let piece = 256 << 10

    /// write(2) until everything is written.
    public func writeAll(_ bytes: [UInt8], path: String = "") throws(SystemError) {
        var offset = 0
        while offset < bytes.count {
            let raw = raw
            let start = offset
            offset += try syscall("write \(path)") {
                bytes.withUnsafeBytes {
                    Glibc.write(raw, $0.baseAddress?.advanced(by: start), min($0.count - start, Self.piece))
                }
            }
        }
    }

    /// fsync(2).
    public func sync(path: String = "") throws(SystemError) {
        let raw = raw
        try syscall("fsync \(path)") { Glibc.fsync(raw) }
    }
}
