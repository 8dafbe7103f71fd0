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
    private let transport: NetlinkTransport
    private var knownToPersist: Bool?

    /// The kernel's number for this socket: ``TableStatus/owner`` of the tables it owns.
    public var port: UInt32 { transport.port }

    /// - Throws: `NetlinkError` if the socket cannot be had (EPROTONOSUPPORT: the kernel has no nf_tables).
    public init() throws(NetlinkError) {
        transport = try NetlinkTransport(
            NETLINK_NETFILTER,
            "nftables",
            options: [NETLINK_EXT_ACK, NETLINK_CAP_ACK],
            // Room for the refusal of every message of a transaction, and for lists.
            receiveBuffer: 1 << 20
        )
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
        let batch = try Batch(operations, sequence: transport.next, canProtect: canProtect)
        let first = transport.take(batch.operations.count)
        func words(_ code: CInt, _ operation: Int?, _ text: String?) -> NetlinkError {
            guard let operation else {
                return NetlinkError(code: code, action: "changing", object: "nftables", kernelText: text)
            }
            let failed = operations[operation]
            return NetlinkError(code: code, action: failed.verb, object: failed.object, kernelText: text)
        }
        var failure: NetlinkError?
        try transport.exchange(
            batch.bytes,
            sequence: first,
            count: batch.operations.count,
            { words($0, operations.count == 1 ? 0 : nil, $1) },
            isLast: { answer in
                guard answer.isEnd else { return false }
                let place = Int(answer.sequence &- first)
                if let refusal = answer.refusal, failure == nil {
                    failure = words(refusal.code, batch.operations[place], refusal.text)
                }
                // A transaction that fails as a whole is answered by its beginning.
                return answer.sequence == batch.lastSequence || place == 0
            }
        )
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
        try transport.list(
            { NetlinkError(code: $0, action: "listing", object: what, kernelText: $1) },
            { sequence in
                [UInt8](unsafeUninitializedCapacity: 4096) { bytes, count in
                    bytes.initialize(repeating: 0)
                    bytes.withMemoryRebound(to: CChar.self) { scratch in
                        guard let start = scratch.baseAddress,
                            let header = nftnl_nlmsg_build_hdr(
                                start,
                                UInt16(type),
                                UInt16(family?.rawValue ?? 0),
                                UInt16(flags),
                                sequence
                            )
                        else { return }
                        fill(header)
                        count = Int(header.pointee.nlmsg_len)
                    }
                }
            },
            { $0.withHeader(make) }
        )
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
