// What comes from a peer.
extension PeerSession {
    /// So many whole lines, without their ends; nil if they have not come yet.
    func takeLines(_ count: Int) -> [String]? {
        var lines: [String] = []
        var start = input.startIndex
        while lines.count < count {
            guard let end = input[start...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            let line = input[start..<end]
            lines.append(String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self))
            start = end + 1
        }
        input.removeSubrange(..<start)
        return lines
    }

    /// Acts upon what has come; false if it makes no sense, or the peer does not want us.
    func take(_ group: PeerGroup, _ remote: RemotePeer, now: UInt64) -> Bool {
        if state == .greeting {
            guard let line = takeLines(1)?.first else { return input.count < 1024 }
            let status = Int(line) ?? 0
            remote.status = status
            guard status == PeerMessage.Status.success.rawValue else { return false }
            group.establish(remote, self, now: now)
        }
        guard state == .established else { return true }
        var position = input.startIndex
        defer { input.removeSubrange(..<position) }
        while input.endIndex - position >= 2 {
            let (kind, type) = (input[position], input[position + 1])
            var body = input[position..<position]
            var next = position + 2
            if type >= 128 {
                var reader = PeerReader(input[next...])
                guard let count = reader.number() else { break }
                guard count <= UInt64(PeerMessage.longest) else { return false }
                next += reader.consumed
                guard input.endIndex - next >= Int(count) else { break }
                body = input[next..<next + Int(count)]
                next += Int(count)
            }
            position = next
            switch kind {
            case PeerMessage.Class.control: control(type, group, remote)
            case PeerMessage.Class.table:
                guard group.hear(type, body, remote, self, now: now) else { return false }
            // An error too: the other side ends it.
            default: return false
            }
        }
        for (table, update) in acknowledgements { acknowledge(table: table, update: update) }
        acknowledgements.removeAll(keepingCapacity: true)
        return !isChoked
    }

    private func control(_ type: UInt8, _ group: PeerGroup, _ remote: RemotePeer) {
        switch type {
        case PeerMessage.Control.resyncRequest:
            isTaught = true
            for table in group.tables { cursors[table.id] = 0 }
        case PeerMessage.Control.resyncFinished: group.hasLearnt(from: self, isAll: true)
        case PeerMessage.Control.resyncPartial: group.hasLearnt(from: self, isAll: false)
        case PeerMessage.Control.resyncConfirm: group.hasTaught(self)
        case PeerMessage.Control.heartbeat: remote.heartbeatsHeard += 1
        default: break
        }
    }
}
