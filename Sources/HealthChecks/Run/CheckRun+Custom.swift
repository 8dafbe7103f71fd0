extension CheckRun {
    /// Answers whose lengths stand in them.
    mutating func evaluate(_ custom: CheckExpectation.Custom) -> Evaluation {
        switch custom {
        case .mysqlGreeting: return mysqlPacket(at: 0)
        case .mysqlAnswer:
            guard answer.count >= 4 else { return hasEnded ? .stop(.layer7Invalid, "") : .wait }
            return mysqlPacket(at: 4 + Self.mysqlLength(answer[...]))
        case .ldapBind: return ldapBind()
        case .agent:
            guard let reply = AgentReply(answer) else {
                return hasEnded || answer.count >= Self.most
                    ? .stop(.noChange, "Ignoring incomplete line from agent") : .wait
            }
            agentReply = reply
            return .stop(reply.status, reply.info)
        }
    }

    private static func mysqlLength(_ packet: ArraySlice<UInt8>) -> Int {
        let start = packet.startIndex
        return Int(packet[start]) | Int(packet[start + 1]) << 8 | Int(packet[start + 2]) << 16
    }

    /// A packet: three bytes of length, one of sequence, then 0xff and an error, or something else.
    private mutating func mysqlPacket(at offset: Int) -> Evaluation {
        let more: Evaluation = hasEnded || answer.count >= Self.most ? .stop(.layer7Invalid, "") : .wait
        guard answer.count >= offset + 4 else { return more }
        let length = Self.mysqlLength(answer[offset...])
        guard answer.count >= offset + length + 4, length > 0 else { return more }
        if answer[offset + 4] == 0xff {
            if answer.count >= offset + 7 { code = Int(answer[offset + 5]) | Int(answer[offset + 6]) << 8 }
            let text = answer.dropFirst(7 + offset).prefix { $0 != 0 }
            return .stop(.layer7WrongStatus, String(decoding: text, as: UTF8.self))
        }
        // The version stands behind the protocol number of the greeting.
        customInfo = String(decoding: answer.dropFirst(5).prefix { $0 != 0 }, as: UTF8.self)
        return .goOn
    }

    /// A BindResponse (RFC 4511, section 4.2.2) with its resultCode.
    private mutating func ldapBind() -> Evaluation {
        let wrong = Evaluation.stop(.layer7Invalid, "Not LDAPv3 protocol")
        let more: Evaluation = hasEnded || answer.count >= Self.most ? .stop(.layer7Invalid, "") : .wait
        guard answer.count >= 2 else { return more }
        var position = 1
        guard let length = Self.berLength(answer, &position) else {
            return answer.count < 8 ? more : wrong
        }
        guard answer.count >= position + length else { return more }
        guard answer.dropFirst(position).starts(with: [2, 1, 1, 0x61]) else { return wrong }
        position += 4
        guard answer.count > position else { return wrong }
        position += answer[position] & 0x80 == 0 ? 1 : 1 + Int(answer[position] & 0x7f)
        guard answer.count >= position + 3, answer[position] == 0x0a, answer[position + 1] == 1 else { return wrong }
        code = Int(answer[position + 2])
        guard code == 0 else {
            return .stop(.layer7WrongStatus, "See RFC: http://tools.ietf.org/html/rfc4511#section-4.1.9")
        }
        customInfo = "Success"
        return .goOn
    }

    private static func berLength(_ bytes: [UInt8], _ position: inout Int) -> Int? {
        let first = bytes[position]
        position += 1
        guard first & 0x80 != 0 else { return Int(first) }
        let count = Int(first & 0x7f)
        guard count == 2 || count == 4, bytes.count >= position + count else { return nil }
        defer { position += count }
        return bytes[position..<position + count].reduce(0) { $0 << 8 | Int($1) }
    }
}
