/// HAProxy's table of servers (lb_map.c): `static-rr` walks it, and a hash modulo its length is a place in it. Made anew
/// when a server comes or goes.
struct ServerMap {
    private var places: UnsafeMutablePointer<Int32>
    private var capacity: Int
    private(set) var count = 0
    private var turn = 0

    init() {
        capacity = 1
        places = .allocate(capacity: 1)
    }

    func free() { places.deallocate() }

    /// - Parameters:
    ///   - weight: The sum of the weights that count: of the active servers, of all backups, or of the one backup.
    ///   - ofBackups: The table is of backups.
    mutating func fill(weight: UInt32, ofBackups: Bool, _ servers: UnsafeMutableBufferPointer<BalanceServer>) {
        let total = Int32(clamping: weight)
        count = Int(total)
        if count > capacity {
            places.deallocate()
            capacity = count
            places = .allocate(capacity: capacity)
        }
        for index in servers.indices { servers[index].score = 0 }
        for place in 0..<count {
            var best = -1
            var most: Int32 = 0
            for index in servers.indices where servers[index].isBackup == ofBackups && servers[index].isUsable {
                if total == 1 {
                    best = index
                    break
                }
                servers[index].score += Int32(clamping: servers[index].weight)
                let value = (servers[index].score + total) / total
                if best < 0 || value > most {
                    most = value
                    best = index
                }
            }
            places[place] = Int32(best)
            if best >= 0 { servers[best].score -= total }
        }
    }

    /// -1 if the table is empty.
    func server(hash: UInt32) -> Int32 { count == 0 ? -1 : places[Int(hash) % count] }

    /// The next one with room; `avoided` only if there is no other. -1 if all are full.
    mutating func next(
        avoiding avoided: Int32,
        _ load: BackendLoad,
        in servers: UnsafeMutablePointer<BalanceServer>
    ) -> Int32 {
        if count == 0 { return -1 }
        if turn >= count { turn = 0 }
        let start = turn
        var fallback: Int32 = -1
        var place = start
        repeat {
            let server = places[place]
            place = place + 1 == count ? 0 : place + 1
            guard server >= 0, load.hasRoom(servers[Int(server)].cells) else { continue }
            turn = place
            if server != avoided { return server }
            fallback = server
        } while place != start
        return fallback
    }
}
