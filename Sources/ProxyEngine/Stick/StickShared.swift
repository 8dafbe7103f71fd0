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

    /// The table for `next` that keeps what this one knows: itself, or one of another size; nil if keys are made otherwise.
    func succeeded(by next: StickTable) -> SharedStickTable? {
        guard next.kind == table.kind, next.length == table.length,
            next.knowsServersByAddress == table.knowsServersByAddress
        else { return nil }
        if next.size == table.size {
            memory.pointee.configure(next)
            return self
        }
        guard let resized = try? SharedStickTable(next) else { return nil }
        resized.memory.pointee.copy(from: &memory.pointee)
        return resized
    }
}

/// Numbers for servers' names and addresses, from 1; the same for the same text in every plan, so that entries outlive
/// the servers' tables and several backends can use one table.
///
/// Only whoever makes plans touches it.
struct ServerNames: Sendable {
    private var numbers: [String: UInt32] = [:]

    mutating func number(of text: String) -> UInt32 {
        if let number = numbers[text] { return number }
        let number = UInt32(numbers.count + 1)
        numbers[text] = number
        return number
    }
}
