internal import CLinux
internal import Glibc

extension Worker {
    /// A listener with `accept-proxy`: nothing is done for the connection before its header is there. As in HAProxy,
    /// `timeout client` bounds the wait.
    mutating func awaitHeader(_ connection: UnsafeMutablePointer<Connection>, _ listener: ListenerEntry) {
        connection.pointee.state = .readingHeader
        rareState(connection).pointee.listener = listener
        let limit = UInt64(connection.pointee.frontend.pointee.clientTimeout)
        if limit > 0 { wheel.schedule(connection, at: now + limit, in: slab) }
        if clinux_epoll_add_edge(epoll, connection.pointee.client, tag(connection, .client)) < 0 {
            finish(connection, .resources)
        }
    }

    /// Most bytes that are looked at before a header says that it is longer.
    private static let firstLook = 1024

    /// Looks at what has come and leaves it in the socket until the header is whole: a part of it needs no room of ours.
    mutating func readHeader(_ connection: UnsafeMutablePointer<Connection>) {
        var room = Self.firstLook
        while true {
            let count = recv(connection.pointee.client, buffer, room, CInt(MSG_PEEK))
            if count == 0 { return refuseHeader(connection, .empty) }
            if count < 0 {
                if errno == EINTR { continue }
                if errno != EAGAIN { return refuseHeader(connection, .aborted) }
                return
            }
            switch ProxyHeaderReader.read(UnsafeRawBufferPointer(start: buffer, count: count)) {
            case .incomplete(let wanted):
                if wanted > count, count == room {
                    room = ProxyHeader.longest
                    continue
                }
                if connection.pointee.clientReady.contains(.hangUp) { return refuseHeader(connection, .truncated) }
                // The kernel wakes us when it is whole, however small the pieces are that it comes in.
                if wanted > count + 1 {
                    connection.pointee.rare?.pointee.waitsForWhole = true
                    _ = clinux_set_option(connection.pointee.client, SOL_SOCKET, SO_RCVLOWAT, CInt(wanted))
                }
                return
            case .refused(let reason):
                let bytes = UnsafeRawBufferPointer(start: buffer, count: count)
                return refuseHeader(connection, ProxyHeaderReader.isTooShort(bytes) ? .truncated : reason)
            case .header(let header): return take(header, connection)
            }
        }
    }

    private mutating func take(_ header: ProxyHeader, _ connection: UnsafeMutablePointer<Connection>) {
        let client = connection.pointee.client
        var rest = header.length
        while rest > 0 {
            let count = recv(client, buffer, rest, 0)
            if count > 0 {
                rest -= count
            } else if count == 0 || errno != EINTR {
                return refuseHeader(connection, .aborted)
            }
        }
        guard let rare = connection.pointee.rare else { return }
        if rare.pointee.waitsForWhole { _ = clinux_set_option(client, SOL_SOCKET, SO_RCVLOWAT, 1) }
        if header.hasAddresses {
            connection.pointee.peerAddress = header.source.number
            connection.pointee.peerFamily = header.source.family
            connection.pointee.peerPort =
                header.source.family == 0 ? rare.pointee.listener?.clientPort ?? 0 : header.source.port
            rare.pointee.destination = header.destination
            rare.pointee.hasDestination = true
        }
        rare.pointee.hasHeader = true
        rare.pointee.handshake = UInt32(clamping: now - connection.pointee.acceptedAt)
        wheel.remove(connection, from: slab)
        connection.pointee.state = .connecting
        route(connection, nil)
    }

    /// Logs in HAProxy's words and closes.
    mutating func refuseHeader(_ connection: UnsafeMutablePointer<Connection>, _ reason: ProxyHeaderRefusal) {
        let frontend = connection.pointee.frontend
        connection.pointee.rare?.pointee.refusal = reason
        // Nothing but the attempt was made.
        let isNull = reason == .empty || reason == .aborted
        let level = frontend.pointee.separatesErrors ? LogLevel.error : .informational
        if !(frontend.pointee.dontLogNull && isNull), let group = log.begin(frontend.pointee.log, level) {
            if let format = frontend.pointee.errorFormat ?? group.pointee.errorFormat {
                reportRefusal(connection, group, format, level)
            } else {
                writeRefusal(connection, reason)
                log.end(group, level)
            }
        }
        count(\.lost, connection)
        finish(connection, .clientFailed)
    }

    private mutating func writeRefusal(_ connection: UnsafeMutablePointer<Connection>, _ reason: ProxyHeaderRefusal) {
        if let format = log.book.clientFormat { write(format, LoggedMoment(connection)) }
        log.line.byte(UInt8(ascii: "/"))
        if let listener = connection.pointee.rare?.pointee.listener {
            if listener.name.count > 0 {
                log.line.text(listener.name)
            } else {
                log.line.number(Int64(listener.number))
            }
        }
        log.line.text(": ")
        log.line.text(reason.words)
    }

    /// The header that a server wants is the first that is sent to it. False: the server takes nothing.
    mutating func sendHeader(
        _ connection: UnsafeMutablePointer<Connection>,
        _ options: ProxyHeaderOptions
    ) -> Bool {
        var writer = ProxyHeaderWriter(buffer)
        let client = Party(
            number: connection.pointee.peerAddress,
            port: connection.pointee.peerPort,
            family: connection.pointee.peerFamily
        )
        let destination = destination(connection)
        if options.uniqueID, let format = connection.pointee.frontend.pointee.uniqueID {
            log.line.clear()
            write(format, LoggedMoment(connection))
            let text = UnsafeBufferPointer(start: UnsafePointer(log.line.bytes), count: log.line.count)
            writer.write(options, from: client, to: destination, uniqueID: text)
        } else {
            writer.write(options, from: client, to: destination)
        }
        connection.pointee.sentToServer = true
        return sendFresh(
            &connection.pointee.up,
            &connection.pointee.serverReady,
            connection.pointee.server,
            writer.count
        )
    }
}
