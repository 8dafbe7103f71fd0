/// One direction of a relayed connection: from the side it is named after to the other.
struct Direction {
    /// Bytes read from the source so far.
    var bytes: UInt64 = 0
    /// What a short send left behind, in a pooled block.
    var rest: UnsafeMutablePointer<UInt8>?
    var restStart: Int32 = 0
    var restEnd: Int32 = 0
    /// Slot of the pipe pool; -1 without a pipe.
    var pipe: Int32 = -1
    /// Bytes in the pipe.
    var inPipe: Int32 = 0
    /// The source has ended; everything pending still goes out.
    var ended = false
    /// The end was passed on: the destination's sending half is shut.
    var shut = false
    /// The destination is gone: what the source still says is thrown away.
    var discards = false
    /// A full read was seen: move by splice(2), until so little comes at a time that copying is as good.
    var splicing = false
    /// Bytes since the source had no more the last time, as far as the size of a read.
    var sinceDrained: Int32 = 0

    /// Something was read that the destination has not taken yet.
    var isPending: Bool { rest != nil || inPipe > 0 }
}

/// Readiness of a socket as its edges told it.
struct Readiness: OptionSet {
    var rawValue: UInt8

    static let readable = Readiness(rawValue: 1)
    static let writable = Readiness(rawValue: 2)
    /// The peer has shut its sending half: a short read is the last.
    static let hangUp = Readiness(rawValue: 4)
    static let failed = Readiness(rawValue: 8)
}

enum ConnectionState: UInt8 {
    case free
    /// `accept-proxy`: the PROXY header has not come yet.
    case readingHeader
    /// Rules look at what the client says.
    case inspecting
    /// The attempt to reach the server is under way.
    case connecting
    /// Waits before it tries again.
    case waiting
    /// Waits for a place at a server.
    case queued
    case relaying
    /// Rules look at what the server says; what the client says goes to it.
    case judging
    /// Ended by a rule before there was anything to tell of.
    case refused
}

/// A connection of a client and the server it goes to: a plain value in the worker's slab.
struct Connection {
    var client: Int32
    var server: Int32
    /// Part of the epoll tag: events of an earlier use of this slot do not match.
    var generation: UInt32
    /// Own position in the slab.
    var index: UInt32
    /// Timer wheel: neighbours in the slot's list; `nextFree` of a free slot.
    var next: UInt32
    var previous: UInt32
    var wheelSlot: Int32
    /// Milliseconds of the worker's clock.
    var deadline: UInt64
    /// When its wheel slot comes up.
    var wheelTime: UInt64
    var lastActivity: UInt64
    var state: ConnectionState
    var clientReady: Readiness
    var serverReady: Readiness
    var attemptsLeft: UInt8
    var attempts: UInt8
    var redispatched: Bool
    /// TCP_NODELAY was set on the server's socket.
    var serverNoDelay: Bool
    var sentToServer: Bool
    /// Has a place at the target.
    var holdsServer: Bool
    /// A rule chose the server, not the balance.
    var isDirect: Bool
    /// Was queued; its ``Waiter`` holds at which place.
    var hasWaited: Bool
    /// The log has told of it already.
    var isReported: Bool
    /// On the list of those that go on in the next turn.
    var isQueued: Bool
    /// Whose silence was too long first. The connection goes on until the other side has ended; this is what ended it.
    var late: Ending?
    var up: Direction
    var down: Direction
    var lease: UnsafeMutablePointer<PlanLease>
    var frontend: UnsafePointer<FrontendEntry>
    var backend: UnsafePointer<BackendEntry>?
    var target: UnsafePointer<ServerEntry>?
    /// Wall clock of accept, milliseconds since 1970.
    var acceptedWall: UInt64
    var acceptedAt: UInt64
    /// Milliseconds from accept to the server's answer; -1 before.
    var connectTime: Int32
    /// Milliseconds from accept to the last place at a server, or to the end of waiting for one; -1 before.
    var queueTime: Int32
    var peerAddress: UInt128
    var peerPort: UInt16
    /// 4 or 6; 0 for a unix socket, whose port is the number of its listener.
    var peerFamily: UInt8
    /// The target's epoch when this attempt began.
    var epoch: UInt32
    /// What only few connections have; nil for the others.
    var rare: UnsafeMutablePointer<RareState>?
    /// Of a bind line with a `maxconn`.
    var listener: UnsafeMutablePointer<ListenerCells>?
    /// Counts those of the process whose frontends ask for it.
    var number: UInt32

    /// Something was read that the other side has not taken yet.
    var isPending: Bool { up.isPending || down.isPending }
}

/// A worker's hold on a plan: how many connections use it. When none does and it is no longer current, it is let go.
struct PlanLease {
    var plan: Unmanaged<Plan>
    var connections: Int
    var isCurrent: Bool
    /// Backends by name; nil where no rule asks for one.
    var directory: UnsafePointer<BackendDirectory>?
}
