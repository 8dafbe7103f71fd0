internal import Addresses
internal import CLinux
internal import Glibc
internal import Syscalls

/// Sends and receives whole frames of ARP, or of IPv6, on one interface (packet(7)).
final class PacketSocket {
    let key: SocketKey
    private let socket: FileDescriptor
    private var filter: PacketFilter
    private var isListening = false
    private let groups: SolicitedNodeGroups?
    /// Frames that the kernel had no room for yet.
    private var waiting: [[UInt8]] = []
    /// So many wait at most; what comes then is lost, as on a full wire.
    private static let mostWaiting = 16384

    var descriptor: CInt { socket.raw }

    init(_ key: SocketKey) throws(SystemError) {
        self.key = key
        filter = PacketFilter(key.family)
        socket = FileDescriptor(owning: try syscall("open a packet socket") { clinux_packet_socket() })
        groups = key.family == .v6 ? SolicitedNodeGroups(key.interface) : nil
        try attach()
    }

    /// Hears of these addresses as well.
    func listen(_ addresses: some Collection<IPAddress>) throws(SystemError) {
        if !(try groups?.join(addresses) ?? true) {
            let (raw, interface) = (socket.raw, CInt(key.interface))
            try syscall("hear all multicast of \(name)") { clinux_packet_all_multicast(raw, interface) }
        }
        if filter.widen(addresses) { try attach() }
    }

    /// Hears of these addresses, and of no others.
    func listen(only addresses: some Collection<IPAddress>) throws(SystemError) {
        groups?.keep(addresses)
        let narrow = PacketFilter(key.family, addresses)
        if narrow == filter { return }
        filter = narrow
        try attach()
    }

    private func attach() throws(SystemError) {
        let (raw, instructions) = (socket.raw, filter.instructions)
        try syscall("filter packets of \(name)") {
            clinux_packet_filter(raw, instructions, UInt32(instructions.count))
        }
        // Before, it has no interface: nothing comes in that no filter has seen.
        if isListening { return }
        let (interface, kind) = (CInt(key.interface), key.family == .v4 ? EthernetFrame.Kind.arp : .ipv6)
        try syscall("hear packets of \(name)") { clinux_packet_listen(raw, interface, kind.rawValue) }
        isListening = true
    }

    private var name: String { "interface \(key.interface)" }

    /// Takes frames to be sent by ``flush()``.
    func send(_ frames: [[UInt8]]) { waiting += frames.prefix(max(0, Self.mostWaiting - waiting.count)) }

    /// Sends what waits, in batches (sendmmsg(2)); false if the kernel has no room for the rest just now.
    ///
    /// - Throws: Where the interface is down or gone; what waits is thrown away then.
    func flush() throws(SystemError) -> Bool {
        var sent = 0
        defer { waiting.removeFirst(sent) }
        while sent < waiting.count {
            let batch = waiting[sent...].prefix(Int(CLINUX_FRAME_BATCH))
            let bytes = Array(batch.joined())
            let lengths = batch.map { UInt32($0.count) }
            let raw = socket.raw
            do throws(SystemError) {
                sent += Int(
                    try syscall("send packets on \(name)") {
                        clinux_send_frames(raw, bytes, lengths, UInt32(lengths.count))
                    }
                )
            } catch {
                // The link's queue, or the socket's buffer.
                if error.code == EAGAIN || error.code == ENOBUFS { return false }
                sent = waiting.count
                throw error
            }
        }
        return true
    }

    var isWaiting: Bool { !waiting.isEmpty }

    /// Takes what has come in, one batch at most.
    func receive(_ buffer: inout ReceiveBuffer) throws(SystemError) -> Int {
        let raw = socket.raw
        do throws(SystemError) {
            let count = try syscallNonBlocking("receive packets of \(name)") {
                clinux_receive_frames(
                    raw,
                    &buffer.bytes,
                    UInt32(ReceiveBuffer.slot),
                    &buffer.lengths,
                    UInt32(CLINUX_FRAME_BATCH)
                )
            }
            return Int(count ?? 0)
        } catch  where error.code == ENETDOWN {
            // The interface was set down. Told once; it goes on by itself when the interface is up again.
            return 0
        }
    }
}

/// Room for one batch of frames.
struct ReceiveBuffer {
    /// Bytes for each: no frame that matters to us is longer than an Ethernet frame.
    static let slot = 1536
    var bytes = [UInt8](repeating: 0, count: slot * Int(CLINUX_FRAME_BATCH))
    var lengths = [UInt32](repeating: 0, count: Int(CLINUX_FRAME_BATCH))

    func frame(_ index: Int) -> ArraySlice<UInt8> {
        bytes[index * Self.slot..<index * Self.slot + Int(lengths[index])]
    }
}
