internal import Glibc

/// Another peer, connected or not.
final class RemotePeer {
    let peer: PeersSection.Peer
    var session: PeerSession?
    /// When it is tried next, milliseconds.
    var reconnectAt: UInt64 = 0
    /// By tables' names: all changes up to that one it has for certain.
    var acknowledged: [String: UInt32] = [:]
    /// It was asked for all that it knows, and does not know all.
    var wasAsked = false
    /// What it last answered a hello with.
    var status: Int?
    var greetedAt: UInt64?
    var connections = 0
    var collisions = 0
    var errors = 0
    var heartbeatsSent = 0
    var heartbeatsHeard = 0

    init(_ peer: PeersSection.Peer) { self.peer = peer }

    func lose(now: UInt64, after milliseconds: UInt64) {
        session = nil
        reconnectAt = now + milliseconds
    }
}

/// The peers of a section, and what they are told.
final class PeerGroup {
    private(set) var section: PeersSection
    private(set) var remotes: [RemotePeer] = []
    private(set) var tables: [PeerTable] = []
    /// Have come and not said yet who they are.
    var strangers: [PeerSession] = []
    var listener: CInt = -1
    private var listenAt: UInt64 = 0
    /// Why it listens nowhere, an errno; 0: it does, or was not to.
    private(set) var listenError: CInt = 0
    private let names: ServerNames
    let startedAt: UInt64
    /// This process as its own peer: the one that it replaces tells it all, and it tells the one that replaces it.
    private(set) var local: RemotePeer?
    /// The process before this one has not told what it knows, and still may.
    var awaitsFormer: Bool
    /// Since when another process is told of all; nil: this one is not to end.
    var endingSince: UInt64?
    var hasHandedOver = false
    /// It has not been told by another one what there was before.
    private(set) var isIgnorant = true

    /// HAProxy's: without a word for so long a peer is gone; so often it is told that this side is there.
    static let patience: UInt64 = 5000
    static let beat: UInt64 = 3000
    /// After which it goes by what it has learnt until then.
    static let longestLearning: UInt64 = 10000
    /// So long the others are not asked what there was, because the process before this one may tell it.
    private static let longestWait: UInt64 = 5000

    init(_ section: PeersSection, _ names: ServerNames, replaces: Bool = false, now: UInt64) {
        self.section = section
        awaitsFormer = replaces
        self.names = names
        startedAt = now
    }

    deinit { if listener >= 0 { close(listener) } }

    // MARK: - Change

    /// - Parameter shared: The tables of the section.
    func configure(_ next: PeersSection, _ shared: [SharedStickTable]) {
        if next.own?.endpoint != section.own?.endpoint, listener >= 0 {
            close(listener)
            listener = -1
        }
        // Another address is tried at once.
        if next.own?.endpoint != section.own?.endpoint { listenAt = 0 }
        let isRenamed = next.own?.name != section.own?.name
        section = next
        if local?.peer != next.own { local = next.own.map { RemotePeer($0) } }
        remotes = next.others.map { peer in
            isRenamed ? RemotePeer(peer) : remotes.first { $0.peer == peer } ?? RemotePeer(peer)
        }
        let isSame = tables.count == shared.count && zip(tables, shared).allSatisfy { $0.shared === $1 }
        if isSame { return }
        forget()
        tables = shared.enumerated().map { PeerTable(id: UInt64($0 + 1), $1, of: next.name) }
        // Numbers of tables are others now: everybody is greeted anew, and goes on where it was.
        for remote in remotes { remote.lose(now: 0, after: 0) }
    }

    /// Changes of the tables are nobody's news any more.
    func forget() {
        for table in tables { table.shared.memory.pointee.locked { $0.news.alarm = -1 } }
        tables = []
    }

    // MARK: - Connections

    /// The others, and this process as its own.
    var parties: [RemotePeer] { local.map { remotes + [$0] } ?? remotes }

    /// Something is tried again soon.
    var isImpatient: Bool { endingSince != nil ? !hasHandedOver : awaitsFormer && listener < 0 && section.own != nil }

    func listen(now: UInt64) {
        guard let own = section.own, endingSince == nil, listener < 0, listenAt <= now else { return }
        let result = PeerSockets.listen(at: own.endpoint)
        (listener, listenError) = (max(-1, result), max(0, -result))
        // The process before this one, of another user, may be about to leave that address.
        listenAt = now + (awaitsFormer ? 50 : Self.patience)
    }

    /// Listens, connects, and gives up who is silent.
    func tend(now: UInt64) {
        if endingSince != nil { return tendHandOver(now: now) }
        guard section.own != nil else { return }
        listen(now: now)
        if let local, let session = local.session { tend(local, session, now) }
        for remote in remotes {
            if let session = remote.session {
                tend(remote, session, now)
            } else if remote.reconnectAt <= now {
                remote.reconnectAt = now + Self.patience
                let socket = PeerSockets.connect(to: remote.peer.endpoint)
                if socket >= 0 { remote.session = PeerSession(socket, .connecting, now: now) }
            }
        }
        // Whoever says it byte by byte has no longer for it than others.
        strangers.removeAll { $0.beganAt + Self.patience <= now }
        learn(now: now)
    }

