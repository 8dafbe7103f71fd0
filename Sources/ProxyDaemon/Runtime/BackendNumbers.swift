internal import ProxyEngine

/// Numbers of backends, by their places among them; the two sides of a `listen` have the same.
struct BackendNumbers {
    private var numbers: [Int]

    init(_ snapshot: EncodedSnapshot) {
        numbers = [Int](repeating: 0, count: snapshot.backends.count)
        for section in snapshot.sections {
            if let index = section.backend { numbers[index] = Int(section.number) }
        }
    }

    subscript(place: Int) -> Int { numbers[place] }
}
