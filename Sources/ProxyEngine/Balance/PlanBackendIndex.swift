/// Backends by name. The keys are the names in the backends' own memory: thousands take a megabyte less.
struct PlanBackendIndex {
    private var table: [PlanName: PlanBackend] = [:]

    var count: Int { table.count }
    var names: [String] { table.values.map { $0.name } }

    mutating func reserveCapacity(_ count: Int) { table.reserveCapacity(count) }

    subscript(name: String) -> PlanBackend? {
        get {
            var name = name
            return name.withUTF8 { table[PlanName($0)] }
        }
        set {
            var name = name
            // With its key, which lives no longer than what it names.
            let former = name.withUTF8 { table.removeValue(forKey: PlanName($0)) }
            if let newValue { table[PlanName(newValue.entry.pointee.name)] = newValue }
            withExtendedLifetime(former) {}
        }
    }
}
