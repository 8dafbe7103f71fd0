internal import Addresses
internal import CLinux
internal import Glibc

/// Takes lines for one destination; never blocks. A trivial value that threads share.
struct LogSink {
    enum Manner: UInt8 {
        /// A file, pipe or terminal.
        case stream
        /// A socket that stands for standard output: the journal's.
        case socket
        /// A datagram for each line.
        case datagrams
        /// Memory.
        case ring
    }

    let manner: Manner
    /// -1: what comes is thrown away.
    let descriptor: CInt
    private var unix: UnixAddress?
    private var address: SocketAddress?
    /// That of the ring which has its name now.
    var ring: UnsafeMutablePointer<RingMemory>?
    /// Counts those who have had its place: lines that were made for another one are not sent.
    var generation: UInt32 = 0

    init(_ ring: UnsafeMutablePointer<RingMemory>) {
        self.ring = ring
        descriptor = -1
        manner = .ring
    }

    /// Opens the descriptor anew: O_NONBLOCK set on standard output itself would be set for everybody who shares it. A
    /// socket cannot be opened, but can be sent to without blocking. A file never blocks, and opened anew it would have a place of
    /// its own, so that the lines of others were written over.
    init(stream original: CInt) {
        ring = nil
        if Self.isFile(original) {
            descriptor = fcntl(original, F_DUPFD_CLOEXEC, 0)
            manner = .stream
            return
        }
        let own = clinux_open("/proc/self/fd/\(original)", O_WRONLY | O_NONBLOCK | O_APPEND, 0)
        descriptor = own >= 0 ? own : original
        manner = own >= 0 ? .stream : .socket
    }

    /// - Parameter descriptor: A socket for datagrams of the address's family; many sinks share it.
    init(_ endpoint: Endpoint, over descriptor: CInt) {
        ring = nil
        self.descriptor = descriptor
        manner = .datagrams
        address = SocketAddress(endpoint)
    }

    /// - Parameter place: As ``LogDestination/unix(_:)``. The path is looked up for every datagram, in the chroot if there is
    ///   one: whoever takes the lines may come later, and come back.
    init(unix place: String) {
        ring = nil
        unix = UnixAddress(place)
        descriptor = unix == nil ? -1 : Self.datagramSocket(AF_UNIX)
        manner = .datagrams
    }

    /// Takes a descriptor as it is, and does not close it.
    init(descriptor: CInt) {
        ring = nil
        self.descriptor = descriptor
        manner = .stream
    }

    private static func isFile(_ descriptor: CInt) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    static func datagramSocket(_ family: CInt) -> CInt {
        let type = CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        return Glibc.socket(family, type, 0)
    }

    /// Bytes written; -1 if the sink takes none now.
    @inline(__always)
    func write(_ bytes: UnsafeRawPointer, _ count: Int) -> Int {
        if descriptor < 0 { return count }
        if manner == .socket {
            let sent = Glibc.send(descriptor, bytes, count, CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL))
            if sent >= 0 || errno != ENOTSOCK { return sent }
        }
        return Glibc.write(descriptor, bytes, count)
    }

    /// Sends a line as a datagram of its own; -1 with errno if it is not taken.
    mutating func send(_ bytes: UnsafeRawPointer, _ count: Int) -> Int {
        let flags = CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL)
        let descriptor = descriptor
        if let sent = unix?.withPointer({ sendto(descriptor, bytes, count, flags, $0, $1) }) { return sent }
        return address?.withPointer { sendto(descriptor, bytes, count, flags, $0, $1) } ?? count
    }
}
