internal import Glibc

/// The connection that takes a ring's messages to one of its servers. It is made again a second after it broke, and goes on
/// with the first message that was not sent whole.
struct RingLink {
    private enum State {
        case resting
        case connecting
        case connected
    }

    /// HAProxy's pace: milliseconds from a failure to the next attempt.
    private static let pause: UInt64 = 1000
    /// Bytes that are taken from the ring at a time.
    private static let portion = 16384

    let ring: LogRing
    /// Somebody writes to the ring. Who does not gets what waits, and no other connection.
    var isWanted = true
    private let server: LogRing.Server
    let memory: UnsafeMutablePointer<RingMemory>
    private var state = State.resting
    private(set) var socket: CInt = -1
    /// When the state ends by itself; 0 at once, nil never.
    private(set) var deadline: UInt64? = 0
    private var cursor = RingMemory.Cursor()
    /// What is on its way, where each message in it ends, and the cursors behind them.
    private var pending: [UInt8] = []
    private var ends: [(end: Int, cursor: RingMemory.Cursor)] = []
    private var sent = 0

    init(_ server: LogRing.Server, _ ring: LogRing, _ memory: UnsafeMutablePointer<RingMemory>) {
        self.server = server
        self.ring = ring
        self.memory = memory
    }

    /// It has no connection, and without being wanted gets none.
    var isResting: Bool { state == .resting }

    /// What poll(2) is to wait for.
    var events: Int16 {
        switch state {
        case .resting: 0
        case .connecting: Int16(POLLOUT)
        case .connected: Int16(sent < pending.count ? POLLIN | POLLOUT : POLLIN)
        }
    }

    mutating func close() {
        if socket >= 0 { Glibc.close(socket) }
        socket = -1
    }

    /// Goes on after `revents`, news in the ring, or time.
    mutating func step(_ revents: Int16, now: UInt64) {
        if state == .resting {
            if isWanted, deadline == nil { deadline = now }
            if !isWanted { deadline = nil }
            guard let deadline, deadline <= now else { return }
            return connect(now)
        }
        if let deadline, deadline <= now { return fail(now) }
        if state == .connecting {
            if revents == 0 { return }
            var (code, length) = (CInt(0), socklen_t(MemoryLayout<CInt>.size))
            getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &length)
            if code != 0 { return fail(now) }
            (state, deadline) = (.connected, nil)
        } else if revents & ~Int16(POLLOUT) != 0, !drain() {
            return fail(now)
        }
        send(now)
    }

    private mutating func connect(_ now: UInt64) {
        var address = SocketAddress(server.endpoint)
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        socket = Glibc.socket(address.family, type, 0)
        let descriptor = socket
        if descriptor < 0 { return fail(now) }
        if address.withPointer({ Glibc.connect(descriptor, $0, $1) }) < 0, errno != EINPROGRESS { return fail(now) }
        (state, deadline) = (.connecting, ring.connectTimeout.map { now + UInt64($0) })
    }

    /// What a server says is of no interest; false when it has gone.
    private func drain() -> Bool {
        var bytes: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        return withUnsafeMutableBytes(of: &bytes) { room in
            while true {
                let count = recv(socket, room.baseAddress, room.count, CInt(MSG_DONTWAIT))
                if count == 0 { return false }
                if count < 0 { return errno == EAGAIN || errno == EINTR }
            }
        }
    }

    private mutating func send(_ now: UInt64) {
        while true {
            if sent == pending.count, !take() {
                deadline = nil
                if !isWanted { rest() }
                return
            }
            let (from, descriptor) = (sent, socket)
            let count = pending.withUnsafeBytes { bytes in
                Glibc.send(
                    descriptor,
                    bytes.baseAddress?.advanced(by: from),
                    bytes.count - from,
                    CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT)
                )
            }
            if count < 0 {
                if errno == EINTR { continue }
                return errno == EAGAIN ? wait(now) : fail(now)
            }
            sent += count
            deadline = nil
        }
    }

    private mutating func wait(_ now: UInt64) {
        if deadline == nil { deadline = ring.serverTimeout.map { now + UInt64($0) } }
    }

    /// Takes the next messages; false if there are none.
    private mutating func take() -> Bool {
        if let last = ends.last { cursor = last.cursor }
        (pending, ends, sent) = ([], [], 0)
        var next = cursor
        while pending.count < Self.portion {
            guard let message = memory.pointee.read(from: &next, atMost: 1, isServer: true).first else { break }
            if server.countsOctets { pending += Array("\(message.count) ".utf8) }
            pending += message
            if !server.countsOctets { pending.append(UInt8(ascii: "\n")) }
            ends.append((pending.count, next))
        }
        return !pending.isEmpty
    }

    private mutating func fail(_ now: UInt64) {
        // A message of which a part was sent is sent again: better twice than never.
        if let last = ends.last(where: { $0.end <= sent }) { cursor = last.cursor }
        rest()
        deadline = now + Self.pause
    }

    private mutating func rest() {
        close()
        (pending, ends, sent) = ([], [], 0)
        (state, deadline) = (.resting, nil)
    }
}
