internal import CMnl
internal import CNftnl
internal import Glibc
public import Netlink

/// A connection to the kernel's packet filter (nf_tables), with libnftnl for the messages and libmnl for the socket.
///
/// It belongs to the network namespace of the thread that made it. A table that is added with
/// ``Table/Protection/owned`` belongs to this socket: nobody else may change it while the socket is open. Needs
/// CAP_NET_ADMIN.
public final class NftablesSocket {
    private let socket: OpaquePointer
    /// The kernel's number for this socket: ``TableStatus/owner`` of the tables it owns.
    public let port: UInt32
    private var sequence = UInt32.random(in: 1 ... .max / 2)
    private var buffer = [UInt8](repeating: 0, count: 1 << 17)
    private var sendBuffer = 0
    private var knownToPersist: Bool?

    /// - Throws: `NetlinkError` if the socket cannot be had (EPROTONOSUPPORT: the kernel has no nf_tables).
    public init() throws(NetlinkError) {
        func failure() -> NetlinkError { NetlinkError(code: errno, action: "opening", object: "nftables socket") }
        guard let socket = mnl_socket_open2(NETLINK_NETFILTER, CInt(SOCK_CLOEXEC.rawValue)) else { throw failure() }
        // MNL_SOCKET_AUTOPID: the kernel chooses the port id.
        guard mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) == 0 else {
            let error = failure()
            mnl_socket_close(socket)
            throw error
        }
        self.socket = socket
        port = mnl_socket_get_portid(socket)
        for option in [NETLINK_EXT_ACK, NETLINK_CAP_ACK] {
            var on: CInt = 1
            _ = mnl_socket_setsockopt(socket, option, &on, socklen_t(MemoryLayout<CInt>.size))
        }
        // Room for the refusal of every message of a transaction, and for lists.
        setBuffer([SO_RCVBUFFORCE, SO_RCVBUF], 1 << 20)
    }

    deinit { mnl_socket_close(socket) }

    private func setBuffer(_ options: [CInt], _ size: Int) {
        var value = CInt(truncatingIfNeeded: size)
        for option in options {
            let descriptor = mnl_socket_get_fd(socket)
            // …FORCE goes beyond net.core.rmem_max and wmem_max, and only root may.
            if setsockopt(descriptor, SOL_SOCKET, option, &value, socklen_t(MemoryLayout<CInt>.size)) == 0 { return }
        }
    }

    /// Whether tables can stay when their owner goes (NFT_TABLE_F_PERSIST, Linux 6.9). Asked once, by a transaction that
    /// leaves nothing. Where they cannot, all tables are plain: an owned one would go with us, and open everything.
    public var canPersist: Bool {
        if let knownToPersist { return knownToPersist }
        let name = Table.Identity(.inet, "appliance_net_probe_\(port)")
        let operations = [TableOperation(name, .addTable(.owned)), TableOperation(name, .deleteTable)]
        let isKnown = (try? execute(operations, canProtect: true)) != nil
        knownToPersist = isKnown
        return isKnown
    }

    /// Runs the operations as one transaction: `nft -f FILE`. Either all of them are done, or none.
    ///
    /// - Throws: `NetlinkError` of the first that the kernel refuses. EPERM: the table is another's, or we have not the
    ///   rights; ENOENT: what is to be deleted or referred to is not there; EEXIST: a set of another type, or an
    ///   interval that overlaps, is there; EBUSY: it is referred to; ENOBUFS: the answer was lost, and what became of the
    ///   transaction must be read back.
    public func execute(_ operations: [TableOperation]) throws(NetlinkError) {
        if operations.isEmpty { return }
        let asksProtection = operations.contains {
            if case .addTable(let protection) = $0.action { protection != .none } else { false }
        }
        try execute(operations, canProtect: asksProtection && canPersist)
    }

    private func execute(_ operations: [TableOperation], canProtect: Bool) throws(NetlinkError) {
        let batch = try Batch(operations, sequence: sequence &+ 1, canProtect: canProtect)
        sequence = batch.firstSequence &+ UInt32(batch.operations.count - 1)
        func words(_ code: CInt, _ operation: Int?, _ text: String? = nil) -> NetlinkError {
            guard let operation else {
                return NetlinkError(code: code, action: "changing", object: "nftables", kernelText: text)
            }
            let failed = operations[operation]
            return NetlinkError(code: code, action: failed.verb, object: failed.object, kernelText: text)
        }
        if batch.bytes.count + 4096 > sendBuffer {
            sendBuffer = batch.bytes.count + 65536
            setBuffer([SO_SNDBUFFORCE, SO_SNDBUF], sendBuffer)
        }
        forget()
        while mnl_socket_sendto(socket, batch.bytes, batch.bytes.count) < 0 {
            if errno != EINTR { throw words(errno, operations.count == 1 ? 0 : nil) }
        }
        var failure: NetlinkError?
        var isFinished = false
        while !isFinished {
            try receive(words(0, nil), sequence: batch.firstSequence, count: batch.operations.count) { answer in
                guard answer.isEnd else { return }
                // A transaction that fails as a whole is answered by its beginning.
                let place = Int(answer.sequence &- batch.firstSequence)
                if answer.sequence == batch.lastSequence || place == 0 { isFinished = true }
                if let refusal = answer.refusal {
                    failure = failure ?? words(refusal.code, batch.operations[place], refusal.text)
                }
            }
        }
        if let failure { throw failure }
    }

    /// Lists objects; again from the beginning if they changed meanwhile.
    ///
    /// - Parameter fill: Puts what to list into the message.
    func dump<Object>(
        _ type: UInt32,
        _ family: TableFamily?,
        _ what: String,
        fill: (UnsafeMutablePointer<nlmsghdr>) -> Void = { _ in },
        _ make: (UnsafePointer<nlmsghdr>) -> Object?
    ) throws(NetlinkError) -> [Object] {
        try ask(type, family, flags: NLM_F_DUMP, what, fill: fill, make)
    }

    /// Asks for one object, or with NLM_F_DUMP for all.
    func ask<Object>(
        _ type: UInt32,
        _ family: TableFamily? = nil,
        flags: Int32 = NLM_F_ACK,
        _ what: String,
        fill: (UnsafeMutablePointer<nlmsghdr>) -> Void = { _ in },
        _ make: (UnsafePointer<nlmsghdr>) -> Object?
    ) throws(NetlinkError) -> [Object] {
        func error(_ code: CInt, _ text: String? = nil) -> NetlinkError {
            NetlinkError(code: code, action: "listing", object: what, kernelText: text)
        }
        for attempt in 0..<10 {
            if attempt > 0 { poll(nil, 0, CInt(1) << CInt(attempt - 1)) }
            sequence &+= 1
            let number = sequence
            forget()
            let isSent = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { scratch in
                guard let start = scratch.baseAddress,
                    let header = nftnl_nlmsg_build_hdr(
                        start,
                        UInt16(type),
                        UInt16(family?.rawValue ?? 0),
                        UInt16(flags),
                        number
                    )
                else { return false }
                fill(header)
                return mnl_socket_sendto(socket, start, Int(header.pointee.nlmsg_len)) >= 0
            }
            guard isSent else { throw error(errno) }
            var objects: [Object] = []
            var isInterrupted = false
            var isFinished = false
            var refusal: (code: CInt, text: String?)?
            while !isFinished {
                try receive(error(0), sequence: number, count: 1) { answer in
                    isInterrupted = isInterrupted || answer.isInterrupted
                    isFinished = isFinished || answer.isEnd
                    refusal = refusal ?? answer.refusal
                    if !answer.isEnd, let object = answer.withHeader(make) { objects.append(object) }
                }
            }
            if let refusal { throw error(refusal.code, refusal.text) }
            if !isInterrupted { return objects }
        }
        throw error(EINTR, "the list changed ten times while it was read")
    }

    /// Throws away what is left of answers to what failed before, so that the next has room.
    private func forget() {
        let descriptor = mnl_socket_get_fd(socket)
        while recv(descriptor, nil, 0, CInt(MSG_DONTWAIT) | CInt(MSG_TRUNC)) >= 0 || errno == ENOBUFS || errno == EINTR
        {}
    }

    /// One datagram's messages that answer us. The kernel has answered when sendto(2) returns, and goes on with a list
    /// when a part of it is read: what is not there had no room, and is lost.
    private func receive(
        _ words: NetlinkError,
        sequence: UInt32,
        count: Int,
        _ take: (NetlinkAnswer) -> Void
    ) throws(NetlinkError) {
        var sender = sockaddr_nl()
        while true {
            var length = socklen_t(MemoryLayout<sockaddr_nl>.size)
            let descriptor = mnl_socket_get_fd(socket)
            // recvfrom(2) and not mnl_socket_recvfrom, which does not tell who sent.
            let size = withUnsafeMutableBytes(of: &sender) { address in
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
            var error = words
            if size > buffer.count {
                error.code = EMSGSIZE
                throw error
            }
            if size >= 0 {
                // Anybody may send to a netlink port; only the kernel has port id 0.
                guard sender.nl_pid == 0 else { return }
                return NetlinkAnswer.read(buffer[..<size], sequence: sequence, count: count, port: port, take)
            }
            if errno == EINTR { continue }
            error.code = errno == EAGAIN ? ENOBUFS : errno
            throw error
        }
    }
}

extension NetlinkAnswer {
    /// The message with a header before it, as libnftnl reads it.
    fileprivate func withHeader<Result>(_ body: (UnsafePointer<nlmsghdr>) -> Result?) -> Result? {
        let size = MemoryLayout<nlmsghdr>.size + reply.payload.bytes.count
        return withUnsafeTemporaryAllocation(byteCount: size, alignment: 8) { space in
            var header = nlmsghdr()
            header.nlmsg_len = UInt32(size)
            header.nlmsg_type = reply.type
            space.storeBytes(of: header, as: nlmsghdr.self)
            reply.payload.bytes.withUnsafeBytes { source in
                UnsafeMutableRawBufferPointer(rebasing: space[MemoryLayout<nlmsghdr>.size...])
                    .copyBytes(from: source)
            }
            return space.baseAddress.flatMap { body(UnsafePointer($0.assumingMemoryBound(to: nlmsghdr.self))) }
        }
    }
}
