internal import CLinux

/// One server as the balance of its backend sees it.
struct BalanceServer {
    let cells: UnsafeMutablePointer<ServerCells>
    let id: UInt32
    let isBackup: Bool
    /// Up, and with a weight.
    var isUsable = false
    /// The weight that the algorithm counts with: scaled, reduced, or still growing.
    var weight: UInt32 = 0
    /// The sum of the weights before it among its like.
    var weightBefore: UInt32 = 0
    /// Its place in a ``ServerHeap``: which one (0: none), where, and by what.
    var heap: UInt8 = 0
    var place: Int32 = 0
    var key: UInt64 = 0
    var turn: UInt64 = 0
    /// Round robin: its next and last position, what division left over, and the list of those set aside.
    var next: UInt32 = 0
    var last: UInt32 = 0
    var remainder: UInt32 = 0
    var aside: Int32 = -1
    /// ``ServerMap``
    var score: Int32 = 0
    /// ``ServerRing``: its points if it had its full weight.
    var points: UInt32 = 0
}

/// How a backend chooses among its servers: HAProxy's algorithms, so that the same connections reach the same servers.
///
/// Everything here belongs to the lock of the backend. Servers' state is not pushed to it: whoever changes it counts up
/// ``BackendCells/changes``, and the next choice takes it over.
struct BalanceState {
    /// HAProxy's scale of weights (BE_WEIGHT_SCALE), for slow start.
    static let scale: UInt32 = 16

    let balance: Balance
    let usesAllBackups: Bool
    let backend: UnsafeMutablePointer<BackendCells>
    let servers: UnsafeMutableBufferPointer<BalanceServer>
    var activeCount: UInt32 = 0
    var backupCount: UInt32 = 0
    var activeWeight: UInt32 = 0
    var backupWeight: UInt32 = 0
    /// The backup that stands in, unless all do; -1 if none is usable.
    var firstBackup: Int32 = -1
    private var isBuilt = false
    private var seen: UInt32 = 0
    /// When a slow start goes on; 0: none is under way.
    private var warmAt: UInt32 = 0

    /// Made at the first choice.
    var structure = BalanceStructure.none
    var turn: UInt64 = 0
    var random: UInt64

    init(
        _ balance: Balance,
        usesAllBackups: Bool,
        backend: UnsafeMutablePointer<BackendCells>,
        servers: UnsafeMutableBufferPointer<BalanceServer>
    ) {
        self.balance = balance
        self.usesAllBackups = usesAllBackups
        self.backend = backend
        self.servers = servers
        random = UInt64.random(in: 1...UInt64.max)
    }

    /// Frees what the algorithm made; the servers belong to the ``BalanceOwner``.
    func free() { structure.free() }

    /// Weights may change while it runs (HAProxy's BE_LB_PROP_DYN); otherwise a change starts it anew.
    var isDynamic: Bool {
        switch balance.algorithm {
        case .roundRobin, .leastConnections, .first, .random: true
        case .staticRoundRobin: false
        case .source, .cookie: balance.isConsistent
        }
    }

    /// The order of choices depends on how many connections servers have.
    var followsLoad: Bool { balance.algorithm == .leastConnections || balance.loadFactor > 0 }

    /// The sum of the weights of the servers that count now; 0: nobody is usable.
    var totalWeight: UInt32 {
        if activeCount > 0 { return activeWeight }
        if !usesAllBackups, firstBackup >= 0 { return servers[Int(firstBackup)].weight }
        return backupWeight
    }

    /// Whether the server may take who waits for any server.
    func servesAnyone(_ server: Int32) -> Bool {
        guard servers[Int(server)].isUsable else { return false }
        return !servers[Int(server)].isBackup || activeCount == 0 && (usesAllBackups || server == firstBackup)
    }

    /// The place of a server among those of this balance; -1 if it is not one of them.
    func index(of server: UnsafeMutablePointer<ServerCells>) -> Int32 {
        Int32(truncatingIfNeeded: servers.firstIndex { $0.cells == server } ?? -1)
    }

    /// Takes over what has changed since the last look.
    @inline(__always)
    mutating func refresh(second: UInt32) {
        if isBuilt, seen == backend.pointee.changes, warmAt == 0 || second < warmAt { return }
        takeOver(second)
    }

    private mutating func takeOver(_ second: UInt32) {
        seen = backend.pointee.changes
        warmAt = 0
        let divisor = isDynamic ? 1 : max(1, servers.reduce(0) { Self.divisor($0, $1.cells.pointee.currentWeight) })
        let wasBuilt = isBuilt
        isBuilt = true
        if !wasBuilt { prepare() }
        for index in servers.indices {
            let weight = effectiveWeight(index, divisor, second)
            let cells = servers[index].cells
            let isUsable = clinux_atomic_load(&cells.pointee.isUp) != 0 && weight > 0
            change(Int32(index), isUsable: isUsable, weight: weight, wasBuilt: wasBuilt)
        }
        firstBackup = Int32(servers.firstIndex { $0.isBackup && $0.isUsable } ?? -1)
        if !wasBuilt { start() }
        settle(wasBuilt: wasBuilt)
    }

    private mutating func change(_ server: Int32, isUsable: Bool, weight: UInt32, wasBuilt: Bool) {
        let index = Int(server)
        let former = servers[index]
        if former.isUsable {
            if isUsable, former.weight == weight { return }
            if isUsable {
                reweigh(server, weight)
            } else if wasBuilt {
                leave(server)
            }
            count(former, by: -1)
            servers[index].weight = weight
            servers[index].isUsable = isUsable
            if isUsable { count(servers[index], by: 1) }
            return
        }
        servers[index].weight = weight
        servers[index].isUsable = isUsable
        guard isUsable else { return }
        if !wasBuilt { servers[index].weightBefore = former.isBackup ? backupWeight : activeWeight }
        count(servers[index], by: 1)
        if wasBuilt { join(server) }
    }

    private mutating func count(_ server: BalanceServer, by sign: Int32) {
        let one = UInt32(bitPattern: sign)
        let weight = sign < 0 ? 0 &- server.weight : server.weight
        if server.isBackup {
            backupCount &+= one
            backupWeight &+= weight
        } else {
            activeCount &+= one
            activeWeight &+= weight
        }
    }

    /// The weight in the algorithm's units; notes when a slow start goes on.
    private mutating func effectiveWeight(_ index: Int, _ divisor: UInt32, _ second: UInt32) -> UInt32 {
        let cells = servers[index].cells
        let own = cells.pointee.currentWeight
        if !isDynamic { return own / divisor }
        var scale = Self.scale
        let (start, length) = (cells.pointee.startedAt, cells.pointee.slowStart)
        if start != 0 {
            if second >= start, second - start < length {
                let grown = UInt64(Self.scale) * UInt64(second - start) + UInt64(length)
                scale = UInt32(truncatingIfNeeded: grown / UInt64(length))
                let next = second &+ max(1, length / 20)
                warmAt = warmAt == 0 ? next : min(warmAt, next)
            } else {
                cells.pointee.startedAt = 0
            }
        }
        return min(RoundRobin.heaviest, own * scale)
    }

    private static func divisor(_ a: UInt32, _ b: UInt32) -> UInt32 { b == 0 ? a : divisor(b, a % b) }
}
