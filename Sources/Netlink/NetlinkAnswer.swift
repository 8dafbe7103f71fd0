internal import CMnl
internal import Glibc

/// One message of the kernel's answer to a request.
package struct NetlinkAnswer {
    /// The number of the request it answers.
    package var sequence: UInt32
    /// The last message: an acknowledgement, or the end of a list.
    package var isEnd: Bool
    /// The list changed while it was read: it must be read again.
    package var isInterrupted: Bool
    /// What the kernel refuses: an errno value, and its own words where it gives some.
    package var refusal: (code: CInt, text: String?)?
    package var reply: NetlinkReply

    /// The messages of a datagram that answer `count` requests numbered from `sequence` on, sent from the port id
    /// `port`; others are dropped.
    package static func read(
        _ datagram: ArraySlice<UInt8>,
        sequence: UInt32,
        count: Int = 1,
        port: UInt32,
        _ take: (NetlinkAnswer) -> Void
    ) {
        var rest = datagram
        while rest.count >= 16 {
            let header = NetlinkReader(rest)
            let length = Int(header.number(0, as: UInt32.self))
            guard length >= 16, length <= rest.count else { break }
            let type = header.number(4, as: UInt16.self)
            let flags = Int32(header.number(6, as: UInt16.self))
            let number = header.number(8, as: UInt32.self)
            if number &- sequence < UInt32(count), header.number(12, as: UInt32.self) == port {
                let start = rest.startIndex
                let reply = NetlinkReply(type: type, payload: NetlinkReader(rest[start + 16..<start + length]))
                let isEnd = type == UInt16(NLMSG_ERROR) || type == UInt16(NLMSG_DONE)
                take(
                    NetlinkAnswer(
                        sequence: number,
                        isEnd: isEnd,
                        isInterrupted: flags & NLM_F_DUMP_INTR != 0,
                        refusal: isEnd ? refusal(reply, flags) : nil,
                        reply: reply
                    )
                )
            }
            rest = rest.dropFirst((length + 3) & ~3)
        }
    }

    /// What NLMSG_ERROR or NLMSG_DONE reports; 0 is success.
    private static func refusal(_ reply: NetlinkReply, _ flags: Int32) -> (code: CInt, text: String?)? {
        let code = reply.payload.number(0, as: Int32.self)
        guard code < 0, code > -4096 else { return nil }
        var text: String?
        if flags & NLM_F_ACK_TLVS != 0 {
            // Behind the code stands the request's header, and all of the request unless it is capped.
            let echoed = flags & NLM_F_CAPPED != 0 ? 16 : Int(reply.payload.number(4, as: UInt32.self))
            let offset = reply.type == UInt16(NLMSG_ERROR) ? 4 + echoed : 4
            text = reply.payload.attributes(from: offset)[NLMSGERR_ATTR_MSG.rawValue]?.text
        }
        return (-code, text)
    }
}
