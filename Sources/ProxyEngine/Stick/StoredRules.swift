/// The rules of a backend that have a key to store, while they are looked at one after the other: of those that store into the
/// same table only the first one that has a key counts, as with HAProxy.
struct StoredRules {
    /// HAProxy stores so many keys for a connection.
    static let most = 8

    private var rules = SIMD8<UInt32>()
    private var count = 0
    /// Those before it count for the room, and no more for tables.
    private var first = 0

    var hasRoom: Bool { count < Self.most }

    func contains(_ memory: UnsafeMutablePointer<StickMemory>, _ stick: UnsafePointer<StickEntry>) -> Bool {
        for place in first..<count where stick.pointee.rules[Int(rules[place])].memory == memory { return true }
        return false
    }

    mutating func append(_ rule: Int) {
        guard hasRoom else { return }
        rules[count] = UInt32(truncatingIfNeeded: rule)
        count += 1
    }

    /// Those of the response are on their own.
    mutating func beginAnew() { first = count }
}
