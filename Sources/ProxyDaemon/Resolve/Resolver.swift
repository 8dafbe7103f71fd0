internal import Addresses
internal import CLinux
internal import Files
internal import Glibc
internal import ProxyConfig
internal import Synchronization
internal import Syscalls

/// Asks name servers on a thread of its own, and rings when an address has changed.
final class Resolver: @unchecked Sendable {
    /// What is to be resolved.
    struct Wanted: Hashable, Sendable {
        var key: ResolvedNames.Key
        var settings: Resolvers
        var prefersIPv4: Bool
    }

    /// The names of a configuration that some section resolves.
    static func wanted(_ model: ProxyModel) -> [Wanted] {
        var result: [Wanted] = []
        var seen: Set<ResolvedNames.Key> = []
        if model.resolvers.isEmpty { return [] }
        for server in model.backends.flatMap({ $0.servers }) {
            guard case .name(let name, _) = server.address, let section = server.resolvers,
                var settings = model.resolvers.first(where: { $0.name == section }),
                seen.insert(.init(section: section, name: name)).inserted
            else { continue }
            if settings.asksSystem, let text = try? AtomicFile.readText("/etc/resolv.conf") {
                settings.nameServers += DNSAddress.system(text).map {
                    .init(name: "\($0.address)", endpoint: $0, usesTCP: false)
                }
            }
            let key = ResolvedNames.Key(section: section, name: name)
            result.append(Wanted(key: key, settings: settings, prefersIPv4: server.prefersIPv4))
        }
        return result
    }

    /// What `show resolvers` tells of; HAProxy makes a section `default` of the system's name servers where none is written.
    static func sections(_ model: ProxyModel) -> [Resolvers] {
        var sections = model.resolvers
        var system: [Resolvers.NameServer]?
        func ofSystem() -> [Resolvers.NameServer] {
            if let system { return system }
            let text = ((try? AtomicFile.readText("/etc/resolv.conf")) ?? nil) ?? ""
            let found = DNSAddress.system(text).map {
                Resolvers.NameServer(name: "\($0.address)", endpoint: $0, usesTCP: false)
            }
            system = found
            return found
        }
        for index in sections.indices where sections[index].asksSystem { sections[index].nameServers += ofSystem() }
        if !sections.contains(where: { $0.name == "default" }), !ofSystem().isEmpty {
            var section = Resolvers(name: "default")
            section.nameServers = ofSystem()
            sections.append(section)
        }
        return sections
    }

    /// What the thread has not taken yet; everything else belongs to it.
    private let incoming = Mutex<[Wanted]?>(nil)
    private let wake: FileDescriptor
    /// Rung when an address has changed.
    private let bell: CInt
    private var isRunning = false
    private var last: [Wanted] = []

    private var queries: [ResolvedNames.Key: (wanted: Wanted, query: NameQuery)] = [:]
    private var sockets: [Socket] = []

    /// Most questions under way; more names wait for their turn, and the process has descriptors left for listeners.
    private static let most = 512

    /// A question under way at one name server.
    private struct Socket {
        let descriptor: CInt
        let key: ResolvedNames.Key
        let server: Resolvers.NameServer
        let question: [UInt8]
        /// A name server that is asked by UDP is asked again by TCP where its answer is cut short.
        let isStream: Bool
        var until: UInt64
        var isConnecting = false
        var received: [UInt8] = []
    }

    /// - Parameter bell: An eventfd, which stays the caller's.
    init(bell: CInt) throws(SystemError) {
        self.bell = bell
        wake = FileDescriptor(owning: try syscall("eventfd for the resolver") { clinux_eventfd(1) })
    }

    /// Resolves these from now on; what is known of others stays for those who go back to them.
    func change(to wanted: [Wanted]) {
        if wanted == last { return }
        last = wanted
        incoming.withLock { $0 = wanted }
        Self.ring(wake.raw)
        guard !isRunning else { return }
        // Without a thread now the next change starts it.
        isRunning = (try? startDetachedThread("resolve names") { self.run() }) != nil
    }

