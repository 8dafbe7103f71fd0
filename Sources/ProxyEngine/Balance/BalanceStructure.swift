/// What an algorithm chooses from beside the servers themselves. In memory of its own: most of thousands of backends have
/// one algorithm, few servers, and no connection yet.
enum BalanceStructure {
    /// Nothing, or nothing yet; one server needs no rotation.
    case none
    /// nil without such servers.
    case rotation(active: UnsafeMutablePointer<RoundRobin>?, backups: UnsafeMutablePointer<RoundRobin>?)
    case load(UnsafeMutablePointer<LoadOrder>)
    /// The places of the servers by their ids.
    case order(UnsafeMutablePointer<Int32>)
    case map(UnsafeMutablePointer<ServerMap>)
    case ring(UnsafeMutablePointer<ServerRing>)

    /// Servers by their load: active ones and backups.
    struct LoadOrder {
        var active: ServerHeap
        var backups: ServerHeap
    }

    func free() {
        switch self {
        case .none: break
        case .rotation(let active, let backups):
            for rotation in [active, backups] {
                rotation?.pointee.free()
                rotation?.deallocate()
            }
        case .load(let load):
            load.pointee.active.free()
            load.pointee.backups.free()
            load.deallocate()
        case .order(let order): order.deallocate()
        case .map(let map):
            map.pointee.free()
            map.deallocate()
        case .ring(let ring):
            ring.pointee.free()
            ring.deallocate()
        }
    }

    static func made<Value>(_ value: Value) -> UnsafeMutablePointer<Value> {
        let pointer = UnsafeMutablePointer<Value>.allocate(capacity: 1)
        pointer.initialize(to: value)
        return pointer
    }
}

extension BalanceState {
    @inline(__always)
    var active: UnsafeMutablePointer<RoundRobin>? {
        if case .rotation(let active, _) = structure { return active }
        return nil
    }

    @inline(__always)
    var backups: UnsafeMutablePointer<RoundRobin>? {
        if case .rotation(_, let backups) = structure { return backups }
        return nil
    }

    @inline(__always)
    var load: UnsafeMutablePointer<BalanceStructure.LoadOrder>? {
        if case .load(let load) = structure { return load }
        return nil
    }

    @inline(__always)
    var map: UnsafeMutablePointer<ServerMap>? {
        if case .map(let map) = structure { return map }
        return nil
    }

    @inline(__always)
    var ring: UnsafeMutablePointer<ServerRing>? {
        if case .ring(let ring) = structure { return ring }
        return nil
    }
}
