internal import CLinux
internal import Glibc
internal import ProxyPages

extension PageLoop {
    /// Counts and logs an answer that is out, or all that there will be of it.
    mutating func finish(_ descriptor: CInt) {
        guard let client = clients[descriptor] else { return }
        count(client)
        guard let note = client.note else { return }
        clients[descriptor]?.note = nil
        let isFailure = !note.ending.hasPrefix("L") && !note.ending.hasPrefix("-")
        if client.pages.omitsNormalLogs, !isFailure { return }
        number += 1
        let now = Clock.monotonic()
        var record = PageRecord(
            client: client.source,
            destination: client.destination,
            frontend: client.frontend.name,
            note: note,
            status: client.status,
            acceptedAt: client.acceptedAt,
            requestedAt: client.requestedAt
        )
        record.bytesIn = client.bytesIn
        // Of what was no request HAProxy counts no byte.
        record.bytesOut = client.request == nil ? 0 : client.bytesOut
        let begun = client.begunAt ?? client.idleSince
        record.idle = Int(begun - client.idleSince)
        record.request = client.request == nil || client.status < 0 || note.isLost ? -1 : Int(client.readAt - begun)
        record.total = Int(now - (client.requests > 1 ? begun : client.idleSince))
        record.line = client.request
        record.processConnections = Int(clinux_atomic_load(&shared.pointee.connections) + UInt32(clients.count))
        record.frontendConnections = Int(clinux_atomic_load(&client.frontend.cells.cells.pointee.connections))
        record.number = number
        record.process = getpid()
        let level: LogLevel = isFailure && client.pages.separatesErrors ? .error : .informational
        let text = client.pages.format?.line(record) ?? record.plain
        logs.tell(LogLine(level, text), client.frontend.entry.pointee.log)
    }

    private func count(_ client: PageClient) {
        let traffic = client.frontend.cells.cells.traffic
        traffic.end(UInt64(client.bytesIn), UInt64(client.bytesOut))
        clinux_atomic_add_wide(&shared.pointee.bytesOut, UInt64(client.bytesOut))
        let ending = client.note?.ending.prefix(2) ?? "LR"
        // Whoever came and went without a word asked nothing.
        if client.request == nil, client.bytesIn == 0, client.status == 400 { return }
        let isIntercepted = ending == "LR"
        _ = clinux_atomic_add(&shared.pointee.requests, 1)
        client.pages.counters.count(status: client.status, isIntercepted: isIntercepted, now: Clock.monotonic())
        switch ending {
        case "PR" where client.request != nil, "PT": _ = clinux_atomic_add(&traffic.pointee.deniedRequests, 1)
        case "PR", "cR", "CR": _ = clinux_atomic_add(&traffic.pointee.requestErrors, 1)
        default: break
        }
    }
}
