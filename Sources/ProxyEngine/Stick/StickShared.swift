internal import CLinux
internal import Syscalls

/// Owns the entries of a table; every plan that uses them holds a reference.
final class SharedStickTable: @unchecked Sendable {
    // The memory guards itself by a lock; what is here is fixed.
    let memory: UnsafeMutablePointer<StickMemory>
    /// As it was made; size and time-outs may have changed since.
    let table: StickTable

    init(_ table: StickTable) throws(SystemError) {
        self.table = table
        memory = .allocate(capacity: 1)
        do throws(SystemError) {
            memory.initialize(to: try StickMemory(table))
        } catch {
            memory.deallocate()
            throw error
        }
    }

    deinit {
        memory.pointee.release()
        memory.deallocate()
    }

    /// The table for `next` that keeps what this one knows: itself, or one that stores other data; nil if keys are made otherwise.
    func succeeded(by next: StickTable) -> SharedStickTable? {
        guard next.kind == table.kind, next.length == table.length,
            next.knowsServersByAddress == table.knowsServersByAddress
        else { return nil }
        if next.data == table.data, next.peers == table.peers {
            if memory.pointee.configure(next) { return self }
            return nil
        }
        guard let other = try? SharedStickTable(next) else { return nil }
        other.memory.pointee.copy(from: &memory.pointee, now: Clock.monotonic())
        return other
    }
}

/// Numbers for servers' names and addresses, from 1; the same for the same text in every plan, so that entries outlive
/// the servers' tables and several backends can use one table.
///
/// Not for the data path: it locks, and grows.
final class ServerNames: @unchecked Sendable {
    // All of it belongs to the lock.
    private var numbers: [String: UInt32] = [:]
    private var texts: [String] = []
    private let lock: UnsafeMutablePointer<UInt32>
    private var learnt = 0

    /// About how many bytes names take that only peers know: entries keep their numbers, so that none is ever forgotten.
    private static let mostLearnt = 4 << 20

    init() {
        lock = .allocate(capacity: 1)
        lock.initialize(to: 0)
    }

    deinit { lock.deallocate() }

    func number(of text: String) -> UInt32 {
        clinux_lock(lock)
        defer { clinux_unlock(lock) }
        return numbers[text] ?? add(text)
    }

    /// The number of a name that a peer told; nil if peers have told too many that nobody else knows.
    func number(ofLearnt text: String) -> UInt32? {
        clinux_lock(lock)
        defer { clinux_unlock(lock) }
        if let number = numbers[text] { return number }
        let size = text.utf8.count + 96
        guard learnt + size <= Self.mostLearnt else { return nil }
        learnt += size
        return add(text)
    }

    private func add(_ text: String) -> UInt32 {
        texts.append(text)
        let number = UInt32(texts.count)
        numbers[text] = number
        return number
    }

    /// nil for a number that nothing has.
    func text(of number: UInt32) -> String? {
        clinux_lock(lock)
        defer { clinux_unlock(lock) }
        return number > 0 && Int(number) <= texts.count ? texts[Int(number) - 1] : nil
    }
}
