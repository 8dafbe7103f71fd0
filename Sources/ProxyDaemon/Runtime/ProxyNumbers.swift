internal import ProxyEngine

/// Numbers of proxies, in the order of the snapshot; the two sides of a `listen` have the same.
struct ProxyNumbers {
    private var numbers: [String: Int] = [:]

    init(_ snapshot: ProxySnapshot) {
        for section in snapshot.order.sections(
            frontends: snapshot.frontends.map { $0.name },
            backends: snapshot.backends.map { $0.name }
        ) {
            if let index = section.frontend { numbers[snapshot.frontends[index].name] = Int(section.number) }
            if let index = section.backend { numbers[snapshot.backends[index].name] = Int(section.number) }
        }
    }

    subscript(name: String) -> Int? { numbers[name] }
}
