internal import CLinux
internal import Glibc

// What the actions of `tcp-request` and `tcp-response` rules do.
extension Worker {
    mutating func rule(
        _ rules: ConnectionRuleList,
        _ connection: UnsafeMutablePointer<Connection>,
        _ slot: Int?
    ) -> Ruling {
        var index = 0
        while index < rules.count {
            let rule = rules.start + index
            index += 1
            let verdict = judge(rule.pointee.condition, connection, slot)
            if verdict == .isOpen { return .waits }
            guard verdict == .holds else { continue }
            switch rule.pointee.kind {
            case .accept: return .goesOn
            case .reject: return .isRejected
            case .close: return .isClosed
            case .expectProxy: return .expectsHeader
            case .silentDrop:
                dropSilently(connection)
                return .isDropped
            case .track: if !track(rule, connection) { return .waits }
            default: perform(rule, connection)
            }
        }
        return .goesOn
    }

    private mutating func perform(
        _ rule: UnsafePointer<ConnectionRuleEntry>,
        _ connection: UnsafeMutablePointer<Connection>
    ) {
        let number = rule.pointee.number
        switch rule.pointee.kind {
        case .setMark:
            _ = clinux_set_option(connection.pointee.client, SOL_SOCKET, SO_MARK, CInt(bitPattern: number))
        case .setTypeOfService:
            let (level, option) =
                connection.pointee.peerFamily == 6
                ? (CInt(IPPROTO_IPV6), CInt(IPV6_TCLASS)) : (CInt(IPPROTO_IP), CInt(IP_TOS))
            _ = clinux_set_option(connection.pointee.client, level, option, CInt(number))
        case .unsetVariable: setVariable(number, nil, connection)
        case .setLogLevel: rareState(connection).pointee.logLevel = UInt8(truncatingIfNeeded: number)
        case .formatVariable:
            guard let format = rule.pointee.format else { return }
            log.line.clear()
            write(format, LoggedMoment(connection))
            let text = UnsafeRawBufferPointer(start: log.line.bytes, count: log.line.count)
            setVariable(number, .string(text), if: rule.pointee.conditions, connection)
        case .changeCounter: changeCounter(rule, connection)
        default:
            guard let expression = rule.pointee.expression, case .value(let sample) = evaluate(expression, connection)
            else { return }
            keep(sample, rule, connection)
        }
    }

    /// What comes of a rule's expression is kept, in place of what there was.
    private mutating func keep(
        _ sample: Sample,
        _ rule: UnsafePointer<ConnectionRuleEntry>,
        _ connection: UnsafeMutablePointer<Connection>
    ) {
        let number = rule.pointee.number
        switch rule.pointee.kind {
        case .setVariable: setVariable(number, sample, if: rule.pointee.conditions, connection)
        case .setPriorityClass:
            guard let value = integer(sample) else { return }
            rareState(connection).pointee.priority.rank = Int16(QueuePriority.classes.clamp(value))
        case .setPriorityOffset:
            guard let value = integer(sample) else { return }
            rareState(connection).pointee.priority.offset = Int32(QueuePriority.offsets.clamp(value))
        case .capture:
            let text = string(sample)
            let kept = UnsafeRawBufferPointer(rebasing: text.prefix(rule.pointee.length))
            rareState(connection).pointee.captures.set(number, .string(kept))
        default: setParty(rule.pointee.kind, sample, connection)
        }
    }

    /// False if more bytes say what is tracked.
    private mutating func track(
        _ rule: UnsafePointer<ConnectionRuleEntry>,
        _ connection: UnsafeMutablePointer<Connection>
    ) -> Bool {
        let counter = UInt8(truncatingIfNeeded: rule.pointee.number)
        guard let memory = rule.pointee.memory, let expression = rule.pointee.expression,
            connection.pointee.rare?.pointee.tracked[counter] == nil
        else { return true }
        let outcome = evaluate(expression, connection)
        if samples.mayChange, !samples.isFinal { return false }
        if case .value(let sample) = outcome { track(connection, counter, memory, sample) }
        return true
    }

    private mutating func changeCounter(
        _ rule: UnsafePointer<ConnectionRuleEntry>,
        _ connection: UnsafeMutablePointer<Connection>
    ) {
        guard let change = rule.pointee.counter else { return }
        guard let expression = rule.pointee.expression else { return self.change(connection, change) }
        guard case .value(let sample) = evaluate(expression, connection), let value = integer(sample) else { return }
        self.change(connection, change, UInt32(truncatingIfNeeded: value))
    }

    /// `set-src`, `set-dst` and their ports.
    private mutating func setParty(
        _ kind: ConnectionRuleEntry.Kind,
        _ sample: Sample,
        _ connection: UnsafeMutablePointer<Connection>
    ) {
        let rare = rareState(connection)
        switch kind {
        case .setSource, .setSourcePort:
            let former = Party(
                number: connection.pointee.peerAddress,
                port: connection.pointee.peerPort,
                family: connection.pointee.peerFamily
            )
            if kind == .setSource {
                guard case .address(let number, let family) = cast(sample, to: .address) else { return }
                // The port stays, where there was one.
                connection.pointee.peerAddress = number
                connection.pointee.peerFamily = family
                if former.family == 0 { connection.pointee.peerPort = 0 }
            } else {
                guard let port = integer(sample), connection.pointee.peerFamily != 0 else { return }
                connection.pointee.peerPort = UInt16(truncatingIfNeeded: port)
            }
            if rare.pointee.formerSource == nil { rare.pointee.formerSource = former }
        case .setDestination, .setDestinationPort:
            let former = destination(connection)
            var new = former
            if kind == .setDestination {
                guard case .address(let number, let family) = cast(sample, to: .address) else { return }
                new = Party(number: number, port: former.family == 0 ? 0 : former.port, family: family)
            } else {
                guard let port = integer(sample), former.family != 0 else { return }
                new.port = UInt16(truncatingIfNeeded: port)
            }
            if rare.pointee.formerDestination == nil { rare.pointee.formerDestination = former }
            rare.pointee.destination = new
            rare.pointee.hasDestination = true
        default: break
        }
    }

    /// `silent-drop` of a session, whoever has spoken: HAProxy counts a request that was denied.
    mutating func endDropped(_ connection: UnsafeMutablePointer<Connection>) {
        count(\.deniedRequests, connection)
        if let backend = connection.pointee.backend {
            _ = clinux_atomic_add(&backend.pointee.cells.traffic.pointee.deniedRequests, 1)
        }
        _ = clinux_set_reset_on_close(connection.pointee.client, 1)
        finish(connection, .dropped)
    }

    /// The client hears nothing more: the kernel forgets the connection (TCP_REPAIR), or, without the right to make it,
    /// its last segments come no further than the next router.
    private func dropSilently(_ connection: UnsafeMutablePointer<Connection>) {
        let client = connection.pointee.client
        _ = clinux_set_option(client, CInt(IPPROTO_TCP), CInt(CLINUX_QUICKACK), 0)
        if clinux_set_option(client, CInt(IPPROTO_TCP), CInt(TCP_REPAIR), 1) == 0 { return }
        let (level, option) =
            connection.pointee.peerFamily == 6
            ? (CInt(IPPROTO_IPV6), CInt(IPV6_UNICAST_HOPS)) : (CInt(IPPROTO_IP), CInt(IP_TTL))
        _ = clinux_set_option(client, level, option, 1)
    }
}
