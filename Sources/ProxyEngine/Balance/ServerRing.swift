/// HAProxy's consistent hash (lb_chash.c): every server has as many points on a circle of 2³² as its weight says, and
/// takes what is nearest to them. A server that comes or goes moves its own share only.
struct ServerRing {
    private struct Point {
        var key: UInt32
        var server: Int32
        /// A server whose weight is lower than this has not got this point.
        var ordinal: UInt32
    }

    private var points: UnsafeMutablePointer<Point>
    private var count = 0
    /// The point that a connection without anything to hash had last.
    private var turn = -1

    init() { points = .allocate(capacity: 1) }

    func free() { points.deallocate() }

    /// Places the points, as many for each server as ``BalanceServer/points`` says.
    mutating func fill(_ servers: UnsafeMutableBufferPointer<BalanceServer>) {
        var list: [Point] = []
        list.reserveCapacity(servers.reduce(0) { $0 + Int($1.points) })
        for index in servers.indices {
            for ordinal in 0..<servers[index].points {
                let key = Self.mixed(servers[index].id &* RoundRobin.heaviest &+ ordinal)
                list.append(Point(key: key, server: Int32(index), ordinal: ordinal))
            }
        }
        list.sort { ($0.key, $0.server, $0.ordinal) < ($1.key, $1.server, $1.ordinal) }
        points.deallocate()
        count = list.count
        points = .allocate(capacity: max(1, count))
        for index in 0..<count { points[index] = list[index] }
        turn = -1
    }

    /// The server nearest to `hash` that is `eligible`, another one than `avoided` if there is one; -1 without any.
    func server(
        hash: UInt32,
        ofBackups: Bool,
        avoiding avoided: Int32,
        _ servers: UnsafeMutablePointer<BalanceServer>,
        isEligible: (Int32) -> Bool
    ) -> Int32 {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if points[middle].key < hash { low = middle + 1 } else { high = middle }
        }
        var place = after(low - 1, ofBackups, servers)
        guard place >= 0 else { return -1 }
        let before = before(place, ofBackups, servers)
        if hash &- points[before].key <= points[place].key &- hash { place = before }
        var rounds = 0
        while points[place].server == avoided || !isEligible(points[place].server) {
            let former = place
            place = after(place, ofBackups, servers)
            if place <= former {
                rounds += 1
                if rounds > 1 { break }
            }
        }
        return points[place].server
    }

    /// The server of the next point that has room; `avoided` only if there is no other. -1 if all are full.
    mutating func next(
        ofBackups: Bool,
        avoiding avoided: Int32,
        _ load: BackendLoad,
        in servers: UnsafeMutablePointer<BalanceServer>
    ) -> Int32 {
        var fallback = -1
        for _ in 0..<count {
            turn = after(turn, ofBackups, servers)
            if turn < 0 { return -1 }
            let server = points[turn].server
            guard load.hasRoom(servers[Int(server)].cells) else { continue }
            if server != avoided { return server }
            fallback = turn
        }
        if fallback < 0 { return -1 }
        turn = fallback
        return points[fallback].server
    }

    private func exists(_ place: Int, _ ofBackups: Bool, _ servers: UnsafeMutablePointer<BalanceServer>) -> Bool {
        let server = servers + Int(points[place].server)
        return server.pointee.isUsable && server.pointee.isBackup == ofBackups
            && points[place].ordinal < server.pointee.weight
    }

    private func after(_ place: Int, _ ofBackups: Bool, _ servers: UnsafeMutablePointer<BalanceServer>) -> Int {
        var next = place
        for _ in 0..<count {
            next = next + 1 >= count ? 0 : next + 1
            if exists(next, ofBackups, servers) { return next }
        }
        return -1
    }

    private func before(_ place: Int, _ ofBackups: Bool, _ servers: UnsafeMutablePointer<BalanceServer>) -> Int {
        var next = place
        for _ in 0..<count {
            next = next == 0 ? count - 1 : next - 1
            if exists(next, ofBackups, servers) { return next }
        }
        return place
    }

    /// Bob Jenkins' integer hash with full avalanche, spread by a large prime: HAProxy's `full_hash`.
    static func mixed(_ value: UInt32) -> UInt32 {
        var a = value
        a = (a &+ 0x7ed5_5d16) &+ (a &<< 12)
        a = (a ^ 0xc761_c23c) ^ (a &>> 19)
        a = (a &+ 0x1656_67b1) &+ (a &<< 5)
        a = (a &+ 0xd3a2_646c) ^ (a &<< 9)
        a = (a &+ 0xfd70_46c5) &+ (a &<< 3)
        a = (a ^ 0xb55a_4f09) ^ (a &>> 16)
        return a &* 3_221_225_473
    }
}
