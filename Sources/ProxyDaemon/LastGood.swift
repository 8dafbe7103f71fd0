internal import Files
internal import Syscalls

/// The copy of the last configuration that served, for a start on a file that is refused (`--last-good`).
struct LastGood {
    /// Milliseconds after a change: a change does not wait for the disk, and many need one copy.
    static let delay: UInt64 = 1000

    private let path: String?
    private var text = ""
    private var saved = ""
    private(set) var due: UInt64?

    init(path: String?) { self.path = path }

    /// Takes a text that serves.
    mutating func keep(_ text: String, now: UInt64) {
        guard path != nil, text != saved else { return }
        self.text = text
        due = now + Self.delay
    }

    mutating func saveIfDue(_ now: UInt64) {
        guard let path, let due, due <= now else { return }
        self.due = nil
        // It may hold passwords.
        guard (try? AtomicFile.replace(path, with: text, mode: 0o600)) != nil else { return }
        saved = text
        text = ""
    }
}
