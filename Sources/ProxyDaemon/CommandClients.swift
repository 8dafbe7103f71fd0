internal import CLinux
internal import Glibc
internal import ProxyConfig
internal import RuntimeAPI
internal import Syscalls

/// Who speaks to the master socket: each may say one line and gets one answer; who follows the listeners stays. Nobody is
/// waited for: a client that says nothing, or does not read its answer, holds up neither the master nor other clients.
struct CommandClients: ~Copyable {
    /// Most clients at a time; more wait in the kernel's queue.
    private static let most = 64
    /// Most of them that stay.
    static let mostFollowers = 8
    /// Milliseconds in which a client must go on with its line, or with reading its answer.
    static let patience: UInt64 = 2000
    /// `stats timeout`
    var statsPatience: UInt64 = 10000
    /// `stats maxconn`
    var statsMost = 10
    /// About how many bytes of a long answer are made at a time, and how many such parts before others have their turn.
    private static let (partSize, partsATurn) = (1 << 18, 16)
    /// Milliseconds after which it is asked whether there is more to say to who waits for it.
    private static let watchPause: UInt64 = 100
    /// Longest line that is taken.
    private static let longestLine = 65536
    /// Longest command with the lines that belong to it. As with HAProxy, whose buffers have this size, nothing is said to who
    /// says more.
    private static let longestPayload = 16384
    /// So much is read at a time; lines in it came together.
    private static let readSize = 16384

    /// A line is no listener: clients come through it as descriptors.
    private var doors: [(listener: CInt, door: CommandDoor, isLine: Bool)] = []
    private var clients: [Client] = []
    /// No accept before: descriptors have run out, and the listener would wake us without end.
    private var pausedUntil: UInt64 = 0

    deinit {
        for client in clients { Glibc.close(client.descriptor) }
        for door in doors { Glibc.close(door.listener) }
    }

    /// `stats timeout`, `stats maxconn`
    mutating func change(to global: Global) {
        statsPatience = global.statsTimeout.map { UInt64(clamping: $0) } ?? 10000
        statsMost = global.statsMaxConnections ?? 10
    }

    mutating func open(_ door: CommandDoor, _ listener: consuming FileDescriptor) {
        let raw = listener.release()
        _ = clinux_set_nonblocking(raw)
        doors.append((raw, door, false))
    }

    /// Takes clients in that somebody sends by a socket, until that ends.
    mutating func open(line: CInt, _ door: CommandDoor) { doors.append((line, door, true)) }

    /// Closes the door; those who are inside get their answers.
    mutating func close(door listener: CInt) {
        doors.removeAll { $0.listener == listener }
        Glibc.close(listener)
    }

    /// What to wait for; ``turn(_:now:answer:)`` gets it back with the results.
    func waits(now: UInt64) -> [pollfd] {
        let isOpen = clients.count < Self.most && now >= pausedUntil
        let isFull = clients.count(where: { $0.isLimited }) >= statsMost
        return doors.map { door in
            let isOpen = isOpen && (door.door == .master || door.isLine || !isFull)
            return pollfd(fd: isOpen ? door.listener : -1, events: Int16(POLLIN), revents: 0)
        }
            + clients.map { pollfd(fd: $0.descriptor, events: $0.events, revents: 0) }
    }

    /// Milliseconds until somebody's patience ends; -1 for never.
    func timeLeft(now: UInt64) -> CInt {
        let resume = pausedUntil > now ? [pausedUntil] : []
        guard let next = (clients.map { $0.deadline } + resume).min(), next != .max else { return -1 }
        return next <= now ? 0 : CInt(clamping: next - now)
    }

    // MARK: - Those who stay, and those who wait

    /// The descriptors of those who follow.
    var following: [CInt] { clients.filter { $0.stage == .following }.map { $0.descriptor } }

    /// Takes a client in that waits for an answer; another program has read its line.
    mutating func adopt(waiting client: CInt, at door: CommandDoor) {
        _ = clinux_set_nonblocking(client)
        clients.append(Client(client, door, stage: .waiting, deadline: .max))
    }

    /// Gives the answer that came later; a client that has gone gets none.
    mutating func finish(_ client: CInt, with text: String) {
        guard let index = clients.firstIndex(where: { $0.descriptor == client && $0.stage == .waiting }) else { return }
        clients[index].stage = .answering
        say(text, index)
    }

    /// Tells one who follows; who does not read it in time is let go of.
    mutating func tell(_ client: CInt, _ text: String) {
        guard let index = clients.firstIndex(where: { $0.descriptor == client && $0.stage == .following }) else {
            return
        }
        say(text, index)
    }

    private mutating func say(_ text: String, _ index: Int) {
        clients[index].output += Array(text.utf8)
        if clients[index].deadline == .max { clients[index].deadline = Clocks.monotonic() + Self.patience }
        if write(index, Clocks.monotonic()) { drop([clients[index].descriptor]) }
    }

