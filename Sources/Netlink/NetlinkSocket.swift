internal import CMnl
internal import Glibc

/// A connection to the kernel's routing tables (rtnetlink(7)) over libmnl: every call waits for the kernel's answer
/// before it returns.
///
/// The socket belongs to the network namespace of the thread that made it. The kernel chooses the port id; answers with
/// another sender, port id or sequence number are dropped.
public final class NetlinkSocket {
    private let socket: OpaquePointer
    private let port: UInt32
    private var sequence = UInt32.random(in: 1 ... .max / 2)
    private var buffer = [UInt8](repeating: 0, count: 65536)
    /// Of requests that go together.
    private var datagram: [UInt8] = []

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
        if let failure = try execute([request]).first { throw failure.error }
    }

    /// Sends many requests with few system calls (`ip -batch`, which makes two for each). The kernel works on them in
    /// order and goes on after one that it refuses.
    ///
    /// Only the last message of a datagram asks for an acknowledgement; of the others the kernel reports those that
    /// failed, before it. Answers are matched by their sequence numbers.
    ///
    /// - Returns: What the kernel refused, in order; empty if everything went through.
    /// - Throws: ``NetlinkError`` if the socket failed: what became of the requests must be read back.
    public func execute(_ requests: [NetlinkRequest]) throws(NetlinkError) -> [NetlinkFailure] {
        var failures: [NetlinkFailure] = []
        var start = 0
        while start < requests.count {
            let end = endOfDatagram(requests, from: start)
            let first = sequence &+ 1
            datagram.removeAll(keepingCapacity: true)
            for index in start..<end {
                sequence &+= 1
                let isLast = index == end - 1
                requests[index].message.append(to: &datagram, sequence: sequence, port: 0, isAcknowledged: isLast)
            }
            try send(datagram, requests[start])
            let last = sequence
            var isFinished = false
            while !isFinished {
                try receive(requests[start], sequence: first, count: end - start) { answer in
                    guard answer.isEnd else { return }
                    if answer.sequence == last { isFinished = true }
                    guard let refusal = answer.refusal else { return }
                    let index = start + Int(answer.sequence &- first)
                    failures.append(NetlinkFailure(index: index, error: requests[index].error(refusal)))
                }
            }
            start = end
        }
        return failures
    }

    /// Where the datagram ends that begins with the request at `start`: so that all of its answers, should every
    /// request fail, have room in the socket's receive buffer as the kernel makes it by default.
    private func endOfDatagram(_ requests: [NetlinkRequest], from start: Int) -> Int {
        var end = start + 1
        var bytes = requests[start].message.byteCount
        while end < requests.count, end - start < 128 {
            bytes += requests[end].message.byteCount
            if bytes > 32768 { break }
            end += 1
        }
        return end
    }

    /// Lists objects. A list that the kernel says changed while it was read (`NLM_F_DUMP_INTR`) is read again, ten
    /// times at most, with longer and longer pauses (half a second in all): who changes it is often done by then.
    func dump<Object>(
        _ request: NetlinkRequest,
        _ make: (NetlinkReply) -> Object?
    ) throws(NetlinkError) -> [Object] {
        for attempt in 0..<10 {
            if attempt > 0 { poll(nil, 0, CInt(1) << CInt(attempt - 1)) }
            sequence &+= 1
            try send(request.message.bytes(sequence: sequence, port: 0), request)
            var objects: [Object] = []
            var isInterrupted = false
            var isFinished = false
            var refusal: (code: CInt, text: String?)?
            while !isFinished {
                try receive(request, sequence: sequence) { answer in
                    isInterrupted = isInterrupted || answer.isInterrupted
                    isFinished = isFinished || answer.isEnd
                    refusal = refusal ?? answer.refusal
                    if !answer.isEnd, let object = make(answer.reply) { objects.append(object) }
                }
            }
            if let refusal { throw request.error(refusal) }
            if !isInterrupted { return objects }
        }
        throw request.error((EINTR, "the list changed ten times while it was read"))
    }

    private func send(_ bytes: [UInt8], _ request: NetlinkRequest) throws(NetlinkError) {
        while mnl_socket_sendto(socket, bytes, bytes.count) < 0 {
            if errno != EINTR { throw request.error((errno, nil)) }
        }
    }

    /// One datagram's messages that answer `count` requests numbered from `sequence` on.
    private func receive(
        _ request: NetlinkRequest,
        sequence: UInt32,
        count: Int = 1,
        _ take: (NetlinkAnswer) -> Void
    ) throws(NetlinkError) {
        var sender = sockaddr_nl()
        let size = try receiveDatagram(request, &sender)
        // Anybody may send to a netlink port; only the kernel has port id 0.
        guard sender.nl_pid == 0 else { return }
        NetlinkAnswer.read(buffer[..<size], sequence: sequence, count: count, port: port, take)
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
            if count > buffer.count { throw request.error((EMSGSIZE, nil)) }
            if count >= 0 { return count }
            if errno != EINTR { throw request.error((errno, nil)) }
        }
    }
}
