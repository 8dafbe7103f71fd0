internal import Glibc

/// The backends of a plan by name, for rules that make a name of what a connection says.
struct BackendDirectory {
    /// In the order of their names.
    private var entries: UnsafePointer<UnsafePointer<BackendEntry>>
    private var count: Int

    init(_ backends: [PlanBackend], _ arena: inout Arena) {
        let sorted = backends.map { $0.entry }.sorted { Self.order($0.pointee.name.raw, $1.pointee.name.raw) < 0 }
        entries = arena.copy(sorted)
        count = sorted.count
    }

    func backend(_ name: UnsafeRawBufferPointer) -> UnsafePointer<BackendEntry>? {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            let order = Self.order(entries[middle].pointee.name.raw, name)
            if order == 0 { return entries[middle] }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    private static func order(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
        let common = min(a.count, b.count)
        if common > 0, let first = a.baseAddress, let second = b.baseAddress {
            let order = memcmp(first, second, common)
            if order != 0 { return Int(order) }
        }
        return a.count - b.count
    }
}
