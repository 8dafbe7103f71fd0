internal import CLinux

// Connections that belong to a server because an earlier one went there.
extension Worker {
    /// The server that the first matching rule names, if it can be used. Rules whose conditions or keys are to be evaluated are
    /// so here, once; what is to be stored is kept until a server is reached.
    ///
    /// - Parameter isAssigned: Another rule has named a server: nobody is looked for, and the rest is as ever.
    mutating func stuckServer(
        _ connection: UnsafeMutablePointer<Connection>,
        _ backend: UnsafePointer<BackendEntry>,
        _ stick: UnsafePointer<StickEntry>,
        isAssigned: Bool
    ) -> UnsafePointer<ServerEntry>? {
        samples.begin(.request, isFinal: true)
        let evaluates = stick.pointee.evaluates
        if evaluates { connection.pointee.rare?.pointee.stickKeys.removeAll() }
        var stored = StoredRules()
        var found: UnsafePointer<ServerEntry>?
        for index in 0..<stick.pointee.requestCount {
            let rule = stick.pointee.rules + index
            if rule.pointee.stores, stored.contains(rule.pointee.memory, stick) { continue }
            let (memory, matches, now) = (rule.pointee.memory, rule.pointee.matches, now)
            let kept = evaluates && rule.pointee.stores && stored.hasRoom ? rareState(connection) : nil
            let answer = withKey(rule, connection) { key in
                kept?.pointee.stickKeys.set(UInt32(index), .binary(key))
                return matches ? memory.pointee.match(key, now: now) : nil
            }
            guard let answer else { continue }
            if rule.pointee.stores { stored.append(index) }
            guard let known = answer else { continue }
            // The number of a line may be another one's since a change; the name is not.
            let (numbers, number) =
                known.name == 0
                ? (stick.pointee.ids, known.id)
                : (rule.pointee.byAddress ? stick.pointee.addresses : stick.pointee.names, known.name)
            // Those behind it have matched all the same: their entries' time starts anew.
            if found == nil, !isAssigned { found = server(backend, numbers, number) }
        }
        return found
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

    /// The tables learn the server: when it is reached or, where rules judge what it says, when they have let that pass.
    @inline(__always)
    mutating func storeServer(_ connection: UnsafeMutablePointer<Connection>) {
        if let stick = connection.pointee.backend?.pointee.stick { store(connection, stick) }
    }

    private mutating func store(
        _ connection: UnsafeMutablePointer<Connection>,
        _ stick: UnsafePointer<StickEntry>
    ) {
        let rules = stick.pointee.rules
        var stored = StoredRules()
        for index in 0..<stick.pointee.requestCount where rules[index].stores {
            if stick.pointee.evaluates {
                guard case .binary(let key)? = connection.pointee.rare?.pointee.stickKeys.value(UInt32(index)) else {
                    continue
                }
                store(rules + index, key, connection, stick)
                stored.append(index)
            } else if stored.hasRoom, !stored.contains(rules[index].memory, stick) {
                if store(rules + index, connection, stick) { stored.append(index) }
            }
        }
        if stick.pointee.count == stick.pointee.requestCount { return }
        // `store-response`: of what has come by now, and of those for the same table the first one that has a key.
        samples.begin(.response, isFinal: true)
        stored.beginAnew()
        for index in stick.pointee.requestCount..<stick.pointee.count {
            if stored.contains(rules[index].memory, stick) { continue }
            if store(rules + index, connection, stick, isCounted: stored.hasRoom) { stored.append(index) }
        }
    }

    /// Whether the rule's condition holds and there is a key; nobody may stick to the server all the same.
    ///
    /// - Parameter isCounted: False: too many are stored, and this one is only evaluated.
    private mutating func store(
        _ rule: UnsafePointer<StickRuleEntry>,
        _ connection: UnsafeMutablePointer<Connection>,
        _ stick: UnsafePointer<StickEntry>,
        isCounted: Bool = true
    ) -> Bool {
        let (number, memory, now) = (known(connection, rule, stick), rule.pointee.memory, now)
        let counts = isCounted && number.name != 0
        let key: Void? = withKey(rule, connection) { if counts { _ = memory.pointee.store($0, number, now: now) } }
        return key != nil
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