    private func tend(_ remote: RemotePeer, _ session: PeerSession, _ now: UInt64) {
        if session.heardAt + Self.patience <= now { return remote.lose(now: now, after: 0) }
        if session.state == .established, session.toldAt + Self.beat <= now {
            session.control(PeerMessage.Control.heartbeat)
            session.toldAt = now
            remote.heartbeatsSent += 1
        }
    }

    /// A connection that was made here is there.
    func greet(_ remote: RemotePeer, _ session: PeerSession) {
        session.state = .greeting
        session.say("\(PeerMessage.hello)\n\(remote.peer.name)\n\(section.own?.name ?? "") \(getpid()) 1\n")
    }

    /// The three lines of somebody who has come.
    ///
    /// - Returns: Who it is; nil after an answer that says why not.
    func welcome(_ lines: [String], _ session: PeerSession, now: UInt64) -> RemotePeer? {
        func answer(_ status: PeerMessage.Status) -> RemotePeer? {
            session.say("\(status.rawValue)\n")
            return nil
        }
        let version = lines[0].split(separator: " ")
        guard version.count == 2, version[0] == "HAProxyS" else { return answer(.wrongProtocol) }
        guard version[1].hasPrefix("2.") else { return answer(.wrongVersion) }
        guard lines[1] == section.own?.name else { return answer(.wrongHost) }
        let name = lines[2].prefix { $0 != " " }
        if name == lines[1] { return welcomeFormer(session, now: now) }
        guard let remote = remotes.first(where: { $0.peer.name == name }) else { return answer(.unknownPeer) }
        // Either side may have connected at once: the newer one stays.
        if remote.session != nil {
            remote.collisions += 1
            remote.lose(now: now, after: UInt64.random(in: 50..<2050))
        }
        remote.session = session
        session.say("\(PeerMessage.Status.success.rawValue)\n")
        establish(remote, session, now: now)
        return remote
    }

    func establish(_ remote: RemotePeer, _ session: PeerSession, now: UInt64) {
        session.state = .established
        remote.status = PeerMessage.Status.success.rawValue
        remote.greetedAt = now
        remote.connections += 1
        session.isTaught = endingSince != nil
        for table in tables {
            session.cursors[table.id] = 0
            session.floors[table.id] = remote.acknowledged[table.name] ?? 0
        }
    }

    // MARK: - Learning

    /// One of the others is asked for all that it knows.
    private func learn(now: UInt64) {
        guard isIgnorant else { return }
        if awaitsFormer, startedAt + Self.longestWait > now { return }
        awaitsFormer = false
        if local?.session?.isLearning ?? false { return }
        let there = remotes.filter { $0.session?.state == .established }
        if there.contains(where: { $0.session?.isLearning ?? false }) { return }
        if let next = there.first(where: { !$0.wasAsked }), let session = next.session {
            next.wasAsked = true
            session.isLearning = true
            session.control(PeerMessage.Control.resyncRequest)
        } else if startedAt + Self.longestLearning <= now {
            isIgnorant = false
        }
    }

    /// A peer has told all that it knows.
    func hasLearnt(from session: PeerSession, isAll: Bool) {
        session.isLearning = false
        if session === local?.session { awaitsFormer = false }
        session.control(PeerMessage.Control.resyncConfirm)
        if isAll { isIgnorant = false }
    }

    // MARK: - Telling

    /// Tells who is there of changes, and of what they do not know yet; true if there is more.
    func tell(now: UInt64) -> Bool {
        var isMore = false
        let listening = endingSince == nil ? remotes : parties
        let there = listening.compactMap { $0.session?.state == .established ? $0.session : nil }
        for table in tables where tellNews(of: table, there, now) { isMore = true }
        for session in there {
            for table in tables where session.cursors[table.id] != nil {
                if tellKnown(of: table, session, now) { isMore = true }
            }
            if session.isTaught, session.cursors.isEmpty {
                session.isTaught = false
                session.control(
                    isIgnorant ? PeerMessage.Control.resyncPartial : PeerMessage.Control.resyncFinished
                )
            }
        }
        return isMore
    }

    private static let batch = 256

    private func tellNews(of table: PeerTable, _ sessions: [PeerSession], _ now: UInt64) -> Bool {
        let memory = table.shared.memory
        let data = table.shared.table.data
        var entries: [PeerEntry] = []
        memory.pointee.locked { content in
            for _ in 0..<Self.batch {
                guard let index = content.takeNews() else { break }
                if !sessions.isEmpty, content.isThere(index) { entries.append(content.peerEntry(index, data, now)) }
            }
        }
        for session in sessions {
            for entry in entries {
                if session.hasRoom {
                    session.tell(entry, of: table) { names.text(of: $0) }
                    session.told[table.id] = entry.update
                } else if session.cursors[table.id] == nil {
                    // It reads slowly: later it is told from the table.
                    session.cursors[table.id] = 0
                    session.floors[table.id] = session.told[table.id] ?? session.floors[table.id] ?? 0
                } else {
                    session.again.insert(table.id)
                }
            }
        }
        return entries.count == Self.batch
    }

