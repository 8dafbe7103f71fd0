/// Memory that lives and dies as one. The entries are trivial, so freeing is all there is.
struct Arena {
    private var blocks: [UnsafeMutableRawPointer] = []
    /// What is free of the last block.
    private var next: UnsafeMutableRawPointer?
    private var room = 0
    /// What does not fit into the rest of a block leaves it unused: small ones lose little.
    private static let blockSize = 2032
    private static let alignment = 16

    /// What ``conditions(_:_:_:)`` put here last.
    var lastConditions: ConditionList?

    mutating func table<Entry>(of type: Entry.Type, count: Int) -> UnsafeMutablePointer<Entry> {
        let alignment = MemoryLayout<Entry>.alignment
        let size = count * MemoryLayout<Entry>.stride
        let raw =
            alignment > Self.alignment || size > Self.blockSize / 2 ? own(size, alignment) : take(size, alignment)
        return raw.bindMemory(to: Entry.self, capacity: count)
    }

    private mutating func own(_ size: Int, _ alignment: Int) -> UnsafeMutableRawPointer {
        let raw = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: alignment)
        blocks.append(raw)
        return raw
    }

    /// Out of a block; of nothing, any place in it.
    private mutating func take(_ size: Int, _ alignment: Int) -> UnsafeMutableRawPointer {
        if let next {
            // Blocks end where every alignment does.
            let unused = room % alignment
            if room >= size + unused {
                room -= size + unused
                self.next = next + unused + size
                return next + unused
            }
        }
        let raw = own(Self.blockSize, Self.alignment)
        next = raw + size
        room = Self.blockSize - size
        return raw
    }

    mutating func copy<Entry>(_ entries: [Entry]) -> UnsafePointer<Entry> {
        let table = table(of: Entry.self, count: entries.count)
        for (index, entry) in entries.enumerated() { (table + index).initialize(to: entry) }
        return UnsafePointer(table)
    }

    mutating func text(_ value: String) -> PlanText {
        let bytes = Array(value.utf8)
        return PlanText(start: copy(bytes), count: bytes.count)
    }

    /// The next part would need another block.
    var isNearlyFull: Bool { room < Self.blockSize / 8 }

    mutating func free() {
        for block in blocks { block.deallocate() }
        blocks = []
        next = nil
        room = 0
    }
}
