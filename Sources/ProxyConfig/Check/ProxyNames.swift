/// A number for each name of a proxy, so that a check compares and hashes none of thousands twice.
struct ProxyNames: Sendable {
    private var numbers: [String: Int] = [:]

    var count: Int { numbers.count }

    mutating func reserveCapacity(_ count: Int) { numbers.reserveCapacity(count) }

    /// The number of a name, which it is given with the first question.
    mutating func number(of name: String) -> Int {
        // One look-up finds the name or its place.
        func read(_ number: inout Int) -> Int { number }
        let next = numbers.count
        return read(&numbers[name, default: next])
    }

    /// The number of a name that was asked for before.
    func known(_ name: String) -> Int? { numbers[name] }
}

/// What of a proxy the sections must know that name it, or have its name.
struct ProxyPlace {
    var kind: SectionKind
    var line: Int
    var mode = ProxyMode.tcp
}

/// The place of the proxy of each number.
struct ProxyPlaces {
    private var places: [ProxyPlace?] = []

    mutating func reserveCapacity(_ count: Int) { places.reserveCapacity(count) }

    subscript(number: Int) -> ProxyPlace? {
        get { number < places.count ? places[number] : nil }
        set {
            while places.count <= number { places.append(nil) }
            places[number] = newValue
        }
    }
}
