internal import CLinux

/// Bytes of a connection that has not ended which statistics tell of already (`option contstats`).
struct CountedBytes {
    var bytesIn: UInt64 = 0
    var bytesOut: UInt64 = 0
}

extension Worker {
    /// Counts what has moved since it was counted last.
    mutating func countNow(_ connection: UnsafeMutablePointer<Connection>) {
        let counted = roomForCounts()
        let before = counted + Int(connection.pointee.index)
        let now = CountedBytes(bytesIn: connection.pointee.up.bytes, bytesOut: connection.pointee.down.bytes)
        let bytesIn = now.bytesIn - before.pointee.bytesIn
        let bytesOut = now.bytesOut - before.pointee.bytesOut
        if bytesIn | bytesOut == 0 { return }
        before.pointee = now
        connection.pointee.frontend.pointee.cells.traffic.end(bytesIn, bytesOut)
        connection.pointee.backend?.pointee.cells.traffic.end(bytesIn, bytesOut)
        connection.pointee.target?.pointee.cells.traffic.end(bytesIn, bytesOut)
        if let listener = connection.pointee.listener, listener.pointee.isCounted {
            listener.traffic.end(bytesIn, bytesOut)
        }
        clinux_atomic_add_wide(&shared.pointee.bytesOut, bytesOut)
    }

    private mutating func roomForCounts() -> UnsafeMutablePointer<CountedBytes> {
        if let counted { return counted }
        let room = UnsafeMutablePointer<CountedBytes>.allocate(capacity: slab.capacity)
        room.initialize(repeating: CountedBytes(), count: slab.capacity)
        counted = room
        return room
    }
}

extension Engine {
    /// Counts what connections of `option contstats` have moved so far. Others cost nothing, and these only when somebody asks.
    public func countNow() {
        guard plan.frontends.contains(where: { $0.entry.pointee.countsContinuously }) else { return }
        for worker in workers { worker.mailbox.run(Errand(.count)) }
    }
}
