internal import CLinux

// Connections that belong to a server because an earlier one went there.
extension Worker {
    /// The server that the first matching rule names, if it can be used.
    mutating func stuckServer(
        _ connection: UnsafeMutablePointer<Connection>,
        _ backend: UnsafePointer<BackendEntry>,
        _ stick: UnsafePointer<StickEntry>
    ) -> UnsafePointer<ServerEntry>? {
        for index in 0..<stick.pointee.count {
            let rule = stick.pointee.rules + index
            guard rule.pointee.matches else { continue }
            let (memory, now) = (rule.pointee.memory, now)
            guard let known = withKey(rule, connection, { memory.pointee.match($0, now: now) }) ?? nil else { continue }
            // The number of a line may be another one's since a change; the name is not.
            let (numbers, number) =
                known.name == 0
                ? (stick.pointee.ids, known.id)
                : (rule.pointee.byAddress ? stick.pointee.addresses : stick.pointee.names, known.name)
            if let server = server(backend, numbers, number) { return server }
        }
        return nil
    }

    private func server(
        _ backend: UnsafePointer<BackendEntry>,
        _ numbers: UnsafePointer<UInt32>,
        _ number: UInt32
    ) -> UnsafePointer<ServerEntry>? {
        if number == 0 { return nil }
        for server in 0..<backend.pointee.serverCount where numbers[server] == number {
            let entry = backend.pointee.servers + server
            if clinux_atomic_load(&entry.pointee.cells.pointee.isUp) != 0 { return entry }
        }
        return nil
    }

    /// A server was reached: the tables learn it.
    mutating func storeServer(
        _ connection: UnsafeMutablePointer<Connection>,
        _ server: UnsafePointer<ServerEntry>,
        _ stick: UnsafePointer<StickEntry>
    ) {
        guard let backend = connection.pointee.backend else { return }
        let position = server - backend.pointee.servers
        for index in 0..<stick.pointee.count {
            let rule = stick.pointee.rules + index
            guard rule.pointee.stores else { continue }
            let number = (rule.pointee.byAddress ? stick.pointee.addresses : stick.pointee.names)[position]
            if number == 0 { continue }
            let server = StickMemory.Server(name: number, id: stick.pointee.ids[position])
            let (memory, now) = (rule.pointee.memory, now)
            _ = withKey(rule, connection) { memory.pointee.store($0, server, now: now) }
        }
    }

    /// nil where the rule's condition does not hold, or the connection has no such key.
    private mutating func withKey<Result>(
        _ rule: UnsafePointer<StickRuleEntry>,
        _ connection: UnsafeMutablePointer<Connection>,
        _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result? {
        if rule.pointee.condition.count > 0, !matches(rule.pointee.condition, connection, nil) { return nil }
        guard let expression = rule.pointee.expression else { return key(rule, connection)?.withBytes(body) }
        samples.begin(.request, isFinal: true)
        guard case .value(let sample) = evaluate(expression, connection) else { return nil }
        return rule.pointee.memory.pointee.withKey(of: sample, body)
    }

    private func key(
        _ rule: UnsafePointer<StickRuleEntry>,
        _ connection: UnsafeMutablePointer<Connection>
    ) -> StickKey? {
        if let key = rule.pointee.key { return key }
        let memory = rule.pointee.memory
        var party = Party()
        switch rule.pointee.kind {
        case .source:
            party.number = connection.pointee.peerAddress
            party.family = connection.pointee.peerFamily
            if party.family == 0 { return nil }
        case .destination:
            party = destination(connection)
            if party.family == 0 { return nil }
        case .sourcePort: party.number = UInt128(connection.pointee.peerPort)
        case .destinationPort: party.number = UInt128(destination(connection).port)
        case .constant, .expression: return nil
        }
        let dropped = party.family == 4 ? rule.pointee.droppedV4 : party.family == 6 ? rule.pointee.droppedV6 : 0
        if dropped == 255 { return nil }
        if dropped > 0 { party.number = (party.number >> UInt128(dropped)) << UInt128(dropped) }
        return StickKey(party, for: memory.pointee.kind, length: memory.pointee.length)
    }
}