    private func tellKnown(of table: PeerTable, _ session: PeerSession, _ now: UInt64) -> Bool {
        guard var next = session.cursors[table.id], session.hasRoom else { return false }
        let data = table.shared.table.data
        let floor = session.floors[table.id] ?? 0
        let all = session.isTaught
        var entries: [PeerEntry] = []
        var isThrough = false
        table.shared.memory.pointee.locked { content in
            let end = min(content.highest, next &+ UInt32(Self.batch))
            while next < end {
                defer { next += 1 }
                guard content.isThere(next), !content.isExpired(next, now) else { continue }
                let update = content.update(next)
                if all || update != 0 && Int32(bitPattern: update &- floor) > 0 {
                    entries.append(content.peerEntry(next, data, now))
                }
            }
            isThrough = next >= content.highest
            if isThrough { session.scanned[table.id] = content.news.update }
        }
        for entry in entries { session.tell(entry, of: table) { names.text(of: $0) } }
        if isThrough, session.again.remove(table.id) != nil {
            (next, isThrough) = (0, false)
        }
        session.cursors[table.id] = isThrough ? nil : next
        return !isThrough
    }

    /// From now on changes are told; the next one rings `alarm`. False if there are some already.
    func await(_ alarm: CInt) -> Bool {
        var isQuiet = true
        for table in tables {
            table.shared.memory.pointee.locked { content in
                content.news.alarm = alarm
                if content.news.first == 0 { content.news.isAwaited = true } else { isQuiet = false }
            }
        }
        return isQuiet
    }

    // MARK: - Hearing

    /// A message of a peer; false if it is none.
    func hear(_ type: UInt8, _ body: ArraySlice<UInt8>, _ remote: RemotePeer, _ session: PeerSession, now: UInt64)
        -> Bool
    {
        var reader = PeerReader(body)
        switch type {
        case PeerMessage.Table.define:
            guard let id = reader.number() else { return false }
            // One that cannot be read is as one that is not here. A table has one number, as in HAProxy.
            let definition = PeerTableDefinition(&reader)
            session.definitions[id] = nil
            if let definition, table(definition) != nil {
                for (other, known) in session.definitions where known.name == definition.name {
                    session.definitions[other] = nil
                }
                session.definitions[id] = definition
            }
            session.heardTable = id
            session.heardUpdate = 0
        case PeerMessage.Table.change:
            guard let id = reader.number() else { return false }
            session.heardTable = id
        case PeerMessage.Table.acknowledge:
            guard let id = reader.number(), let update = reader.word() else { return false }
            guard let table = tables.first(where: { $0.id == id }), session.cursors[id] == nil else { return true }
            let scanned = session.scanned[id] ?? 0
            if Int32(bitPattern: update &- scanned) > 0 { remote.acknowledged[table.name] = update }
        case PeerMessage.Table.update, PeerMessage.Table.incremental, PeerMessage.Table.timedUpdate,
            PeerMessage.Table.timedIncremental:
            return hearUpdate(type, &reader, session, now)
        default: break
        }
        return true
    }

    private func table(_ definition: PeerTableDefinition) -> PeerTable? {
        tables.first {
            $0.name == definition.name && $0.keyType == definition.keyType && $0.keyLength == definition.keyLength
        }
    }

    private func hearUpdate(_ type: UInt8, _ reader: inout PeerReader, _ session: PeerSession, _ now: UInt64) -> Bool {
        let hasNumber = type == PeerMessage.Table.update || type == PeerMessage.Table.timedUpdate
        if hasNumber {
            guard let update = reader.word() else { return false }
            session.heardUpdate = update
        } else {
            session.heardUpdate &+= 1
        }
        guard let definition = session.definitions[session.heardTable] else { return true }
        guard let table = table(definition) else { return true }
        let expiry = table.shared.memory.pointee.expiry
        var rest = UInt32(clamping: expiry)
        if type == PeerMessage.Table.timedUpdate || type == PeerMessage.Table.timedIncremental {
            guard let time = reader.word() else { return false }
            rest = time
        }
        let key = table.shared.table.kind == .string ? reader.text() : reader.take(Int(definition.keyLength))
        guard let key, let values = session.values(definition.data, &reader, names) else { return false }
        let entry = PeerEntry(key: Array(key), rest: rest, update: 0, values: values)
        table.shared.memory.pointee.learn(entry, definition.data, now: now)
        session.acknowledgements[session.heardTable] = session.heardUpdate
        return true
    }
}
