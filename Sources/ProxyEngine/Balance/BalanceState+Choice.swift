internal import CLinux

extension BalanceState {
    /// The server for the next connection; -1 if all are full (or none is usable: ask ``totalWeight`` before).
    ///
    /// - Parameters:
    ///   - avoided: Taken only if there is no other; -1: none.
    ///   - hash: Of the client's address; nil: it has none.
    mutating func choose(avoiding avoided: Int32, hash: UInt32?, _ load: BackendLoad) -> Int32 {
        guard let base = servers.baseAddress else { return -1 }
        let ofBackups = activeCount == 0
        let isSingle = ofBackups && !usesAllBackups
        switch balance.algorithm {
        case .roundRobin:
            if isSingle { return firstBackup }
            // Nobody to take turns with.
            if servers.count == 1 { return load.hasRoom(base.pointee.cells) ? 0 : -1 }
            if ofBackups { return backups?.pointee.next(avoiding: avoided, load, in: base) ?? -1 }
            return active?.pointee.next(avoiding: avoided, load, in: base) ?? -1
        case .staticRoundRobin:
            return map?.pointee.next(avoiding: avoided, load, in: base) ?? -1
        case .leastConnections:
            if isSingle { return firstBackup }
            return leastLoaded(ofBackups, avoided, load)
        case .first:
            if isSingle { return firstBackup }
            return firstWithRoom(ofBackups, avoided, load)
        case .source, .cookie:
            guard let hash else {
                if !usesRing { return map?.pointee.next(avoiding: avoided, load, in: base) ?? -1 }
                if isSingle { return firstBackup }
                return ring?.pointee.next(ofBackups: ofBackups, avoiding: avoided, load, in: base) ?? -1
            }
            // With one server left there is nothing to choose.
            let count = ofBackups ? (usesAllBackups ? backupCount : 1) : activeCount
            let mixed = count == 1 ? 0 : balance.hasAvalanche ? ServerRing.mixed(hash) : hash
            if !usesRing { return map?.pointee.server(hash: mixed) ?? -1 }
            return nearest(mixed, ofBackups, isSingle, avoided)
        case .random:
            return drawn(ofBackups, isSingle, avoided, load)
        }
    }

    private mutating func leastLoaded(_ ofBackups: Bool, _ avoided: Int32, _ load: BackendLoad) -> Int32 {
        guard let base = servers.baseAddress, let order = self.load else { return -1 }
        return ofBackups
            ? Self.leastLoaded(&order.pointee.backups, avoided, load, base)
            : Self.leastLoaded(&order.pointee.active, avoided, load, base)
    }

    private static func leastLoaded(
        _ heap: inout ServerHeap,
        _ avoided: Int32,
        _ load: BackendLoad,
        _ base: UnsafeMutablePointer<BalanceServer>
    ) -> Int32 {
        var aside: Int32 = -1
        var fallback: Int32 = -1
        var chosen: Int32 = -1
        while heap.first >= 0 {
            let server = heap.first
            let cells = base[Int(server)].cells
            let own = clinux_atomic_load(&cells.pointee.connections) &+ cells.pointee.queue.length
            let most = UInt64(load.limit(cells)) + UInt64(cells.pointee.maxQueue)
            if cells.pointee.maxConnections == 0 || UInt64(own) < most {
                if server != avoided {
                    chosen = server
                    break
                }
                fallback = server
            }
            heap.remove(server, in: base)
            base[Int(server)].aside = aside
            aside = server
        }
        while aside >= 0 {
            let entry = base + Int(aside)
            let next = entry.pointee.aside
            heap.insert(aside, key: entry.pointee.key, turn: entry.pointee.turn, in: base)
            aside = next
        }
        return chosen >= 0 ? chosen : fallback
    }

    private func firstWithRoom(_ ofBackups: Bool, _ avoided: Int32, _ load: BackendLoad) -> Int32 {
        guard case .order(let order) = structure else { return -1 }
        var fallback: Int32 = -1
        for place in 0..<servers.count {
            let server = order[place]
            let entry = servers[Int(server)]
            guard entry.isUsable, entry.isBackup == ofBackups, load.hasRoom(entry.cells) else { continue }
            if server != avoided { return server }
            fallback = server
        }
        return fallback
    }

    private func nearest(_ hash: UInt32, _ ofBackups: Bool, _ isSingle: Bool, _ avoided: Int32) -> Int32 {
        if isSingle { return firstBackup }
        guard let ring, let base = servers.baseAddress else { return -1 }
        return ring.pointee.server(hash: hash, ofBackups: ofBackups, avoiding: avoided, base) { isWithinShare($0) }
    }

    /// `hash-balance-factor`: the server has not more than its share of all connections, this one included, times the
    /// factor.
    private func isWithinShare(_ server: Int32) -> Bool {
        if balance.loadFactor == 0 { return true }
        let entry = servers[Int(server)]
        let served = UInt64(clinux_atomic_load(&backend.pointee.served))
        let slots = ((served + 1) * UInt64(balance.loadFactor) + 99) / 100
        let total = UInt64(max(1, totalWeight))
        let (whole, rest) = (slots / total, slots % total)
        let (own, before) = (UInt64(entry.weight), UInt64(entry.weightBefore))
        let share = own * whole + (before + own) * rest / total - before * rest / total
        return UInt64(clinux_atomic_load(&entry.cells.pointee.connections)) < max(1, share)
    }

    /// Draws servers by weight and takes the one with the fewest connections for its weight.
    private mutating func drawn(
        _ ofBackups: Bool,
        _ isSingle: Bool,
        _ avoided: Int32,
        _ load: BackendLoad
    ) -> Int32 {
        var best: Int32 = -1
        for _ in 0..<max(1, balance.draws) {
            random ^= random << 13
            random ^= random >> 7
            random ^= random << 17
            let server = nearest(UInt32(truncatingIfNeeded: random >> 16), ofBackups, isSingle, avoided)
            if server < 0 { return -1 }
            if best < 0 || isLessLoaded(server, than: best) { best = server }
        }
        return load.hasRoom(servers[Int(best)].cells) ? best : -1
    }

    private func isLessLoaded(_ a: Int32, than b: Int32) -> Bool {
        let (first, second) = (servers[Int(a)], servers[Int(b)])
        let firstLoad = UInt64(clinux_atomic_load(&first.cells.pointee.connections)) * UInt64(second.weight)
        let secondLoad = UInt64(clinux_atomic_load(&second.cells.pointee.connections)) * UInt64(first.weight)
        return firstLoad <= secondLoad
    }
}
