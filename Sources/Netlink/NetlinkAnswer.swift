internal import CMnl

/// One message of the kernel's answer to a request.
struct NetlinkAnswer {
    /// The last message: an acknowledgement, or the end of a list.
    var isEnd: Bool
    /// The list changed while it was read: it must be read again.
    var isInterrupted: Bool
    var reply: NetlinkReply

    /// The messages of a datagram that answer the request with this sequence number and port id; others are dropped.
    ///
    /// - Throws: What the kernel says went wrong, with its own text where it gives one.
    static func read(
        _ datagram: ArraySlice<UInt8>,
        to request: NetlinkRequest,
        sequence: UInt32,
        port: UInt32
    ) throws(NetlinkError) -> [NetlinkAnswer] {
        var answers: [NetlinkAnswer] = []
        var rest = datagram
        while rest.count >= 16 {
            let header = NetlinkReader(rest)
            let length = Int(header.number(0, as: UInt32.self))
            guard length >= 16, length <= rest.count else { break }
            let type = header.number(4, as: UInt16.self)
            let flags = Int32(header.number(6, as: UInt16.self))
            if header.number(8, as: UInt32.self) == sequence, header.number(12, as: UInt32.self) == port {
                let reply = NetlinkReply(type: type, payload: NetlinkReader(rest.prefix(length).dropFirst(16)))
                let isEnd = type == UInt16(NLMSG_ERROR) || type == UInt16(NLMSG_DONE)
                if isEnd { try check(reply, flags, request) }
                let isInterrupted = flags & NLM_F_DUMP_INTR != 0
                answers.append(NetlinkAnswer(isEnd: isEnd, isInterrupted: isInterrupted, reply: reply))
            }
            rest = rest.dropFirst((length + 3) & ~3)
        }
        return answers
    }

    /// Throws what NLMSG_ERROR or NLMSG_DONE reports; 0 is success.
    private static func check(
        _ reply: NetlinkReply,
        _ flags: Int32,
        _ request: NetlinkRequest
    ) throws(NetlinkError) {
        let code = reply.payload.number(0, as: Int32.self)
        guard code < 0, code > -4096 else { return }
        var text: String?
        if flags & NLM_F_ACK_TLVS != 0 {
            // Behind the code stands the request's header, and all of the request unless it is capped.
            let echoed = flags & NLM_F_CAPPED != 0 ? 16 : Int(reply.payload.number(4, as: UInt32.self))
            let offset = reply.type == UInt16(NLMSG_ERROR) ? 4 + echoed : 4
            text = reply.payload.attributes(from: offset)[NLMSGERR_ATTR_MSG.rawValue]?.text
        }
        throw NetlinkError(code: -code, action: request.action, object: request.object, kernelText: text)
    }
}