    private mutating func drop(_ ended: [CInt]) {
        for descriptor in ended { Glibc.close(descriptor) }
        clients.removeAll { ended.contains($0.descriptor) }
    }

    // MARK: - A turn

    /// - Parameter answer: What to say to a line that came in.
    mutating func turn(_ waits: ArraySlice<pollfd>, now: UInt64, answer: (ClientLine) -> CommandAnswer) {
        var ended: [CInt] = []
        for (index, wait) in waits.dropFirst(doors.count).enumerated() {
            if wait.revents != 0 {
                if goOn(index, now, answer) { ended.append(clients[index].descriptor) }
            } else if clients[index].deadline <= now, clients[index].stage == .watching {
                clients[index].stage = .answering
                clients[index].deadline = now + clients[index].patience
                if write(index, now) { ended.append(clients[index].descriptor) }
            } else if clients[index].deadline <= now {
                ended.append(clients[index].descriptor)
            }
        }
        drop(ended)
        for (door, wait) in zip(doors, waits) where wait.revents != 0 {
            if door.isLine {
                receiveAll(door.listener, door.door, now)
            } else {
                acceptAll(door.listener, door.door, now)
            }
        }
    }

    private mutating func receiveAll(_ line: CInt, _ door: CommandDoor, _ now: UInt64) {
        while clients.count < Self.most {
            var descriptor: CInt = -1
            let count = clinux_receive_descriptors(line, &descriptor, 1)
            if count < 0, errno == EAGAIN || errno == EINTR { return }
            guard count > 0 else { return close(door: line) }
            clients.append(Client(descriptor, door, deadline: now + Self.patience))
        }
    }

    private mutating func acceptAll(_ listener: CInt, _ door: CommandDoor, _ now: UInt64) {
        var peer = clinux_peer()
        while clients.count < Self.most,
            door == .master || clients.count(where: { $0.isLimited }) < statsMost
        {
            let descriptor = clinux_accept(listener, &peer)
            if descriptor < 0 {
                if errno != EAGAIN, errno != EINTR, errno != ECONNABORTED { pausedUntil = now + 100 }
                return
            }
            var client = Client(descriptor, door, patience: door == .master ? nil : statsPatience, deadline: 0)
            client.deadline = now + client.patience
            client.isLimited = door != .master
            clients.append(client)
        }
    }

    /// Reads or writes what is possible; true when the client is done with.
    private mutating func goOn(
        _ index: Int,
        _ now: UInt64,
        _ answer: (ClientLine) -> CommandAnswer
    ) -> Bool {
        switch clients[index].stage {
        case .waiting: return true
        case .following: return hear(index, answer) || write(index, now)
        case .watching: return stopWatching(index, now)
        case .answering:
            if write(index, now) { return true }
            if clients[index].stage != .asking { return false }
        case .asking: break
        }
        while true {
            guard let line = line(of: index) else { return false }
            guard let line else { return true }
            guard let whole = whole(line, index) else {
                if clients[index].session.isEnding { return true }
                continue
            }
            if carryOut(whole, index, now, answer) { return true }
            if clients[index].stage != .asking { return false }
        }
    }

    /// The line with what belongs to it; nil while that is not all there, or if the session ends.
    private mutating func whole(_ line: String, _ index: Int) -> ClientLine? {
        var command = ClientLine(
            text: line,
            door: clients[index].door,
            client: clients[index].descriptor,
            session: clients[index].session
        )
        if let begun = clients[index].begun {
            if !line.isEmpty, line != "\r" {
                clients[index].payload += line + "\n"
                if begun.utf8.count + clients[index].payload.utf8.count >= Self.longestPayload {
                    command.session.isEnding = true
                } else {
                    askOn(index)
                }
                return nil
            }
            command.text = begun
            command.payload = clients[index].payload
            (clients[index].begun, clients[index].payload) = (nil, "")
            return command
        }
        guard RuntimeLine.announcesPayload(line) else { return command }
        clients[index].begun = line
        askOn(index)
        return nil
    }

    /// The prompt for further lines of a command.
    private mutating func askOn(_ index: Int) {
        guard clients[index].session.isPrompting else { return }
        clients[index].output += Array("+ ".utf8)
        if write(index, Clocks.monotonic()) { clients[index].session.isEnding = true }
    }

    /// True when the client is done with.
    private mutating func carryOut(
        _ line: ClientLine,
        _ index: Int,
        _ now: UInt64,
        _ answer: (ClientLine) -> CommandAnswer
    ) -> Bool {
        switch answer(line) {
        case .text(let text): clients[index].rest += text
        case .output(let output): clients[index].rest += output
        case .listeners(let listeners):
            ListenerHandover.handOver(listeners, to: clients[index].descriptor)
            return true
        case .follow:
            (clients[index].stage, clients[index].deadline) = (.following, .max)
            return false
        case .later:
            (clients[index].stage, clients[index].deadline) = (.waiting, .max)
            return false
        case .nothing: return true
        }
        if !refill(index), !hasMore(index), !clients[index].rest.isWaiting { return true }
        clients[index].stage = .answering
        // The answer may have taken long: the client's time to read it starts now.
        clients[index].deadline = Clocks.monotonic() + clients[index].patience
        return write(index, now)
    }

