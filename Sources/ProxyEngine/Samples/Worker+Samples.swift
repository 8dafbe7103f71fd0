internal import CLinux
internal import Glibc

// Answers sample expressions: nothing is allocated, and a text lies where it was found or in the desk.
extension Worker {
    /// What an expression gives for a connection now. A text holds until the second answer after it.
    mutating func evaluate(
        _ expression: UnsafePointer<ExpressionEntry>,
        _ connection: UnsafeMutablePointer<Connection>
    ) -> SampleOutcome {
        samples.mayChange = false
        guard case .value(var sample) = fetch(expression, connection) else {
            return samples.mayChange ? .undecided : .absent
        }
        var index = 0
        while index < expression.pointee.converterCount {
            guard let next = convert(sample, expression.pointee.converters + index, connection) else {
                return samples.mayChange ? .undecided : .absent
            }
            sample = next
            index += 1
        }
        return .value(sample)
    }

    /// What the method gives, before any converter.
    private mutating func fetch(
        _ entry: UnsafePointer<ExpressionEntry>,
        _ connection: UnsafeMutablePointer<Connection>
    ) -> SampleOutcome {
        switch entry.pointee.fetch {
        case .alwaysTrue: return .value(.boolean(true))
        case .alwaysFalse: return .value(.boolean(false))
        case .boolean: return .value(.boolean(number(entry, 0) != 0))
        case .integer: return .value(.integer(number(entry, 0)))
        case .text: return .value(.string(text(entry, 0)))
        case .bytes: return .value(.binary(text(entry, 0)))
        case .addressV4: return .value(.address(entry.pointee.arguments[0].address, family: 4))
        case .addressV6: return .value(.address(entry.pointee.arguments[0].address, family: 6))
        case .date, .microsecondDate: return .value(.integer(date(entry)))
        case .hostName: return .value(.string(hostName()))
        case .processCount: return .value(.integer(1))
        case .process: return .value(.integer(1))
        case .thread: return .value(.integer(Int64(index)))
        case .random: return .value(.integer(random(entry)))
        case .uuid: return uuid()
        case .waitEnd:
            if samples.isFinal { return .value(.boolean(true)) }
            samples.mayChange = true
            return .undecided
        case .variable: return variable(entry, connection)
        case .tableNumber, .tableFlag:
            guard let table = entry.pointee.table else { return .absent }
            return answer(table.pointee, connection)
        case .uniqueID: return uniqueID(connection)
        case .priorityClass: return .value(.integer(Int64(connection.pointee.rare?.pointee.priority.rank ?? 0)))
        case .priorityOffset: return .value(.integer(Int64(connection.pointee.rare?.pointee.priority.offset ?? 0)))
        case .requestCapture:
            // HAProxy's slots are numbered from 0; variables from 1.
            let slot = UInt32(truncatingIfNeeded: number(entry, 0)) &+ 1
            return (connection.pointee.rare?.pointee.captures.value(slot)).map { .value($0) } ?? .absent
        case .source, .sourcePort, .sourceIsLocal, .destination, .destinationPort, .destinationIsLocal, .frontSource,
            .frontSourcePort, .frontSourceIsLocal, .frontDestination, .frontDestinationPort, .frontDestinationIsLocal,
            .receivedProxy:
            return party(entry.pointee.fetch, connection)
        case .frontError, .frontErrorText: return frontError(entry.pointee.fetch, connection)
        case .serverSource, .serverSourcePort, .serverDestination, .serverDestinationPort:
            return serverParty(entry.pointee.fetch, connection)
        case .roundTripTime, .roundTripVariance, .unacknowledged, .selectivelyAcknowledged, .retransmissions,
            .forwardAcknowledged, .lost, .reordering:
            return kernelInformation(entry, connection)
        case .listenerNumber, .listenerName, .frontendName, .frontendConnections, .frontendSessionRate,
            .frontendRequestRate, .frontendDefaultBackend,
            .frontendClientTimeout, .frontendNumber, .listenerConnections:
            return frontendSample(entry, connection)
        case .backendName, .backendNumber, .backendConnections, .backendConnectionsFree, .backendSessionRate,
            .backendServerTimeout,
            .backendTunnelTimeout,
            .connectionSlots, .usableServers, .queue, .averageQueue:
            return backendSample(entry, connection)
        case .serverName, .serverNumber, .serverConnections, .serverConnectionsFree, .serverIsUp, .serverQueue,
            .serverSessionRate,
            .serverWeight, .serverInitialWeight, .serverUserWeight:
            return serverSample(entry, connection)
        case .requestLength, .requestPayload, .requestPayloadWithLength, .requestIsHTTP, .requestHelloType,
            .requestServerName, .requestVersion, .requestProtocols, .requestCurves, .requestTicket, .requestCookie,
            .requestCookieCount:
            return content(entry, connection, .request)
        case .responseLength, .responsePayload, .responsePayloadWithLength, .responseHelloType:
            return content(entry, connection, .response)
        }
    }

    @inline(__always)
    func number(_ entry: UnsafePointer<ExpressionEntry>, _ index: Int) -> Int64 {
        index < entry.pointee.argumentCount ? entry.pointee.arguments[index].number : 0
    }

    @inline(__always)
    func text(_ entry: UnsafePointer<ExpressionEntry>, _ index: Int) -> UnsafeRawBufferPointer {
        guard index < entry.pointee.argumentCount else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return entry.pointee.arguments[index].text.raw
    }

