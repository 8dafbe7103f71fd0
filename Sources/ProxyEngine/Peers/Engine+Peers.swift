internal import Addresses
internal import Glibc
internal import Syscalls

extension Engine {
    /// One line for each section of peers whose own address cannot be had: the others can tell it nothing before it can. It is tried
    /// again every five seconds.
    public var unheardPeers: [String] {
        peers?.withGroups { groups, _ in
            groups.compactMap { group in
                guard group.listenError != 0, let own = group.section.own else { return nil }
                return
                    "peers \(group.section.name)/\(own.name) \(own.endpoint) quarantined \(ErrnoName(group.listenError))"
            }
        } ?? []
    }

    /// Peers that a connection leads to or comes from, and those of them that have greeted.
    var peerCounts: (active: UInt32, connected: UInt32) {
        peers?.withGroups { groups, _ in
            var counts: (active: UInt32, connected: UInt32) = (0, 0)
            for group in groups {
                for peer in group.remotes + (group.local.map { [$0] } ?? []) {
                    guard let session = peer.session else { continue }
                    counts.active += 1
                    if session.state == .established { counts.connected += 1 }
                }
            }
            return counts
        } ?? (0, 0)
    }

    /// `show peers`, in HAProxy's form; numbers stand where it has addresses of its memory.
    ///
    /// - Parameters:
    ///   - section: nil: of all sections.
    ///   - hasNames: The names of servers that either side has told by number, too (`dict`).
    public func peersText(_ section: String?, hasNames: Bool = false) -> String {
        peers?.withGroups { groups, turns in
            // Not before it has the groups: the thread of the peers may write later moments until then.
            let now = Clock.monotonic()
            let shown = groups.enumerated().filter { section == nil || $0.element.section.name == section }
            return shown.map {
                PeersReport(group: $0.element, number: $0.offset + 1, turns: turns, hasNames: hasNames, now: now).text
            }.joined()
        } ?? ""
    }
}

/// What `show peers` says of a section.
struct PeersReport {
    let group: PeerGroup
    let number: Int
    let turns: Int
    let hasNames: Bool
    let now: UInt64

    var text: String {
        let learning = group.startedAt + PeerGroup.longestLearning
        var text =
            "0x\(number): [\(Self.date(Clock.wall() - age(group.startedAt)))] id=\(group.section.name) disabled=0 "
            + "flags=0x\(group.isIgnorant ? 0 : 3) resync_timeout=\(until(learning)) task_calls=\(turns)\n"
        // As HAProxy, the last line first.
        var parties = group.remotes
        if let local = group.local { parties.insert(local, at: min(group.section.ownPlace, parties.count)) }
        for (index, peer) in parties.enumerated().reversed() { text += self.text(of: peer, index + 1) }
        return text
    }

    /// Milliseconds since a moment; 0: it is later than this look at the clock.
    private func age(_ moment: UInt64) -> UInt64 { now > moment ? now - moment : 0 }

    private func until(_ time: UInt64?) -> String {
        time.map { $0 > now ? "\(($0 - now) / 1000)s" : "<PAST>" } ?? "<NEVER>"
    }

    private func text(of remote: RemotePeer, _ number: Int) -> String {
        let session = remote.session
        let isThere = session?.state == .established
        let isLocal = remote === group.local
        var text = "  0x\(number): id=\(remote.peer.name)(\(isLocal ? "local" : "remote"),"
        text += "\(session == nil ? "inactive" : "active")) addr=\(remote.peer.endpoint)"
        text += " last_status=\(Self.word(remote, session))"
        text += " last_hdshk=\(remote.greetedAt.map { "\(age($0) / 1000)s" } ?? "<NEVER>")\n"
        let next = isLocal || remote.reconnectAt == 0 ? nil : remote.reconnectAt
        text += "        reconnect=\(until(isThere ? session.map { $0.heardAt + PeerGroup.patience } : next))"
        text += " heartbeat=\(until(isThere ? session.map { $0.toldAt + PeerGroup.beat } : nil)) confirm=0"
        text += " tx_hbt=\(remote.heartbeatsSent) rx_hbt=\(remote.heartbeatsHeard) no_hbt=0"
        text += " new_conn=\(remote.connections) proto_err=\(remote.errors) coll=\(remote.collisions)\n"
        text += "        flags=0x0"
        if let session { text += self.text(of: session, number) }
        text += "\n        shared tables:"
        for table in group.tables.reversed() { text += self.text(of: table, remote) }
        return text + "\n"
    }

    private func text(of session: PeerSession, _ number: Int) -> String {
        // Numbers of its states: it waits for an answer to its hello, or for messages.
        var text = " appctx:0x\(number) st0=\(session.state == .established ? 7 : 6) st1=0 task_calls=\(session.calls)"
        text += " state=\(session.state == .connecting ? "CON" : "EST")"
        if let ends = session.ends {
            text += "\n        xprt=RAW src=\(ends.source) addr=\(ends.own)"
        }
        func named(_ title: String, _ table: PeerTable?) -> String {
            guard let table else { return "" }
            return "\n        \(title):0x\(table.id) id=\(table.shared.table.name) local_id=\(table.id)"
                + " remote_id=\(heardNumber(of: table, session))"
        }
        let heard = session.definitions[session.heardTable]?.name
        text += named("remote_table", group.tables.first { $0.name == heard })
        return text + named("last_local_table", group.tables.first { $0.id == session.currentTable })
    }

    /// What the other side calls a table; 0: it has not told of it.
    private func heardNumber(of table: PeerTable, _ session: PeerSession?) -> UInt64 {
        session?.definitions.first { $0.value.name == table.name }?.key ?? 0
    }

    private func text(of table: PeerTable, _ remote: RemotePeer) -> String {
        let session = remote.session
        let heard = heardNumber(of: table, session)
        let data = session?.definitions[heard]?.data.reduce(UInt64(0)) { $0 | 1 << UInt64($1.kind.rawValue) } ?? 0
        let update = table.shared.memory.pointee.locked { $0.news.update }
        var text = "\n          0x\(table.id) local_id=\(table.id) remote_id=\(heard) flags=0x0"
        text += " remote_data=0x\(String(data, radix: 16))"
        text += "\n              last_acked=\(remote.acknowledged[table.name] ?? 0)"
        text += " last_pushed=\(session?.told[table.id] ?? 0) last_get=\(heard == 0 ? 0 : session?.heardUpdate ?? 0)"
        text += " teaching_origin=0 update=\(update)"
        text += "\n              table:0x\(table.id) id=\(table.shared.table.name) update=\(update)"
        text += " localupdate=\(update) commitupdate=\(update) refcnt=1"
        guard hasNames else { return text + "\n        Dictionary cache not dumped (use \"show peers dict\")" }
        let told = session?.nameSlots ?? []
        text += "\n        TX dictionary cache:" + Self.columns(told)
        return text + "\n        RX dictionary cache:"
            + Self.columns((1...PeerSession.mostNames).map { session?.heardNames[$0] ?? "-" })
    }

    /// Four in a line.
    private static func columns(_ names: [String]) -> String {
        names.enumerated().map { index, name in
            let number = "\(index)"
            let padding = String(repeating: " ", count: max(0, 3 - number.utf8.count))
            return (index % 4 == 0 ? "\n        " : "") + "  \(padding)\(number) -> \(name)"
        }.joined()
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
