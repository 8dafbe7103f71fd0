internal import CMnl
internal import Glibc

/// A connection to the kernel's routing tables (rtnetlink(7)) over libmnl: one request at a time, each answered before
/// the call returns.
///
/// The socket belongs to the network namespace of the thread that made it. The kernel chooses the port id; answers with
/// another sender, port id or sequence number are dropped.
public final class NetlinkSocket {
    private let socket: OpaquePointer
    private let port: UInt32
    private var sequence = UInt32.random(in: 1 ... .max / 2)
    private var buffer = [UInt8](repeating: 0, count: 65536)

    /// - Throws: ``NetlinkError`` if the socket cannot be had (EMFILE, EPROTONOSUPPORT).
    public init() throws(NetlinkError) {
        func failure() -> NetlinkError { NetlinkError(code: errno, action: "opening", object: "rtnetlink socket") }
        guard let socket = mnl_socket_open2(NETLINK_ROUTE, CInt(SOCK_CLOEXEC.rawValue)) else { throw failure() }
        // MNL_SOCKET_AUTOPID: the kernel chooses the port id.
        guard mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) == 0 else {
            let error = failure()
            mnl_socket_close(socket)
            throw error
        }
        self.socket = socket
        port = mnl_socket_get_portid(socket)
        for option in [NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK] {
            // Comfort only: a kernel without one of these answers with fewer words or more objects.
            var on: CInt = 1
            _ = mnl_socket_setsockopt(socket, option, &on, socklen_t(MemoryLayout<CInt>.size))
        }
    }

    deinit { mnl_socket_close(socket) }

    /// Sends a request and waits for the kernel's acknowledgement.
    public func execute(_ request: NetlinkRequest) throws(NetlinkError) {
        try send(request)
        while true {
            for message in try receive(request) where message.isEnd {
                return
            }
        }
    }

    /// Lists objects. A list that the kernel says changed while it was read (`NLM_F_DUMP_INTR`) is read again, ten
    /// times at most.
    func dump(_ request: NetlinkRequest) throws(NetlinkError) -> [NetlinkReply] {
        for _ in 0..<10 {
            try send(request)
            var replies: [NetlinkReply] = []
            var interrupted = false
            var finished = false
            while !finished {
                for message in try receive(request) {
                    interrupted = interrupted || message.isInterrupted
                    finished = finished || message.isEnd
                    if !message.isEnd { replies.append(message.reply) }
                }
            }
            if !interrupted { return replies }
        }
        throw NetlinkError(
            code: EINTR,
            action: request.action,
            object: request.object,
            kernelText: "the list changed ten times while it was read"
        )
    }

    private func send(_ request: NetlinkRequest) throws(NetlinkError) {
        sequence &+= 1
        let bytes = request.message.bytes(sequence: sequence, port: 0)
        while mnl_socket_sendto(socket, bytes, bytes.count) < 0 {
            if errno != EINTR { throw failure(request, errno) }
        }
    }

    /// One datagram's messages that answer our last request.
    private func receive(_ request: NetlinkRequest) throws(NetlinkError) -> [NetlinkAnswer] {
        var sender = sockaddr_nl()
        let count = try receiveDatagram(request, &sender)
        // Anybody may send to a netlink port; only the kernel has port id 0.
        guard sender.nl_pid == 0 else { return [] }
        return try NetlinkAnswer.read(buffer[..<count], to: request, sequence: sequence, port: port)
    }

    private func receiveDatagram(
        _ request: NetlinkRequest,
        _ sender: inout sockaddr_nl
    ) throws(NetlinkError) -> Int {
        let descriptor = mnl_socket_get_fd(socket)
        while true {
            var length = socklen_t(MemoryLayout<sockaddr_nl>.size)
            // recvfrom(2) and not mnl_socket_recvfrom, which does not tell who sent.
            let count = withUnsafeMutableBytes(of: &sender) { address in
                buffer.withUnsafeMutableBytes {
                    recvfrom(
                        descriptor,
                        $0.baseAddress,
                        $0.count,
                        CInt(MSG_TRUNC),
                        address.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                        &length
                    )
                }
            }
            if count > buffer.count { throw failure(request, EMSGSIZE) }
            if count >= 0 { return count }
            if errno != EINTR { throw failure(request, errno) }
        }
    }

    private func failure(_ request: NetlinkRequest, _ code: CInt) -> NetlinkError {
        NetlinkError(code: code, action: request.action, object: request.object)
    }
}