    // MARK: - The process and the moment

    /// `date([<offset>],[<unit>])`
    private func date(_ entry: UnsafePointer<ExpressionEntry>) -> Int64 {
        let microseconds = Int64(Clock.microseconds())
        if entry.pointee.fetch == .microsecondDate { return microseconds % 1_000_000 }
        let unit = text(entry, 1)
        let offset = number(entry, 0)
        switch (unit.first, unit.count) {
        case (UInt8(ascii: "m")?, 2): return microseconds / 1000 &+ offset
        case (UInt8(ascii: "u")?, 2): return microseconds &+ offset
        default: return microseconds / 1_000_000 &+ offset
        }
    }

    private mutating func hostName() -> UnsafeRawBufferPointer {
        let room = samples.next()
        let text = UnsafeMutableRawPointer(room).assumingMemoryBound(to: CChar.self)
        guard gethostname(text, 256) == 0 else { return UnsafeRawBufferPointer(start: room, count: 0) }
        return UnsafeRawBufferPointer(start: room, count: strnlen(text, 256))
    }

    /// `rand([<range>])`: below the range, or of 32 bits.
    private mutating func random(_ entry: UnsafePointer<ExpressionEntry>) -> Int64 {
        let value = samples.random() >> 32
        let range = UInt64(bitPattern: number(entry, 0))
        return Int64(bitPattern: entry.pointee.argumentCount == 0 ? value : (value &* range) >> 32)
    }

    /// A random UUID (RFC 4122, version 4), the only version that HAProxy knows.
    private mutating func uuid() -> SampleOutcome {
        let room = samples.next()
        let high = samples.random() & ~0xf000 | 0x4000
        let low = samples.random() & ~(3 << 62) | 2 << 62
        var place = 0
        for digit in 0..<32 {
            if digit == 8 || digit == 12 || digit == 16 || digit == 20 {
                room[place] = UInt8(ascii: "-")
                place += 1
            }
            let word = digit < 16 ? high : low
            let value = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (digit % 16))) & 15
            room[place] = value < 10 ? 48 + value : 87 + value
            place += 1
        }
        return .value(.string(UnsafeRawBufferPointer(start: room, count: place)))
    }

    private mutating func variable(
        _ entry: UnsafePointer<ExpressionEntry>,
        _ connection: UnsafeMutablePointer<Connection>
    ) -> SampleOutcome {
        if let value = variable(UInt32(truncatingIfNeeded: number(entry, 0)), connection) { return .value(value) }
        // The second argument is what it is without a value.
        return entry.pointee.argumentCount > 1 ? .value(.string(text(entry, 1))) : .absent
    }

    private mutating func uniqueID(_ connection: UnsafeMutablePointer<Connection>) -> SampleOutcome {
        guard let format = connection.pointee.frontend.pointee.uniqueID else { return .absent }
        // Behind what is written of the line already, and not kept there.
        let start = log.line.count
        write(format, LoggedMoment(connection))
        let count = min(log.line.count - start, ProxyHeaderWriter.longestID)
        let room = samples.next()
        memcpy(room, log.line.bytes + start, count)
        log.line.cut(to: start)
        return .value(.string(UnsafeRawBufferPointer(start: room, count: count)))
    }

    // MARK: - Variables

    /// A variable's value, in the desk if another thread could change it.
    mutating func variable(_ number: UInt32, _ connection: UnsafeMutablePointer<Connection>) -> Sample? {
        if number & VariableNames.ofProcess == 0 { return connection.pointee.rare?.pointee.variables.value(number) }
        let process = shared
        clinux_lock(&process.pointee.lock)
        defer { clinux_unlock(&process.pointee.lock) }
        switch process.pointee.variables.value(number) {
        case .string(let text): return .string(copied(text))
        case .binary(let text): return .binary(copied(text))
        case let other: return other
        }
    }

    private mutating func copied(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let room = samples.next()
        let count = min(text.count, SampleDesk.size)
        if let start = text.baseAddress { memcpy(room, start, count) }
        return UnsafeRawBufferPointer(start: room, count: count)
    }

    /// Sets it if what is asked before holds, and tells whether it does.
    @discardableResult
    mutating func setVariable(
        _ number: UInt32,
        _ sample: Sample,
        if conditions: VariableConditions,
        _ connection: UnsafeMutablePointer<Connection>
    ) -> Bool {
        if !conditions.isEmpty {
            let former = variable(number, connection)
            // Those of the process are made when the configuration is read.
            let exists = former != nil || number & VariableNames.ofProcess != 0
            guard conditions.allow(sample, over: former, exists: exists) else { return false }
        }
        setVariable(number, sample, connection)
        return true
    }

    mutating func setVariable(_ number: UInt32, _ sample: Sample?, _ connection: UnsafeMutablePointer<Connection>) {
        if number & VariableNames.ofProcess == 0 {
            let rare = rareState(connection)
            if let sample {
                rare.pointee.variables.set(number, sample)
            } else {
                rare.pointee.variables.unset(number)
            }
            return
        }
        let process = shared
        clinux_lock(&process.pointee.lock)
        // As in HAProxy, one of the process that is there stays so: without a value it is empty.
        if let sample { process.pointee.variables.set(number, sample) } else { process.pointee.variables.unset(number) }
        clinux_unlock(&process.pointee.lock)
    }
}

extension PlanText {
    var raw: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }
}
