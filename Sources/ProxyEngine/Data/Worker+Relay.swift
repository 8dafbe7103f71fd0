internal import CLinux
internal import Glibc

extension Worker {
    /// Turns of one direction before other connections have theirs.
    private static let rounds = 16
    private static let spliceSize = UInt(PipePool.size)

    private enum Outcome {
        /// Nothing more can be done now.
        case blocked
        /// Could go on, but others are waiting.
        case more
        case sourceFailed
        case destinationFailed
    }

    /// Moves what can be moved, both ways.
    ///
    /// - Parameter judged: So many bytes have been there for a while: nobody is active who just hands them on.
    mutating func relay(_ connection: UnsafeMutablePointer<Connection>, judged: UInt64 = 0) {
        let before = connection.pointee.up.bytes &+ connection.pointee.down.bytes
        var up = pump(connection, isUp: true)
        if up == .destinationFailed {
            abandonServer(connection)
            up = pump(connection, isUp: true)
        }
        // What the server said before it went is still to be delivered.
        var isLost = connection.pointee.up.discards
        if up == .sourceFailed { return finish(connection, isLost ? .serverFailed : .clientFailed) }
        var down = pump(connection, isUp: false)
        if down == .sourceFailed, isLost || clinux_unsent(connection.pointee.client) > 0 {
            if !isLost { abandonServer(connection) }
            isLost = true
            connection.pointee.down.ended = true
            down = pump(connection, isUp: false)
        }
        if down == .sourceFailed { return finish(connection, .serverFailed) }
        if down == .destinationFailed { return finish(connection, .clientFailed) }
        if connection.pointee.up.shut, connection.pointee.down.shut {
            return finish(connection, isLost ? .serverFailed : .normal)
        }
        if connection.pointee.up.shut, connection.pointee.clientReady.contains(.failed) {
            return finish(connection, .clientFailed)
        }
        if connection.pointee.down.shut, connection.pointee.serverReady.contains(.failed), !isLost {
            return finish(connection, .serverFailed)
        }
        if up == .more || down == .more { enqueue(connection) }
        let moved = connection.pointee.up.bytes &+ connection.pointee.down.bytes &- before
        if moved != 0 {
            if moved != judged || connection.pointee.isPending { noteActivity(connection) }
            armIdle(connection)
        }
    }

    /// Moves what the client says while what the server says is held back. False: the connection is over.
    mutating func relayUp(_ connection: UnsafeMutablePointer<Connection>) -> Bool {
        let before = connection.pointee.up.bytes
        switch pump(connection, isUp: true) {
        case .sourceFailed:
            judgeInVain(connection)
            finish(connection, .clientFailed)
            return false
        // What the server said before it went is still judged, and delivered.
        case .destinationFailed: abandonServer(connection)
        case .more: enqueue(connection)
        case .blocked: break
        }
        if connection.pointee.up.bytes != before {
            noteActivity(connection)
            armIdle(connection)
        }
        return true
    }

    /// The server takes no more: nothing goes to it from here on. The client's bytes are still read, and thrown away,
    /// because closing with unread bytes sends a reset, which may overtake the server's last answer.
    private mutating func abandonServer(_ connection: UnsafeMutablePointer<Connection>) {
        release(&connection.pointee.up)
        connection.pointee.up.inPipe = 0
        connection.pointee.up.discards = true
        connection.pointee.serverReady.insert(.readable)
    }

    private mutating func discard(_ way: inout Direction, _ source: inout Readiness, _ from: CInt) -> Outcome {
        for _ in 0..<Self.rounds {
            let count = clinux_receive(from, buffer, Self.bufferSize, CInt(MSG_TRUNC))
            if count > 0 { continue }
            if count == 0 {
                way.shut = true
                return .blocked
            }
            if errno == EAGAIN {
                source.subtract([.readable, .failed])
                return .blocked
            }
            if errno != EINTR { return .sourceFailed }
        }
        return .more
    }

    @inline(__always)
    private mutating func pump(_ connection: UnsafeMutablePointer<Connection>, isUp: Bool) -> Outcome {
        if isUp {
            return pump(
                &connection.pointee.up,
                &connection.pointee.clientReady,
                &connection.pointee.serverReady,
                from: connection.pointee.client,
                to: connection.pointee.server,
                connection,
                otherShut: connection.pointee.down.shut,
                toServer: true
            )
        }
        return pump(
            &connection.pointee.down,
            &connection.pointee.serverReady,
            &connection.pointee.clientReady,
            from: connection.pointee.server,
            to: connection.pointee.client,
            connection,
            otherShut: connection.pointee.up.shut,
            toServer: false
        )
    }

