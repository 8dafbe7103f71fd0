/// Memory that lives and dies as one. The entries are trivial, so freeing is all there is.
struct Arena {
    private var blocks: [UnsafeMutableRawPointer] = []

    mutating func table<Entry>(of type: Entry.Type, count: Int) -> UnsafeMutablePointer<Entry> {
        let raw = UnsafeMutableRawPointer.allocate(
            byteCount: max(1, count) * MemoryLayout<Entry>.stride,
            alignment: MemoryLayout<Entry>.alignment
        )
        blocks.append(raw)
        return raw.bindMemory(to: Entry.self, capacity: max(1, count))
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
    }
}
