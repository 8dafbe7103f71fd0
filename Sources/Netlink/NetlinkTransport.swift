internal import CMnl
internal import Glibc

/// A netlink socket over libmnl, and how questions are asked on it: what rtnetlink and nf_tables have in common.
///
/// It belongs to the network namespace of the thread that made it. The kernel chooses the port id; what has another
/// sender, port id or sequence number than an answer to us is dropped.
package final class NetlinkTransport {
    /// The error of a question, of its errno value and the kernel's own words.
    package typealias Words = (_ code: CInt, _ text: String?) -> NetlinkError

    private let socket: OpaquePointer
    /// The kernel's number for this socket.
    package let port: UInt32
    private var sequence = UInt32.random(in: 1 ... .max / 2)
    /// Of lists the kernel gives 32 KiB at once, and what is longer than this is EMSGSIZE, not cut.
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)
    private var sendBuffer = 0

    /// - Parameters:
    ///   - family: `NETLINK_ROUTE`, `NETLINK_NETFILTER`.
    ///   - name: What errors call it.
    ///   - options: Comfort only: a kernel without one of these answers with fewer words or more objects.
    ///   - receiveBuffer: Bytes that the kernel keeps for us; nil for the usual.
    /// - Throws: ``NetlinkError`` if the socket cannot be had (EMFILE, EPROTONOSUPPORT).
    package init(
        _ family: CInt,
        _ name: String,
        options: [CInt],
        receiveBuffer: Int? = nil
    ) throws(NetlinkError) {
        func failure() -> NetlinkError { NetlinkError(code: errno, action: "opening", object: "\(name) socket") }
        guard let socket = mnl_socket_open2(family, CInt(SOCK_CLOEXEC.rawValue)) else { throw failure() }
        // MNL_SOCKET_AUTOPID: the kernel chooses the port id.
        guard mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) == 0 else {
            let error = failure()
            mnl_socket_close(socket)
            throw error
        }
        self.socket = socket
        port = mnl_socket_get_portid(socket)
        for option in options {
            var on: CInt = 1
            _ = mnl_socket_setsockopt(socket, option, &on, socklen_t(MemoryLayout<CInt>.size))
        }
        if let receiveBuffer {
            setSocketBuffer(mnl_socket_get_fd(socket), [SO_RCVBUFFORCE, SO_RCVBUF], receiveBuffer)
        }
    }

    deinit { mnl_socket_close(socket) }

    /// What ``take(_:)`` will give.
    package var next: UInt32 { sequence &+ 1 }

    /// Numbers for `count` messages that go together; gives the first.
    package func take(_ count: Int) -> UInt32 {
        defer { sequence &+= UInt32(count) }
        return next
    }

    /// Sends the messages of `bytes`, and hears what the kernel says to them, until `isLast` has said so. All of a datagram
    /// is heard.
    ///
    /// The kernel has answered when sendto(2) returns, and goes on with a list when a part of it is read. So nothing is
    /// waited for: an answer that is not there had no room, and is lost (ENOBUFS).
    ///
    /// - Parameters:
    ///   - sequence: The number of the first message, of ``take(_:)``.
    ///   - count: How many messages there are.
    package func exchange(
        _ bytes: [UInt8],
        sequence: UInt32,
        count: Int = 1,
        _ words: Words,
        isLast: (NetlinkAnswer) -> Bool
    ) throws(NetlinkError) {
        reserve(bytes.count)
        forget()
        while mnl_socket_sendto(socket, bytes, bytes.count) < 0 {
            if errno != EINTR { throw words(errno, nil) }
        }
        var isFinished = false
        while !isFinished {
            guard let datagram = try receive(words) else { continue }
            NetlinkAnswer.read(datagram, sequence: sequence, count: count, port: port) { answer in
                if isLast(answer) { isFinished = true }
            }
        }
    }

    /// Lists objects. A list that the kernel says changed while it was read (`NLM_F_DUMP_INTR`) is read again, ten
    /// times at most, with longer and longer pauses (half a second in all): who changes it is often done by then.
    ///
    /// - Parameters:
    ///   - question: The message with this number.
    ///   - make: An object of a message of the list; nil is left out.
    package func list<Object>(
        _ words: Words,
        _ question: (_ sequence: UInt32) -> [UInt8],
        _ make: (NetlinkAnswer) -> Object?
    ) throws(NetlinkError) -> [Object] {
        for attempt in 0..<10 {
            if attempt > 0 { poll(nil, 0, CInt(1) << CInt(attempt - 1)) }
            let number = take(1)
            var objects: [Object] = []
            var isInterrupted = false
            var refusal: (code: CInt, text: String?)?
            try exchange(question(number), sequence: number, words) { answer in
                isInterrupted = isInterrupted || answer.isInterrupted
                refusal = refusal ?? answer.refusal
                if !answer.isEnd, let object = make(answer) { objects.append(object) }
                return answer.isEnd
            }
            if let refusal { throw words(refusal.code, refusal.text) }
            if !isInterrupted { return objects }
        }
        throw words(EINTR, "the list changed ten times while it was read")
    }

    /// Room for a long message; the usual is enough for the others.
    private func reserve(_ count: Int) {
        guard count > 1 << 16, count + 4096 > sendBuffer else { return }
        sendBuffer = count + 65536
        setSocketBuffer(mnl_socket_get_fd(socket), [SO_SNDBUFFORCE, SO_SNDBUF], sendBuffer)
    }

    /// Throws away what is left of answers to what failed before, so that the next has room.
    private func forget() {
        let descriptor = mnl_socket_get_fd(socket)
        while recv(descriptor, nil, 0, CInt(MSG_DONTWAIT) | CInt(MSG_TRUNC)) >= 0 || errno == ENOBUFS || errno == EINTR
        {}
    }

    /// One datagram; nil if it is not the kernel's.
    private func receive(_ words: Words) throws(NetlinkError) -> ArraySlice<UInt8>? {
        let descriptor = mnl_socket_get_fd(socket)
        var sender = sockaddr_nl()
        while true {
            var length = socklen_t(MemoryLayout<sockaddr_nl>.size)
            // recvfrom(2) and not mnl_socket_recvfrom, which does not tell who sent.
            let count = withUnsafeMutableBytes(of: &sender) { address in
                buffer.withUnsafeMutableBytes {
                    recvfrom(
                        descriptor,
                        $0.baseAddress,
                        $0.count,
                        CInt(MSG_TRUNC) | CInt(MSG_DONTWAIT),
                        address.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                        &length
                    )
                }
            }
            if count > buffer.count { throw words(EMSGSIZE, nil) }
            // Anybody may send to a netlink port; only the kernel has port id 0.
            if count >= 0 { return sender.nl_pid == 0 ? buffer[..<count] : nil }
            if errno != EINTR { throw words(errno == EAGAIN ? ENOBUFS : errno, nil) }
        }
    }
}

/// …FORCE goes beyond net.core.rmem_max and wmem_max, and only root may; without it, what the kernel allows.
func setSocketBuffer(_ descriptor: CInt, _ options: [CInt], _ size: Int) {
    var value = CInt(truncatingIfNeeded: size)
    for option in options {
        if setsockopt(descriptor, SOL_SOCKET, option, &value, socklen_t(MemoryLayout<CInt>.size)) == 0 { return }
    }
}
