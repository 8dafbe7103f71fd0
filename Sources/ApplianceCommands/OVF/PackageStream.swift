internal import Addresses
internal import Crypto
internal import Diagnostics
internal import Glibc
internal import Syscalls

/// Reads a package's files from beginning to end, with one piece in memory.
struct PackageStream: ~Copyable {
    private let file: FileDescriptor
    let path: String

    private static let block = 512
    private static let piece = 1 << 20

    init(_ path: String) throws(SystemError) {
        // Nothing is waited for: a FIFO has no end.
        file = try FileDescriptor.open(path, O_RDONLY | O_NONBLOCK)
        self.path = path
    }

    /// Whether it begins as a tar archive does.
    static func isArchive(_ path: String) throws(SystemError) -> Bool {
        let stream = try PackageStream(path)
        let header = try stream.take(block)
        return header.count == block && TarHeader.isSound(header)
    }

    /// A file of its own.
    static func member(_ path: String, name: String) throws -> PackageMember {
        let stream = try PackageStream(path)
        var status = stat()
        guard fstat(stream.file.raw, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw SystemError(code: EINVAL, operation: "read \(path), which is no file")
        }
        return try stream.member(name, Int(status.st_size))
    }

    /// The members of a tar archive.
    static func members(_ path: String) throws -> [PackageMember] {
        let stream = try PackageStream(path)
        var members: [PackageMember] = []
        while true {
            let header = try stream.take(block)
            if header.allSatisfy({ $0 == 0 }) { return members }
            guard header.count == block, TarHeader.isSound(header), let entry = TarHeader(header) else {
                throw problem(path, "the archive is damaged behind \(members.last?.name ?? "its beginning")")
            }
            guard entry.isFile, !entry.name.contains("/") else {
                throw problem(path, "\(entry.name) is not a plain file beside the descriptor")
            }
            members.append(try stream.member(entry.name, entry.size))
            _ = try stream.take((block - entry.size % block) % block)
        }
    }

    private func member(_ name: String, _ size: Int) throws -> PackageMember {
        var hash = SHA256()
        var content: [UInt8] = []
        var rest = size
        while rest > 0 {
            let bytes = try take(min(rest, Self.piece))
            guard !bytes.isEmpty else {
                throw Self.problem(path, "it ends inside \(name), \(rest) bytes before that one's end")
            }
            hash.update(data: bytes)
            if PackageMember.isKept(name, size) { content += bytes }
            rest -= bytes.count
        }
        return PackageMember(
            name: name,
            size: size,
            digest: Hexadecimal.text(hash.finalize()),
            content: PackageMember.isKept(name, size) ? content : nil
        )
    }

    /// So many bytes; fewer at the end.
    private func take(_ count: Int) throws(SystemError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var offset = 0
        while offset < count {
            let raw = file.raw
            let start = offset
            let got = try syscall("read \(path)") {
                bytes.withUnsafeMutableBytes {
                    Glibc.read(raw, $0.baseAddress?.advanced(by: start), count - start)
                }
            }
            if got == 0 { break }
            offset += got
        }
        return Array(bytes.prefix(offset))
    }

    private static func problem(_ path: String, _ message: String) -> DiagnosticsError {
        DiagnosticsError([Diagnostic(file: path, message, remedy: "get the OVA again, whole")])
    }
}
