internal import Glibc

extension Engine {
    /// `show peers`, in HAProxy's form; numbers stand where it has addresses of its memory.
    ///
    /// - Parameter section: nil: of all sections.
    public func peersText(_ section: String?) -> String {
        let now = Clock.monotonic()
        return peers?.withGroups { groups, turns in
            groups.filter { section == nil || $0.section.name == section }.map { $0.text(turns, now: now) }.joined()
        } ?? ""
    }
}

extension PeerGroup {
    fileprivate func text(_ turns: Int, now: UInt64) -> String {
        var text =
            "0x1: [\(Self.date(Clock.wall() - (now - startedAt)))] id=\(section.name) disabled=0 "
            + "flags=0x\(isIgnorant ? 0 : 3) resync_timeout=<NEVER> task_calls=\(turns)\n"
        for (index, remote) in remotes.enumerated() { text += self.text(of: remote, index + 2, now) }
        if let own = section.own {
            text += "  0x\(remotes.count + 2): id=\(own.name)(local,inactive) addr=\(own.endpoint) last_status=NONE"
            text += " last_hdshk=<NEVER>\n        reconnect=<NEVER> heartbeat=<NEVER> confirm=0 tx_hbt=0 rx_hbt=0"
            text += " no_hbt=0 new_conn=0 proto_err=0 coll=0\n        flags=0x0\n"
        }
        return text
    }

    private func text(of remote: RemotePeer, _ number: Int, _ now: UInt64) -> String {
        let session = remote.session
        let isThere = session?.state == .established
        func until(_ time: UInt64?) -> String { time.map { $0 > now ? "\(($0 - now) / 1000)s" : "0s" } ?? "<NEVER>" }
        var text = "  0x\(number): id=\(remote.peer.name)(remote,\(isThere ? "active" : "inactive"))"
        text += " addr=\(remote.peer.endpoint) last_status=\(Self.word(remote, session))"
        text += " last_hdshk=\(remote.greetedAt.map { "\((now - $0) / 1000)s" } ?? "<NEVER>")\n"
        text += "        reconnect=\(until(isThere ? session.map { $0.heardAt + Self.patience } : remote.reconnectAt))"
        text += " heartbeat=\(until(isThere ? session.map { $0.toldAt + Self.beat } : nil)) confirm=0"
        text += " tx_hbt=\(remote.heartbeatsSent) rx_hbt=\(remote.heartbeatsHeard) no_hbt=0"
        text += " new_conn=\(remote.connections) proto_err=\(remote.errors) coll=\(remote.collisions)\n"
        text +=
            "        flags=0x0\(session == nil ? "" : " state=\(isThere ? "EST" : "CON")")\n        shared tables:\n"
        for table in tables {
            let heard = session?.definitions.first { $0.value.name == table.name }?.key ?? 0
            let update = table.shared.memory.pointee.locked { $0.news.update }
            text += "          0x\(table.id) local_id=\(table.id) remote_id=\(heard) flags=0x0 remote_data=0x0\n"
            text += "              last_acked=\(remote.acknowledged[table.name] ?? 0)"
            text +=
                " last_pushed=\(session?.told[table.id] ?? 0) last_get=\(heard == 0 ? 0 : session?.heardUpdate ?? 0)"
            text += " teaching_origin=0 update=\(update)\n"
            text += "              table:0x\(table.id) id=\(table.shared.table.name) update=\(update)"
            text += " localupdate=\(update) commitupdate=0 refcnt=1\n"
        }
        return text
    }

    private static func word(_ remote: RemotePeer, _ session: PeerSession?) -> String {
        switch (session?.state, remote.status) {
        case (.connecting, _): "CONN"
        case (.greeting, _): "HSHK"
        case (_, 200): "ESTA"
        case (_, 300): "RETR"
        case (_, 501): "PROT"
        case (_, 502): "VERS"
        case (_, 503): "NAME"
        case (_, 504): "UNKN"
        default: "NONE"
        }
    }

    private static func date(_ wall: UInt64) -> String {
        var time = time_t(wall / 1000)
        var parts = tm()
        localtime_r(&time, &parts)
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { room in
            guard let start = room.baseAddress, strftime(start, 64, "%d/%b/%Y:%H:%M:%S", &parts) > 0 else { return "" }
            return String(cString: start)
        }
    }
}
