internal import CLinux

// Keeps what the algorithm chooses from in step with the servers.
extension BalanceState {
    /// Makes the empty structures of the algorithm.
    mutating func prepare() {
        let count = servers.count
        switch balance.algorithm {
        case .roundRobin:
            if count < 2 { return }
            let backupCount = servers.reduce(0) { $0 + ($1.isBackup ? 1 : 0) }
            structure = .rotation(
                active: backupCount < count ? BalanceStructure.made(RoundRobin(capacity: count - backupCount)) : nil,
                backups: backupCount > 0 ? BalanceStructure.made(RoundRobin(capacity: backupCount)) : nil
            )
        case .leastConnections:
            let load = BalanceStructure.LoadOrder(
                active: ServerHeap(tag: 1, capacity: count),
                backups: ServerHeap(tag: 2, capacity: count)
            )
            structure = .load(BalanceStructure.made(load))
        case .first:
            let order = UnsafeMutablePointer<Int32>.allocate(capacity: max(1, count))
            let sorted = servers.indices.sorted { servers[$0].id < servers[$1].id }
            for (place, index) in sorted.enumerated() { order[place] = Int32(index) }
            structure = .order(order)
        case .staticRoundRobin: structure = .map(BalanceStructure.made(ServerMap()))
        case .source, .cookie, .random:
            structure =
                usesRing
                ? .ring(BalanceStructure.made(ServerRing())) : .map(BalanceStructure.made(ServerMap()))
        }
    }

    /// Puts in everybody who is usable at the beginning.
    mutating func start() {
        guard let base = servers.baseAddress else { return }
        let usable = servers.indices.lazy.filter { [servers] in servers[$0].isUsable }.map { Int32($0) }
        active?.pointee.start(usable.filter { [servers] in !servers[Int($0)].isBackup }, in: base)
        backups?.pointee.start(usable.filter { [servers] in servers[Int($0)].isBackup }, in: base)
        for server in usable { place(server) }
    }

    /// A server became usable.
    mutating func join(_ server: Int32) {
        guard let base = servers.baseAddress else { return }
        if servers[Int(server)].isBackup {
            backups?.pointee.add(server, in: base)
        } else {
            active?.pointee.add(server, in: base)
        }
        place(server)
    }

    /// A server is usable no longer.
    mutating func leave(_ server: Int32) {
        guard let base = servers.baseAddress else { return }
        if servers[Int(server)].isBackup {
            backups?.pointee.remove(server, in: base)
        } else {
            active?.pointee.remove(server, in: base)
        }
        displace(server)
    }

    /// A usable server gets another weight.
    mutating func reweigh(_ server: Int32, _ weight: UInt32) {
        guard let base = servers.baseAddress else { return }
        if servers[Int(server)].isBackup {
            backups?.pointee.reweigh(server, to: weight, in: base)
        } else {
            active?.pointee.reweigh(server, to: weight, in: base)
        }
        guard load != nil else { return }
        displace(server)
        servers[Int(server)].weight = weight
        place(server)
    }

    /// After all servers have been looked at: what is made as a whole.
    mutating func settle(wasBuilt: Bool) {
        let total = totalWeight
        map?.pointee.fill(weight: total, ofBackups: activeCount == 0, servers)
        guard ring != nil else { return }
        var isNew = !wasBuilt
        for index in servers.indices {
            let full = min(RoundRobin.heaviest, servers[index].cells.pointee.currentWeight * Self.scale)
            if full > servers[index].points || !wasBuilt {
                servers[index].points = full
                isNew = true
            }
        }
        if isNew { ring?.pointee.fill(servers) }
    }

    var usesRing: Bool { balance.algorithm == .random || balance.isConsistent }

    // MARK: - Least connections

    /// A server's load has changed.
    mutating func reposition(_ server: Int32) {
        guard load != nil, servers[Int(server)].isUsable else { return }
        if servers[Int(server)].heap != 0, servers[Int(server)].key == loadKey(server) { return }
        displace(server)
        place(server)
    }

    /// HAProxy's key (lb_fwlc.c): connections, those that wait included, by weight.
    private func loadKey(_ server: Int32) -> UInt64 {
        let cells = servers[Int(server)].cells
        let load = UInt64(clinux_atomic_load(&cells.pointee.connections)) + UInt64(cells.pointee.queue.length)
        return load == 0 ? 0 : (load + 1) * UInt64(RoundRobin.heaviest) / UInt64(max(1, servers[Int(server)].weight))
    }

    private mutating func place(_ server: Int32) {
        guard let base = servers.baseAddress, let load else { return }
        turn += 1
        let key = loadKey(server)
        if servers[Int(server)].isBackup {
            load.pointee.backups.insert(server, key: key, turn: turn, in: base)
        } else {
            load.pointee.active.insert(server, key: key, turn: turn, in: base)
        }
    }

    private mutating func displace(_ server: Int32) {
        guard let base = servers.baseAddress, servers[Int(server)].heap != 0, let load else { return }
        if servers[Int(server)].isBackup {
            load.pointee.backups.remove(server, in: base)
        } else {
            load.pointee.active.remove(server, in: base)
        }
    }
}
