/// Servers in the order of their keys; equal keys in the order in which they came. That is the order of HAProxy's ebtree,
/// on which its choices rest. A server is in one heap at most and knows its place there.
struct ServerHeap {
    /// What ``BalanceServer/heap`` says of those in here; never 0.
    let tag: UInt8
    private let places: UnsafeMutablePointer<Int32>
    private var number: UInt32 = 0
    private(set) var count: Int {
        get { Int(number) }
        set { number = UInt32(truncatingIfNeeded: newValue) }
    }

    init(tag: UInt8, capacity: Int) { self.init(tag: tag, .allocate(capacity: max(1, capacity))) }

    /// In memory that has room for all servers.
    init(tag: UInt8, _ places: UnsafeMutablePointer<Int32>) {
        self.tag = tag
        self.places = places
    }

    /// Of a heap with memory of its own.
    func free() { places.deallocate() }

    /// The server with the least key; -1 if there is none.
    var first: Int32 { count > 0 ? places[0] : -1 }

    mutating func insert(_ server: Int32, key: UInt64, turn: UInt64, in servers: UnsafeMutablePointer<BalanceServer>) {
        servers[Int(server)].key = key
        servers[Int(server)].turn = turn
        servers[Int(server)].heap = tag
        count += 1
        put(server, at: count - 1, servers)
        rise(count - 1, servers)
    }

    mutating func remove(_ server: Int32, in servers: UnsafeMutablePointer<BalanceServer>) {
        let place = Int(servers[Int(server)].place)
        servers[Int(server)].heap = 0
        count -= 1
        if place == count { return }
        put(places[count], at: place, servers)
        rise(place, servers)
        sink(place, servers)
    }

    private func put(_ server: Int32, at place: Int, _ servers: UnsafeMutablePointer<BalanceServer>) {
        places[place] = server
        servers[Int(server)].place = Int32(truncatingIfNeeded: place)
    }

    private func isBefore(_ a: Int, _ b: Int, _ servers: UnsafeMutablePointer<BalanceServer>) -> Bool {
        let (first, second) = (servers + Int(places[a]), servers + Int(places[b]))
        if first.pointee.key != second.pointee.key { return first.pointee.key < second.pointee.key }
        return first.pointee.turn < second.pointee.turn
    }

    private func swap(_ a: Int, _ b: Int, _ servers: UnsafeMutablePointer<BalanceServer>) {
        let server = places[a]
        put(places[b], at: a, servers)
        put(server, at: b, servers)
    }

    private func rise(_ start: Int, _ servers: UnsafeMutablePointer<BalanceServer>) {
        var place = start
        while place > 0, isBefore(place, (place - 1) / 2, servers) {
            swap(place, (place - 1) / 2, servers)
            place = (place - 1) / 2
        }
    }

    private func sink(_ start: Int, _ servers: UnsafeMutablePointer<BalanceServer>) {
        var place = start
        while true {
            var least = place
            if 2 * place + 1 < count, isBefore(2 * place + 1, least, servers) { least = 2 * place + 1 }
            if 2 * place + 2 < count, isBefore(2 * place + 2, least, servers) { least = 2 * place + 2 }
            if least == place { return }
            swap(place, least, servers)
            place = least
        }
    }
}
