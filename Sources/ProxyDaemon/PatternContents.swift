internal import Files
internal import Glibc
internal import Patterns
internal import Syscalls

/// The files of patterns that a configuration names, each read once: what was checked is what serves.
final class PatternContents: @unchecked Sendable {
    // Behind the lock: a configuration may be checked by two threads.
    private var lock = pthread_mutex_t()
    private var known: [String: [UInt8]?] = [:]
    private var named: [PatternFile] = []

    init() { pthread_mutex_init(&lock, nil) }

    deinit { pthread_mutex_destroy(&lock) }

    /// nil if it cannot be read.
    func read(_ path: String, hasValues: Bool) -> [UInt8]? {
        pthread_mutex_lock(&lock)
        defer { pthread_mutex_unlock(&lock) }
        if let known = known[path] { return known }
        let bytes = try? AtomicFile.read(path)
        known[path] = .some(bytes)
        if let bytes { named.append(PatternFile(path, hasValues: hasValues, bytes: bytes)) }
        return bytes
    }

    /// Those that could be read.
    var files: [PatternFile] {
        pthread_mutex_lock(&lock)
        defer { pthread_mutex_unlock(&lock) }
        return named.sorted { $0.path < $1.path }
    }
}
