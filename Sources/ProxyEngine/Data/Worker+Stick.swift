internal import CLinux

// Connections that belong to a server because an earlier one went there.
extension Worker {
    /// The server that the first matching rule names, if it can be used.
    mutating func stuckServer(
        _ connection: UnsafeMutablePointer<Connection>,
        _ backend: UnsafePointer<BackendEntry>,
        _ stick: UnsafePointer<StickEntry>
    ) -> UnsafePointer<ServerEntry>? {
        samples.begin(.request, isFinal: true)
        var found: UnsafePointer<ServerEntry>?
        for index in 0..<stick.pointee.requestCount {
            let rule = stick.pointee.rules + index
            guard rule.pointee.matches, !isPassedOver(index, connection, stick) else { continue }
            let (memory, now) = (rule.pointee.memory, now)
            guard let known = withKey(rule, connection, { memory.pointee.match($0, now: now) }) ?? nil else { continue }
            // The number of a line may be another one's since a change; the name is not.
            let (numbers, number) =
                known.name == 0
                ? (stick.pointee.ids, known.id)
                : (rule.pointee.byAddress ? stick.pointee.addresses : stick.pointee.names, known.name)
            // Those behind it have matched all the same: their entries' time starts anew.
            if found == nil { found = server(backend, numbers, number) }
        }
        return found
    }

    /// Of rules that store into the same table only the first one that has a key counts, as with HAProxy.
    private mutating func isPassedOver(
        _ index: Int,
        _ connection: UnsafeMutablePointer<Connection>,
        _ stick: UnsafePointer<StickEntry>
    ) -> Bool {
        let rules = stick.pointee.rules
        if !rules[index].stores { return false }
        for former in 0..<index where rules[former].stores && rules[former].memory == rules[index].memory {
            if withKey(rules + former, connection, { _ in true }) == true { return true }
        }
        return false
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

    /// A server was reached: the tables learn it, at once or, where rules judge what it says, when they have. The
    /// client's words are still in its socket here, and not then.
    mutating func storeAtConnect(
        _ connection: UnsafeMutablePointer<Connection>,
        _ stick: UnsafePointer<StickEntry>,
        _ isJudged: Bool
    ) {
        samples.begin(.request, isFinal: true)
        let rules = stick.pointee.rules
        for index in 0..<stick.pointee.requestCount where rules[index].stores {
            if isPassedOver(index, connection, stick) { continue }
            if isJudged {
                let kept = rareState(connection)
                _ = withKey(rules + index, connection) { kept.pointee.stickKeys.set(UInt32(index), .binary($0)) }
            } else {
                store(rules + index, connection, stick)
            }
        }
        if !isJudged, stick.pointee.count > stick.pointee.requestCount { storeAnswered(connection, stick) }
    }

    /// The rules about what the server says let it pass, and ``samples`` have looked at it.
    mutating func storeJudged(_ connection: UnsafeMutablePointer<Connection>) {
        guard let stick = connection.pointee.backend?.pointee.stick else { return }
        if let rare = connection.pointee.rare {
            for index in 0..<stick.pointee.requestCount {
                guard case .binary(let key)? = rare.pointee.stickKeys.value(UInt32(index)) else { continue }
                store(stick.pointee.rules + index, key, connection, stick)
            }
        }
        storeAnswered(connection, stick)
    }

    /// `store-response`: of what has come by now.
    private mutating func storeAnswered(
        _ connection: UnsafeMutablePointer<Connection>,
        _ stick: UnsafePointer<StickEntry>
    ) {
        let (rules, first) = (stick.pointee.rules, stick.pointee.requestCount)
        samples.begin(.response, isFinal: true)
        for index in first..<stick.pointee.count {
            // Of those for the same table the first one that has a key.
            var isFirst = true
            for former in first..<index where isFirst && rules[former].memory == rules[index].memory {
                isFirst = withKey(rules + former, connection, { _ in true }) == nil
            }
            if isFirst { store(rules + index, connection, stick) }
        }
    }

    private mutating func store(
        _ rule: UnsafePointer<StickRuleEntry>,
        _ connection: UnsafeMutablePointer<Connection>,
        _ stick: UnsafePointer<StickEntry>
    ) {
        let (number, memory, now) = (known(connection, rule, stick), rule.pointee.memory, now)
        if number.name != 0 { _ = withKey(rule, connection) { memory.pointee.store($0, number, now: now) } }
    }

    private func store(
        _ rule: UnsafePointer<StickRuleEntry>,
        _ key: UnsafeRawBufferPointer,
        _ connection: UnsafeMutablePointer<Connection>,
        _ stick: UnsafePointer<StickEntry>
    ) {
        let number = known(connection, rule, stick)
        if number.name != 0 { _ = rule.pointee.memory.pointee.store(key, number, now: now) }
    }

    /// What a table calls the connection's server; name 0 for one that nobody sticks to.
    private func known(
        _ connection: UnsafeMutablePointer<Connection>,
        _ rule: UnsafePointer<StickRuleEntry>,
        _ stick: UnsafePointer<StickEntry>
    ) -> StickMemory.Server {
        guard let backend = connection.pointee.backend, let server = connection.pointee.target else {
            return StickMemory.Server(name: 0, id: 0)
        }
        let position = server - backend.pointee.servers
        let names = rule.pointee.byAddress ? stick.pointee.addresses : stick.pointee.names
        return StickMemory.Server(name: names[position], id: stick.pointee.ids[position])
    }

    /// nil where the rule's condition does not hold, or the connection has no such key. Of what ``samples`` began with.
    private mutating func withKey<Result>(
        _ rule: UnsafePointer<StickRuleEntry>,
        _ connection: UnsafeMutablePointer<Connection>,
        _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result? {
        if rule.pointee.condition.count > 0, !matches(rule.pointee.condition, connection, nil) { return nil }
        guard let expression = rule.pointee.expression else { return key(rule, connection)?.withBytes(body) }
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
