internal import CLinux
public import Glibc

/// An open file descriptor, closed when its owner goes.
public struct FileDescriptor: ~Copyable, Sendable {
    public let raw: CInt

    /// Takes ownership of `raw`.
    public init(owning raw: CInt) { self.raw = raw }

    /// open(2) with O_CLOEXEC.
    public static func open(
        _ path: String,
        _ flags: CInt,
        mode: mode_t = 0
    ) throws(SystemError) -> FileDescriptor {
        FileDescriptor(owning: try syscall("open \(path)") { clinux_open(path, flags, mode) })
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
        var bytes: [UInt8] = []
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

    /// write(2) until everything is written.
    public func writeAll(_ bytes: [UInt8], path: String = "") throws(SystemError) {
        var offset = 0
        while offset < bytes.count {
            let raw = raw
            let start = offset
            offset += try syscall("write \(path)") {
                bytes.withUnsafeBytes { Glibc.write(raw, $0.baseAddress?.advanced(by: start), $0.count - start) }
            }
        }
    }

    /// fsync(2).
    public func sync(path: String = "") throws(SystemError) {
        let raw = raw
        try syscall("fsync \(path)") { Glibc.fsync(raw) }
    }
}
