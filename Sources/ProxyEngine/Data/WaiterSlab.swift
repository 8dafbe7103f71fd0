internal import Glibc
internal import Syscalls

/// A ``Waiter`` for each slot of the ``Slab``: reserved at once, and touched by connections that wait only.
struct WaiterSlab: ~Copyable {
    private let base: UnsafeMutablePointer<Waiter>
    private let byteCount: Int

    init(capacity: Int) throws(SystemError) {
        byteCount = capacity * MemoryLayout<Waiter>.stride
        let raw = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let raw, raw != MAP_FAILED else {
            throw SystemError(code: errno, operation: "reserve memory for \(capacity) waiting connections")
        }
        base = raw.bindMemory(to: Waiter.self, capacity: capacity)
    }

    deinit { munmap(base, byteCount) }

    subscript(index: UInt32) -> UnsafeMutablePointer<Waiter> { base + Int(index) }
}
