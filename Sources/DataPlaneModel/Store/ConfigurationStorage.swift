internal import Files
internal import Glibc
internal import ProxyConfig
public import Syscalls

/// haproxy.cfg on disk: read when it has changed, written whole. Bytes that are not UTF-8 survive both ways.
public struct ConfigurationStorage: Sendable {
    public let path: String
    /// What the file was when it was last read or written.
    private(set) var known: FileSignature?
    /// Whether the marks are those of a file of ours, which every later write changes.
    private var isExact = false
    /// Of the bytes that were read last, by a key that this process drew; nil for a file of ours.
    private var digest: Int?

    public init(path: String) { self.path = path }

    /// The file's bytes; nil if they are surely the same as the last time.
    ///
    /// - Parameter now: Seconds since 1970. A file that somebody wrote within the last two seconds is read again even if
    ///   its marks are the same: file times are coarser than two writes can be apart.
    public mutating func readIfChanged(now: Int) throws(SystemError) -> String? {
        guard let status = try AtomicFile.status(path) else {
            throw SystemError(code: ENOENT, operation: "read \(path)")
        }
        let signature = FileSignature(status)
        if signature == known, isExact || signature.seconds < now - 2 { return nil }
        let bytes = try AtomicFile.read(path)
        var hasher = Hasher()
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        let digest = hasher.finalize()
        let isSame = signature == known && digest == self.digest
        known = signature
        isExact = false
        self.digest = digest
        // Making a text of it takes longer than reading it.
        return isSame ? nil : EscapedBytes.text(bytes)
    }

    /// Writes `file` beside the one that is there, safe on the disk, ready to take its place.
    func prepare(_ file: ConfigurationFile) throws(SystemError) -> PreparedFile {
        try PreparedFile(path, EscapedBytes.bytes(file))
    }

    /// The file is one of ours now.
    mutating func took(_ signature: FileSignature) {
        known = signature
        isExact = true
        digest = nil
    }
}
