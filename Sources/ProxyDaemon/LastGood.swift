internal import Files
internal import Glibc
internal import Syscalls

/// The copy of the last configuration that served, for a start on a file that is refused (`--last-good`).
struct LastGood {
    /// Milliseconds after a change: a change does not wait for the disk, and many need one copy.
    static let delay: UInt64 = 1000

    private let path: String?
    private var contents: [[UInt8]] = []
    /// The hash of what was saved last.
    private var saved: Int?
    private(set) var due: UInt64?

    init(path: String?) { self.path = path }

    /// Takes what serves: the content of each file.
    mutating func keep(_ contents: [[UInt8]], now: UInt64) {
        guard path != nil, contents.hashValue != saved else { return }
        self.contents = contents
        due = now + Self.delay
    }

    /// - Returns: What went wrong.
    mutating func saveIfDue(_ now: UInt64) -> String? {
        guard let path, let due, due <= now else { return nil }
        self.due = nil
        if let slash = path.lastIndex(of: "/") { mkdir(String(path[..<slash]), 0o700) }
        // It may hold passwords.
        do throws(SystemError) {
            try AtomicFile.replace(path, with: Array(contents.joined()), mode: 0o600)
        } catch {
            return "cannot keep a copy of the configuration in \(path) : \(error)"
        }
        saved = contents.hashValue
        contents = []
        return nil
    }
}
