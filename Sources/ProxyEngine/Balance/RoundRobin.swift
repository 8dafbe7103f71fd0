/// HAProxy's weighted round robin (lb_fwrr.c): every server has a position in a window as long as the sum of weights,
/// and takes its next one `sum / weight` further on. Weights may change at any time.
///
/// There is one group for active servers and one for backups. Equal weights give strict rotation.
struct RoundRobin {
    /// Servers that have a position in this window.
    private var current: ServerHeap
    /// Servers that wait for their first turn in this window, and those whose next one is in the next window.
    private var waiting: ServerHeap
    private var later: ServerHeap
    private var windowWeight: UInt32 = 0
    private var position: UInt32 = 0
    /// The sum of weights, which the next window will have.
    private var weight: UInt32 = 0
    private var turn: UInt64 = 0

    static let heaviest: UInt32 = 4096

    /// Of all three.
    private let places: UnsafeMutablePointer<Int32>

    init(capacity: Int) {
        let room = max(1, capacity)
        places = .allocate(capacity: 3 * room)
        current = ServerHeap(tag: 1, places)
        waiting = ServerHeap(tag: 2, places + room)
        later = ServerHeap(tag: 3, places + 2 * room)
    }

    func free() { places.deallocate() }

    /// Starts with these servers, which have their weights already.
    mutating func start(_ usable: some Sequence<Int32>, in servers: UnsafeMutablePointer<BalanceServer>) {
        for server in usable {
            weight += servers[Int(server)].weight
            queueByWeight(server, later: false, servers)
        }
        windowWeight = weight
        position = weight
    }

    /// The next server with room; `avoided` only if there is no other. -1 if all are full.
    mutating func next(
        avoiding avoided: Int32,
        _ load: BackendLoad,
        in servers: UnsafeMutablePointer<BalanceServer>
    ) -> Int32 {
        var hasSwitched = false
        // Servers that were drawn and are not taken, as a list through `aside`.
        var aside: Int32 = -1
        var fallback: Int32 = -1
        var chosen: Int32 = -1
        search: while true {
            if windowWeight == 0 {
                windowWeight = weight
                position = weight
            }
            var server = draw(servers)
            if server < 0 {
                if hasSwitched {
                    chosen = fallback
                    break search
                }
                hasSwitched = true
                Swift.swap(&waiting, &later)
                windowWeight = weight
                position = weight
                server = draw(servers)
                if server < 0 {
                    chosen = fallback
                    break search
                }
            }
            advance(server, servers)
            dequeue(server, servers)
            position += 1
            if load.hasRoom(servers[Int(server)].cells) {
                if server != avoided || fallback >= 0 {
                    chosen = server
                    break search
                }
                fallback = server
            }
            servers[Int(server)].aside = aside
            aside = server
        }
        if chosen >= 0 { queue(chosen, servers) }
        while aside >= 0 {
            let server = aside
            aside = servers[Int(server)].aside
            if server == chosen { continue }
            // After a switch of windows their places are lost, and only their weights matter.
            if hasSwitched { queueByWeight(server, later: false, servers) } else { queue(server, servers) }
        }
        return chosen
    }

    /// A server became usable.
    mutating func add(_ server: Int32, in servers: UnsafeMutablePointer<BalanceServer>) {
        let own = servers[Int(server)].weight
        weight += own
        let rest = weight + windowWeight > position ? weight + windowWeight - position : 0
        servers[Int(server)].next = position + rest / own
        queue(server, servers)
    }

    /// A server became unusable.
    mutating func remove(_ server: Int32, in servers: UnsafeMutablePointer<BalanceServer>) {
        weight -= servers[Int(server)].weight
        dequeue(server, servers)
    }

    /// A usable server has another weight from now on.
    mutating func reweigh(_ server: Int32, to own: UInt32, in servers: UnsafeMutablePointer<BalanceServer>) {
        let index = Int(server)
        weight = weight - servers[index].weight + own
        servers[index].weight = own
        let heap = servers[index].heap
        if heap == waiting.tag {
            waiting.remove(server, in: servers)
            queueByWeight(server, later: false, servers)
            return
        }
        if heap == later.tag { servers[index].next += windowWeight }
        let former = servers[index].next
        let step = weight / own
        servers[index].next = min(servers[index].last + step, former)
        servers[index].remainder = 0
        if servers[index].next < position + 2 { servers[index].next = position + step }
        dequeue(server, servers)
        queue(server, servers)
    }

    /// Whose turn it is in this window; -1 if the window has nobody left.
    private func draw(_ servers: UnsafeMutablePointer<BalanceServer>) -> Int32 {
        let first = current.first
        if first >= 0, servers[Int(first)].next <= position { return first }
        let fresh = waiting.first
        if fresh >= 0 {
            servers[Int(fresh)].next = 0
            servers[Int(fresh)].remainder = 0
            return fresh
        }
        return first
    }

    private func advance(_ server: Int32, _ servers: UnsafeMutablePointer<BalanceServer>) {
        let entry = servers + Int(server)
        let own = entry.pointee.weight
        if entry.pointee.next == 0 { entry.pointee.next = position }
        entry.pointee.last = entry.pointee.next
        entry.pointee.next += weight / own
        entry.pointee.remainder += weight % own
        if entry.pointee.remainder >= own {
            entry.pointee.remainder -= own
            entry.pointee.next += 1
        }
    }

    private mutating func dequeue(_ server: Int32, _ servers: UnsafeMutablePointer<BalanceServer>) {
        let heap = servers[Int(server)].heap
        if heap == current.tag {
            current.remove(server, in: servers)
        } else if heap == waiting.tag {
            waiting.remove(server, in: servers)
        } else if heap == later.tag {
            later.remove(server, in: servers)
        }
    }

    private mutating func queue(_ server: Int32, _ servers: UnsafeMutablePointer<BalanceServer>) {
        let entry = servers + Int(server)
        if entry.pointee.next >= windowWeight + weight {
            entry.pointee.next -= windowWeight
            return queueByWeight(server, later: true, servers)
        }
        let rest = (Self.heaviest + entry.pointee.remainder - entry.pointee.weight) / BalanceState.scale
        turn += 1
        current.insert(server, key: 256 * UInt64(entry.pointee.next) + UInt64(rest), turn: turn, in: servers)
    }

    private mutating func queueByWeight(
        _ server: Int32,
        later isLater: Bool,
        _ servers: UnsafeMutablePointer<BalanceServer>
    ) {
        let key = UInt64(Self.heaviest - servers[Int(server)].weight)
        turn += 1
        if isLater {
            later.insert(server, key: key, turn: turn, in: servers)
        } else {
            waiting.insert(server, key: key, turn: turn, in: servers)
        }
    }
}