    /// Makes the next part of an answer if all before it was sent; false if there is none.
    private mutating func refill(_ index: Int) -> Bool {
        if clients[index].sent < clients[index].output.count { return true }
        clients[index].sent = 0
        do throws(SystemError) {
            clients[index].output = try clients[index].rest.next(enough: Self.partSize) ?? []
        } catch {
            // Half an answer does not look like a whole one: its end is missing, and nothing more is said.
            (clients[index].output, clients[index].rest) = ([], RuntimeOutput())
            clients[index].session.isEnding = true
        }
        return !clients[index].output.isEmpty
    }

    /// Writes what can be; true when the client has gone, or all that it was to be told.
    private mutating func write(_ index: Int, _ now: UInt64) -> Bool {
        var parts = 0
        while refill(index) {
            // Others have their turn too.
            parts += 1
            if parts > Self.partsATurn { return false }
            let start = clients[index].sent
            let descriptor = clients[index].descriptor
            let count = clients[index].output.withUnsafeBytes {
                send(descriptor, $0.baseAddress?.advanced(by: start), $0.count - start, CInt(MSG_NOSIGNAL))
            }
            if count < 0 { return errno != EAGAIN && errno != EINTR }
            clients[index].sent += count
            clients[index].deadline = max(clients[index].deadline, now + clients[index].patience)
        }
        (clients[index].output, clients[index].sent) = ([], 0)
        if clients[index].stage == .answering, clients[index].rest.isWaiting {
            (clients[index].stage, clients[index].deadline) = (.watching, now + Self.watchPause)
            return false
        }
        switch clients[index].stage {
        case .following:
            clients[index].deadline = .max
            return false
        case .answering
        where !clients[index].session.isEnding && (clients[index].session.isPrompting || hasMore(index)):
            clients[index].stage = .asking
            return false
        case .asking: return false
        case .answering, .waiting, .watching: return true
        }
    }

    /// What a client says while it watches is of no interest, its end is; true when the client is done with.
    private mutating func stopWatching(_ index: Int, _ now: UInt64) -> Bool {
        while true {
            let count = receive(index)
            clients[index].input = []
            guard let count else { return false }
            if count == 0 { break }
        }
        clients[index].rest.stopWaiting()
        clients[index].session.isEnding = true
        clients[index].stage = .answering
        clients[index].deadline = now + clients[index].patience
        return write(index, now)
    }

    /// The lines of one who follows; true when it has gone.
    private mutating func hear(_ index: Int, _ answer: (ClientLine) -> CommandAnswer) -> Bool {
        while true {
            switch receive(index) {
            case nil: return false
            case 0?: return true
            default: break
            }
            while let line = takeLine(of: index) {
                let client = clients[index]
                _ = answer(
                    ClientLine(text: line, door: client.door, client: client.descriptor, session: client.session)
                )
            }
            if clients[index].input.count > Self.longestLine { return true }
        }
    }

    /// The client's line without its newline, or what came before it shut its side; nil within for a client that said
    /// nothing or too much; nil when there is more to come.
    private mutating func line(of index: Int) -> String?? {
        while true {
            // Who stays may have said several.
            if let line = takeLine(of: index) { return line }
            guard let count = receive(index) else { return nil }
            let input = clients[index].input
            if count == 0 {
                clients[index].input = []
                return .some(input.isEmpty ? nil : String(decoding: input, as: UTF8.self))
            }
            if clients[index].input.count > Self.longestLine { return .some(nil) }
        }
    }

    /// Takes what has come into the client's input; its size, 0 at the end or on an error, nil if there is nothing yet.
    private mutating func receive(_ index: Int) -> Int? {
        var chunk = [UInt8](repeating: 0, count: Self.readSize)
        let descriptor = clients[index].descriptor
        while true {
            let count = chunk.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { return nil }
            if count < 0 { clients[index].input = [] }
            clients[index].input += chunk.prefix(max(0, count))
            return max(0, count)
        }
    }

    /// Further lines came together with the last one: they are answered, too, though nobody asked to stay.
    private func hasMore(_ index: Int) -> Bool { clients[index].input.contains(UInt8(ascii: "\n")) }

    private mutating func takeLine(of index: Int) -> String? {
        guard let end = clients[index].input.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        defer { clients[index].input.removeFirst(end + 1) }
        return String(decoding: clients[index].input[..<end], as: UTF8.self)
    }
}
