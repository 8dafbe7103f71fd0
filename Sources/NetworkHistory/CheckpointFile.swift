internal import Files
internal import FoundationEssentials
internal import Glibc
internal import Syscalls

/// ``Checkpoint`` on disk.
struct CheckpointFile {
    let path: String

    init(_ root: Root) { path = root[Checkpoint.path] }

    /// nil if there is none.
    func read() throws -> Checkpoint? {
        guard try AtomicFile.status(path) != nil else { return nil }
        do {
            return try JSONDecoder().decode(Checkpoint.self, from: Data(try AtomicFile.read(path)))
        } catch let error as DecodingError {
            throw HistoryError.damaged(path, "\(error)")
        }
    }

    /// What of it matters to a guardian; one that cannot be read is none.
    func found() throws -> GuardianMachine.Found? {
        do {
            return try read().map { GuardianMachine.Found($0) }
        } catch HistoryError.damaged {
            return nil
        }
    }

    func write(_ checkpoint: Checkpoint) throws {
        try AtomicFile.makeDirectory(AtomicFile.directory(of: path))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.replace(path, with: Array(try encoder.encode(checkpoint)), mode: 0o600)
    }

    func remove() throws { try AtomicFile.remove(path) }

    /// Out of the way, but not gone.
    func setAside() throws {
        try syscall("rename \(path)") { rename(path, path + ".damaged") }
    }
}