    @inline(__always)
    private mutating func pump(
        _ way: inout Direction,
        _ source: inout Readiness,
        _ destination: inout Readiness,
        from: CInt,
        to: CInt,
        _ connection: UnsafeMutablePointer<Connection>,
        otherShut: Bool,
        toServer: Bool
    ) -> Outcome {
        if way.shut { return .blocked }
        if way.discards { return source.contains(.readable) ? discard(&way, &source, from) : .blocked }
        var round = 0
        while round < Self.rounds {
            round += 1
            if way.rest != nil || way.inPipe > 0 {
                guard destination.contains(.writable) else { return .blocked }
                guard sendPending(&way, &destination, to) else { return .destinationFailed }
                if way.rest != nil || way.inPipe > 0 { continue }
            }
            if way.ended {
                // With the other direction ended as well, closing does what shutdown would.
                if !otherShut, clinux_shutdown(to, CInt(SHUT_WR)) < 0 { return .destinationFailed }
                way.shut = true
                armIdleAfterEnd(connection)
                return .blocked
            }
            guard source.contains(.readable), destination.contains(.writable) else {
                releasePipe(&way)
                return .blocked
            }
            if way.splicing, way.pipe >= 0 || takePipe(&way) {
                guard fillPipe(&way, &source, from) else { return .sourceFailed }
                continue
            }
            let count = clinux_receive(from, buffer, Self.bufferSize, 0)
            if count > 0 {
                way.bytes &+= UInt64(count)
                if toServer {
                    // Not before the first send: a single request needs no extra system call.
                    if connection.pointee.sentToServer, !connection.pointee.serverNoDelay {
                        _ = clinux_set_option(to, CInt(IPPROTO_TCP), CInt(CLINUX_NODELAY), 1)
                        connection.pointee.serverNoDelay = true
                    }
                    connection.pointee.sentToServer = true
                }
                if count < Self.bufferSize {
                    // Drained. A hang-up seen before this read means that there is nothing after it.
                    if source.contains(.hangUp), !source.contains(.failed) { way.ended = true }
                    if !source.contains(.failed) { source.remove(.readable) }
                } else {
                    way.splicing = true
                    way.sinceDrained = Int32(count)
                }
                guard sendFresh(&way, &destination, to, count) else { return .destinationFailed }
            } else if count == 0 {
                way.ended = true
            } else if errno == EAGAIN {
                source.subtract([.readable, .failed])
                return .blocked
            } else if errno != EINTR {
                return .sourceFailed
            }
        }
        return .more
    }

    /// Sends what was just read; a short send keeps the rest in a block. False if the destination failed.
    @inline(__always)
    mutating func sendFresh(
        _ way: inout Direction,
        _ destination: inout Readiness,
        _ to: CInt,
        _ count: Int
    ) -> Bool {
        // The end follows at once: it goes in the segment of the last bytes instead of one of its own.
        let more = way.ended ? CInt(MSG_MORE) : 0
        var sent = clinux_send(to, buffer, count, CInt(MSG_NOSIGNAL) | more)
        if sent == count { return true }
        if sent < 0 {
            guard errno == EAGAIN || errno == EINTR else { return false }
            sent = 0
        }
        destination.remove(.writable)
        let block = blocks.take()
        memcpy(block, buffer + sent, count - sent)
        way.rest = block
        way.restStart = 0
        way.restEnd = Int32(count - sent)
        return true
    }

    /// Sends from the block or the pipe; clears `.writable` when the destination takes no more.
    private mutating func sendPending(_ way: inout Direction, _ destination: inout Readiness, _ to: CInt) -> Bool {
        if let block = way.rest {
            let count = Int(way.restEnd - way.restStart)
            let sent = clinux_send(to, block + Int(way.restStart), count, CInt(MSG_NOSIGNAL))
            if sent == count {
                blocks.give(block)
                way.rest = nil
                return true
            }
            if sent < 0, errno != EAGAIN, errno != EINTR { return false }
            if sent > 0 { way.restStart += Int32(sent) }
            if sent >= 0 || errno == EAGAIN { destination.remove(.writable) }
            return true
        }
        let moved = clinux_splice(pipes.readEnd(way.pipe), to, UInt(way.inPipe))
        if moved > 0 {
            way.inPipe -= Int32(moved)
            return true
        }
        if moved < 0, errno != EAGAIN, errno != EINTR { return false }
        if moved == 0 || errno == EAGAIN { destination.remove(.writable) }
        return true
    }

    /// One splice from the source into the pipe. False if the source failed.
    private mutating func fillPipe(_ way: inout Direction, _ source: inout Readiness, _ from: CInt) -> Bool {
        let moved = clinux_splice(from, pipes.writeEnd(way.pipe), Self.spliceSize)
        if moved > 0 {
            way.inPipe += Int32(moved)
            way.bytes &+= UInt64(moved)
            if way.sinceDrained < Self.bufferSize { way.sinceDrained += Int32(moved) }
            return true
        }
        if moved == 0 {
            way.ended = true
            releasePipe(&way)
            return true
        }
        if errno == EAGAIN {
            // The pipe is empty here, so it is the source that has no more.
            source.subtract([.readable, .failed])
            releasePipe(&way)
            // A source that is only a little slower than the destination is drained all the time.
            if way.sinceDrained < Self.bufferSize { way.splicing = false }
            way.sinceDrained = 0
            return true
        }
        return errno == EINTR
    }

    private mutating func takePipe(_ way: inout Direction) -> Bool {
        way.pipe = pipes.take()
        if way.pipe < 0 { way.splicing = false }
        return way.pipe >= 0
    }

    @inline(__always)
    private mutating func releasePipe(_ way: inout Direction) {
        guard way.pipe >= 0, way.inPipe == 0 else { return }
        pipes.give(way.pipe, clean: true)
        way.pipe = -1
    }
}
