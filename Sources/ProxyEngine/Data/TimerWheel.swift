/// Time-outs of a worker's connections. Lazy: activity only moves a connection's deadline; when its slot comes up, it
/// is put where the deadline now is, or has expired.
struct TimerWheel: ~Copyable {
    static let tick: UInt64 = 16
    static let slots = 4096
    private var heads: UnsafeMutablePointer<UInt32>
    private var bits: UnsafeMutablePointer<UInt64>
    /// The tick up to which slots were emptied.
    private var current: UInt64

    init(now: UInt64) {
        heads = .allocate(capacity: Self.slots)
        heads.initialize(repeating: Slab.none, count: Self.slots)
        bits = .allocate(capacity: Self.slots / 64)
        bits.initialize(repeating: 0, count: Self.slots / 64)
        current = now / Self.tick
    }

    deinit {
        heads.deallocate()
        bits.deallocate()
    }

    /// Sets the deadline; moves the connection only if it is due earlier than its slot.
    @inline(__always)
    mutating func schedule(_ connection: UnsafeMutablePointer<Connection>, at deadline: UInt64, in slab: borrowing Slab)
    {
        connection.pointee.deadline = deadline
        if connection.pointee.wheelSlot >= 0 {
            if deadline >= connection.pointee.wheelTime { return }
            remove(connection, from: slab)
        }
        insert(connection, in: slab)
    }

    mutating func insert(_ connection: UnsafeMutablePointer<Connection>, in slab: borrowing Slab) {
        // Beyond the horizon: the furthest slot, from where it is put on again.
        let wanted = (connection.pointee.deadline + Self.tick - 1) / Self.tick
        let due = min(max(wanted, current + 1), current + UInt64(Self.slots) - 1)
        let slot = Int(due % UInt64(Self.slots))
        connection.pointee.wheelTime = due * Self.tick
        connection.pointee.wheelSlot = Int32(slot)
        connection.pointee.previous = Slab.none
        connection.pointee.next = heads[slot]
        if heads[slot] != Slab.none { slab[heads[slot]].pointee.previous = connection.pointee.index }
        heads[slot] = connection.pointee.index
        bits[slot / 64] |= 1 << UInt64(slot % 64)
    }

    @inline(__always)
    mutating func remove(_ connection: UnsafeMutablePointer<Connection>, from slab: borrowing Slab) {
        let slot = Int(connection.pointee.wheelSlot)
        if slot < 0 { return }
        let next = connection.pointee.next
        let previous = connection.pointee.previous
        if previous == Slab.none { heads[slot] = next } else { slab[previous].pointee.next = next }
        if next != Slab.none { slab[next].pointee.previous = previous }
        if heads[slot] == Slab.none { bits[slot / 64] &= ~(1 << UInt64(slot % 64)) }
        connection.pointee.wheelSlot = -1
    }

    /// Takes one connection whose slot has come up off the wheel; nil when none is left for `now`.
    mutating func takeDue(now: UInt64, from slab: borrowing Slab) -> UnsafeMutablePointer<Connection>? {
        let target = now / Self.tick
        while true {
            let slot = Int(current % UInt64(Self.slots))
            if heads[slot] != Slab.none {
                let connection = slab[heads[slot]]
                remove(connection, from: slab)
                return connection
            }
            if current >= target { return nil }
            current = nextOccupied(before: target) ?? target
        }
    }

    /// Milliseconds until the next occupied slot; -1 if there is none.
    func wait(now: UInt64) -> Int32 {
        guard let due = nextOccupied(before: current + UInt64(Self.slots) - 1) else { return -1 }
        let at = due * Self.tick
        return at <= now ? 0 : Int32(truncatingIfNeeded: at - now)
    }

    /// The first occupied tick after `current`, up to and including `limit`.
    private func nextOccupied(before limit: UInt64) -> UInt64? {
        var tick = current + 1
        let last = min(limit, current + UInt64(Self.slots) - 1)
        while tick <= last {
            let slot = Int(tick % UInt64(Self.slots))
            let word = bits[slot / 64] >> UInt64(slot % 64)
            if word != 0 {
                let found = tick + UInt64(word.trailingZeroBitCount)
                return found <= last ? found : nil
            }
            tick += UInt64(64 - slot % 64)
        }
        return nil
    }
}