    private static func ring(_ descriptor: CInt) {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    private func run() {
        while true {
            let wanted = incoming.withLock { $0.take() }
            let now = Clocks.monotonic()
            if let wanted { adopt(wanted, now) }
            for key in due(now) {
                guard sockets.count < Self.most, var entry = queries[key] else { break }
                let actions = entry.query.wake(now: now, id: .random(in: .min ... .max))
                queries[key] = entry
                perform(actions, entry.wanted, entry.query, now)
            }
            for index in sockets.indices.reversed() where sockets[index].until <= now {
                close(sockets[index].descriptor)
                sockets.remove(at: index)
            }
            wait(now)
        }
    }

    /// Who has something to do, the longest waiting first.
    private func due(_ now: UInt64) -> [ResolvedNames.Key] {
        let late = queries.filter { $0.value.query.wakesAt <= now }
        return late.sorted { $0.value.query.wakesAt < $1.value.query.wakesAt }.map { $0.key }
    }

    private func adopt(_ wanted: [Wanted], _ now: UInt64) {
        var next: [ResolvedNames.Key: (wanted: Wanted, query: NameQuery)] = [:]
        for entry in wanted {
            if let known = queries[entry.key], known.wanted == entry {
                next[entry.key] = known
                continue
            }
            let query = NameQuery(
                name: entry.key.name,
                settings: entry.settings,
                serverCount: entry.settings.nameServers.count,
                prefersIPv4: entry.prefersIPv4,
                now: now
            )
            next[entry.key] = (entry, query)
        }
        queries = next
    }

    /// - Parameter server: The one whose answer it is about.
    private func perform(
        _ actions: [NameQuery.Action],
        _ wanted: Wanted,
        _ query: NameQuery,
        _ now: UInt64,
        from server: String? = nil
    ) {
        for action in actions {
            switch action {
            case .ask(let id):
                let size = wanted.settings.payloadSize
                guard let question = DNSMessage.question(query.name, query.kind, id: id, payloadSize: size) else {
                    break
                }
                for server in wanted.settings.nameServers {
                    ask(server, wanted.key, question, until: query.wakesAt, byTCP: server.usesTCP)
                }
            case .changed:
                if let server { count(wanted.key.section, server, .updates) }
                ResolvedNames.shared.set(query.addresses, wanted.key, from: server)
                Self.ring(bell)
            }
        }
    }

    /// A socket for each question: its random port is one more thing that a forged answer would have to guess.
    private func ask(
        _ server: Resolvers.NameServer,
        _ key: ResolvedNames.Key,
        _ question: [UInt8],
        until: UInt64,
        byTCP: Bool
    ) {
        let family = server.endpoint.address.family == .v4 ? AF_INET : AF_INET6
        let kind = byTCP ? CInt(SOCK_STREAM.rawValue) : CInt(SOCK_DGRAM.rawValue)
        let descriptor = socket(family, kind | CInt(SOCK_NONBLOCK.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        let code = DNSAddress.connect(descriptor, server.endpoint)
        guard code == 0 || errno == EINPROGRESS else {
            close(descriptor)
            return
        }
        if !byTCP {
            let isSent = send(descriptor, question, question.count, CInt(MSG_NOSIGNAL)) == question.count
            count(key.section, server.name, isSent ? .sent : .sendErrors)
        }
        sockets.append(
            Socket(
                descriptor: descriptor,
                key: key,
                server: server,
                question: question,
                isStream: byTCP,
                until: until,
                isConnecting: byTCP
            )
        )
    }

    private func count(_ section: String, _ server: String, _ field: NameServerCounters.Field) {
        ResolvedNames.shared.count(.init(section: section, name: server), field)
    }

    private func wait(_ now: UInt64) {
        var waits = [pollfd(fd: wake.raw, events: Int16(POLLIN), revents: 0)]
        for socket in sockets {
            let events = socket.isConnecting ? POLLOUT : POLLIN
            waits.append(pollfd(fd: socket.descriptor, events: Int16(events), revents: 0))
        }
        // A place becomes free when a question has had its time.
        let isFull = sockets.count >= Self.most
        let next = isFull ? sockets.map { $0.until }.min() : queries.values.map { $0.query.wakesAt }.min()
        let limit = next.map { $0 <= now ? 0 : CInt(clamping: $0 - now) } ?? -1
        poll(&waits, nfds_t(waits.count), limit)
        if waits[0].revents != 0 {
            var count: UInt64 = 0
            _ = read(wake.raw, &count, 8)
        }
        let ready = zip(sockets.indices, waits.dropFirst()).filter { $0.1.revents != 0 }.map { $0.0 }
        for index in ready.reversed() where !take(index) {
            close(sockets[index].descriptor)
            sockets.remove(at: index)
        }
    }

    /// Reads what has come; false when the socket has done its work.
    private func take(_ index: Int) -> Bool {
        if sockets[index].isConnecting {
            sockets[index].isConnecting = false
            let length = UInt16(clamping: sockets[index].question.count)
            let question = [UInt8(length >> 8), UInt8(truncatingIfNeeded: length)] + sockets[index].question
            let isSent = send(sockets[index].descriptor, question, question.count, CInt(MSG_NOSIGNAL)) == question.count
            count(sockets[index].key.section, sockets[index].server.name, isSent ? .sent : .sendErrors)
            return isSent
        }
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = recv(sockets[index].descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return count < 0 && errno == EAGAIN }
        var message = Array(buffer.prefix(count))
        if sockets[index].isStream {
            sockets[index].received += message
            message = sockets[index].received
            guard message.count >= 2 else { return true }
            let length = Int(message[0]) << 8 | Int(message[1])
            guard message.count >= 2 + length else { return true }
            message = Array(message[2..<(2 + length)])
        }
        return !hear(message, sockets[index])
    }

    /// An answer has come; true if it was one to the question.
    private func hear(_ message: [UInt8], _ socket: Socket) -> Bool {
        guard var entry = queries[socket.key] else { return false }
        let (section, server) = (socket.key.section, socket.server.name)
        guard let answer = DNSMessage.answer(message, to: entry.query.name) else {
            count(section, server, .invalid)
            return false
        }
        guard answer.id == entry.query.id else {
            count(section, server, .outdated)
            return false
        }
        count(section, server, answer.counter)
        let now = Clocks.monotonic()
        if answer.isTruncated {
            // By TCP there is no more to have.
            if socket.isStream { return true }
            ask(socket.server, socket.key, socket.question, until: entry.query.wakesAt, byTCP: true)
            return true
        }
        let actions = entry.query.receive(answer, now: now, id: .random(in: .min ... .max))
        queries[socket.key] = entry
        perform(actions, entry.wanted, entry.query, now, from: socket.server.name)
        return true
    }
}
