internal import CMnl
internal import Glibc

/// A connection to the kernel's routing tables (rtnetlink(7)): every call has the kernel's answer when it returns.
///
/// The socket belongs to the network namespace of the thread that made it.
public final class NetlinkSocket {
    private let transport: NetlinkTransport
    /// Of requests that go together.
    private var datagram: [UInt8] = []

    /// - Throws: ``NetlinkError`` if the socket cannot be had (EMFILE, EPROTONOSUPPORT).
    public init() throws(NetlinkError) {
        let options = [NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK]
        transport = try NetlinkTransport(NETLINK_ROUTE, "rtnetlink", options: options)
    }

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
            let first = transport.take(end - start)
            datagram.removeAll(keepingCapacity: true)
            for index in start..<end {
                let number = first &+ UInt32(index - start)
                let isLast = index == end - 1
                requests[index].message.append(to: &datagram, sequence: number, port: 0, isAcknowledged: isLast)
            }
            let words: NetlinkTransport.Words = { requests[start].error(($0, $1)) }
            try transport.exchange(datagram, sequence: first, count: end - start, words) { answer in
                guard answer.isEnd else { return false }
                let index = start + Int(answer.sequence &- first)
                if let refusal = answer.refusal {
                    failures.append(NetlinkFailure(index: index, error: requests[index].error(refusal)))
                }
                return index == end - 1
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

    /// Lists objects; again and again if the list changes while it is read.
    func dump<Object>(
        _ request: NetlinkRequest,
        _ make: (NetlinkReply) -> Object?
    ) throws(NetlinkError) -> [Object] {
        try transport.list(
            { request.error(($0, $1)) },
            { request.message.bytes(sequence: $0, port: 0) },
            { make($0.reply) }
        )
    }
}
