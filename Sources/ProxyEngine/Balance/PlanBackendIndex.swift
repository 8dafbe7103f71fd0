/// Backends by name. The keys are the names in the backends' own memory: thousands take a megabyte less.
struct PlanBackendIndex {
    private struct Name: Hashable {
        let bytes: UnsafeBufferPointer<UInt8>

        init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

        init(_ text: PlanText) { bytes = UnsafeBufferPointer(start: text.start, count: text.count) }

        static func == (a: Name, b: Name) -> Bool { a.bytes.elementsEqual(b.bytes) }

        func hash(into hasher: inout Hasher) { hasher.combine(bytes: UnsafeRawBufferPointer(bytes)) }
    }

    private var table: [Name: PlanBackend] = [:]

    var count: Int { table.count }
    var names: [String] { table.values.map { $0.name } }

    mutating func reserveCapacity(_ count: Int) { table.reserveCapacity(count) }

    subscript(name: String) -> PlanBackend? {
        get {
            var name = name
            return name.withUTF8 { table[Name($0)] }
        }
        set {
            var name = name
            // With its key, which lives no longer than what it names.
            let former = name.withUTF8 { table.removeValue(forKey: Name($0)) }
            if let newValue { table[Name(newValue.entry.pointee.name)] = newValue }
            withExtendedLifetime(former) {}
        }
    }
}
