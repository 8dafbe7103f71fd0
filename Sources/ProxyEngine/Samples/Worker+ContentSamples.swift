internal import CLinux
internal import Glibc

// What was said first. It stays in the socket: a part of it needs no room of ours.
extension Worker {
    /// The bytes that rules may look at now; nil where there are none to be had.
    mutating func spoken(
        _ connection: UnsafeMutablePointer<Connection>,
        _ side: SampleDesk.Side
    ) -> UnsafeRawBufferPointer? {
        guard samples.side == side else { return nil }
        if samples.peeked < 0 { look(connection) }
        return UnsafeRawBufferPointer(start: buffer, count: samples.peeked)
    }

    /// Looks at what has come.
    mutating func look(_ connection: UnsafeMutablePointer<Connection>) {
        let descriptor = samples.side == .response ? connection.pointee.server : connection.pointee.client
        samples.peeked = 0
        while true {
            let count = recv(descriptor, buffer, SampleDesk.look, CInt(MSG_PEEK) | CInt(MSG_DONTWAIT))
            if count > 0 { samples.peeked = count }
            if count < 0, errno == EINTR { continue }
            if count == 0 { samples.hasEnded = true }
            // An error is told once: who reads next would take it for an end in order.
            if count < 0, errno != EAGAIN { noteFailure(connection) }
            return
        }
    }

    private mutating func noteFailure(_ connection: UnsafeMutablePointer<Connection>) {
        if samples.side == .response {
            samples.hasEnded = true
            connection.pointee.serverReady.insert(.failed)
        } else {
            // What becomes of it is for the event that comes.
            connection.pointee.clientReady.insert(.failed)
        }
    }

    mutating func content(
        _ entry: UnsafePointer<ExpressionEntry>,
        _ connection: UnsafeMutablePointer<Connection>,
        _ side: SampleDesk.Side
    ) -> SampleOutcome {
        guard let bytes = spoken(connection, side) else { return .absent }
        let reader = ContentReader(bytes)
        switch entry.pointee.fetch {
        case .requestLength, .responseLength:
            samples.mayChange = !samples.isFinal
            return .value(.integer(Int64(bytes.count)))
        case .requestPayload, .responsePayload: return payload(entry, bytes)
        case .requestPayloadWithLength, .responsePayloadWithLength: return payloadWithLength(entry, bytes)
        case .requestHelloType, .responseHelloType: return outcome(reader.helloType(), bytes)
        case .requestVersion: return outcome(reader.version(most: SampleDesk.look - 5), bytes)
        case .requestServerName: return outcome(reader.serverName(), bytes)
        case .requestProtocols: return outcome(reader.protocols(), bytes)
        case .requestCurves: return outcome(reader.curves(), bytes)
        case .requestTicket: return outcome(reader.ticket(), bytes)
        case .requestIsHTTP: return outcome(reader.isHTTP(), bytes)
        case .requestCookieCount:
            switch reader.cookie(text(entry, 0)) {
            case .incomplete: return undecided()
            case .absent: return .value(.integer(0))
            default: return .value(.integer(1))
            }
        default: return outcome(reader.cookie(text(entry, 0)), bytes)
        }
    }

    private mutating func undecided() -> SampleOutcome {
        samples.mayChange = !samples.isFinal
        return .undecided
    }

    private mutating func outcome(_ answer: ContentAnswer, _ bytes: UnsafeRawBufferPointer) -> SampleOutcome {
        switch answer {
        case .number(let number): return .value(.integer(number))
        case .truth: return .value(.boolean(true))
        case .text(let range): return .value(.string(UnsafeRawBufferPointer(rebasing: bytes[range])))
        case .absent: return .absent
        case .incomplete: return undecided()
        }
    }

    /// `req.payload(<offset>,<length>)`; length 0: all that is there.
    private mutating func payload(
        _ entry: UnsafePointer<ExpressionEntry>,
        _ bytes: UnsafeRawBufferPointer
    ) -> SampleOutcome {
        let (offset, length) = (number(entry, 0), number(entry, 1))
        let most = Int64(SampleDesk.size)
        guard offset >= 0, length >= 0, offset <= most, length <= most, offset + length <= most else { return .absent }
        if bytes.isEmpty || offset + length > Int64(bytes.count) { return undecided() }
        let end = length == 0 ? bytes.count : Int(offset + length)
        if length == 0 { samples.mayChange = !samples.isFinal }
        return .value(.binary(UnsafeRawBufferPointer(rebasing: bytes[Int(offset)..<end])))
    }

    /// `req.payload_lv(<offset of the length>,<size of the length>[,<offset>])`
    private mutating func payloadWithLength(
        _ entry: UnsafePointer<ExpressionEntry>,
        _ bytes: UnsafeRawBufferPointer
    ) -> SampleOutcome {
        let (place, size) = (number(entry, 0), number(entry, 1))
        let most = Int64(SampleDesk.size)
        guard place >= 0, size >= 0, place <= most, size <= most else { return .absent }
        if place + size > Int64(bytes.count) { return undecided() }
        var length: UInt32 = 0
        for index in 0..<Int(size) { length = length << 8 &+ UInt32(bytes[Int(place) + index]) }
        var start = place + size
        if entry.pointee.argumentCount > 2 {
            let moved = number(entry, 2)
            start = moved & 1 == 1 ? start + moved >> 1 : moved >> 1
        }
        guard length > 0, length <= most, start >= 0, start + Int64(length) <= most else { return .absent }
        if start + Int64(length) > Int64(bytes.count) { return undecided() }
        return .value(.binary(UnsafeRawBufferPointer(rebasing: bytes[Int(start)..<Int(start) + Int(length)])))
    }
}
