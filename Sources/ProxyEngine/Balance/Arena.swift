/// Memory that lives and dies as one. The entries are trivial, so freeing is all there is.
struct Arena {
    private var blocks: [UnsafeMutableRawPointer] = []
    /// What is free of the last block.
    private var next: UnsafeMutableRawPointer?
    private var room = 0
    /// Blocks grow: a plan of one service takes little, one of thousands few blocks.
    private var blockSize = 512

    mutating func table<Entry>(of type: Entry.Type, count: Int) -> UnsafeMutablePointer<Entry> {
        let size = (max(1, count) * MemoryLayout<Entry>.stride + 15) & ~15
        let raw =
            MemoryLayout<Entry>.alignment > 16 || size > 4096 ? own(size, MemoryLayout<Entry>.alignment) : take(size)
        return raw.bindMemory(to: Entry.self, capacity: max(1, count))
    }

    private mutating func own(_ size: Int, _ alignment: Int) -> UnsafeMutableRawPointer {
        let raw = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: alignment)
        blocks.append(raw)
        return raw
    }

    /// A multiple of 16 bytes out of a block.
    private mutating func take(_ size: Int) -> UnsafeMutableRawPointer {
        if let next, room >= size {
            self.next = next + size
            room -= size
            return next
        }
        blockSize = min(65536, max(blockSize * 2, size))
        let raw = own(blockSize, 16)
        next = raw + size
        room = blockSize - size
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

    mutating func free() {
        for block in blocks { block.deallocate() }
        blocks = []
        next = nil
        room = 0
    }
}
