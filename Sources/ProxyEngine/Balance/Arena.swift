/// Memory that lives and dies as one. The entries are trivial, so freeing is all there is.
struct Arena {
    private var blocks: [UnsafeMutableRawPointer] = []
    /// What is free of the last block.
    private var next: UnsafeMutableRawPointer?
    private var room = 0
    /// What does not fit into the rest of a block leaves it unused: small ones lose little.
    private static let blockSize = 2032

    mutating func table<Entry>(of type: Entry.Type, count: Int) -> UnsafeMutablePointer<Entry> {
        let size = (max(1, count) * MemoryLayout<Entry>.stride + 15) & ~15
        let raw =
            MemoryLayout<Entry>.alignment > 16 || size > Self.blockSize / 2
            ? own(size, MemoryLayout<Entry>.alignment) : take(size)
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
        let blockSize = max(Self.blockSize, size)
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
