internal import Glibc
internal import Syscalls

/// Room for all connections of a worker, reserved at once and touched only as it is used.
struct Slab: ~Copyable {
    static let none = UInt32.max

    private let base: UnsafeMutablePointer<Connection>
    private let byteCount: Int
    let capacity: Int
    private var firstFree = Slab.none
    private var highest = 0
    private(set) var used = 0

    init(capacity: Int) throws(SystemError) {
        self.capacity = capacity
        byteCount = capacity * MemoryLayout<Connection>.stride
        let raw = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let raw, raw != MAP_FAILED else {
            throw SystemError(code: errno, operation: "reserve memory for \(capacity) connections")
        }
        base = raw.bindMemory(to: Connection.self, capacity: capacity)
    }

    deinit { munmap(base, byteCount) }

    @inline(__always)
    subscript(index: UInt32) -> UnsafeMutablePointer<Connection> { base + Int(index) }

    /// The index of a free slot; nil if all are taken.
    @inline(__always)
    mutating func take() -> UInt32? {
        used += 1
        if firstFree != Self.none {
            let index = firstFree
            firstFree = base[Int(index)].next
            return index
        }
        guard highest < capacity else {
            used -= 1
            return nil
        }
        highest += 1
        return UInt32(highest - 1)
    }

    /// The next use of the slot has another generation, so that tags of this one match nothing.
    @inline(__always)
    mutating func give(_ index: UInt32) {
        let connection = base + Int(index)
        connection.pointee.state = .free
        connection.pointee.generation &+= 1
        connection.pointee.next = firstFree
        firstFree = index
        used -= 1
    }

    /// One more than the highest index ever used.
    var touched: Int { highest }
}
