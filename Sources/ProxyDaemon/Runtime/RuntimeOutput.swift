internal import Syscalls

/// What is said to a client, made as it reads it: of thousands of services statistics are hundreds of megabytes.
struct RuntimeOutput {
    private enum Piece {
        case bytes([UInt8])
        case statistics(StatisticsOutput)
        case events(EventOutput)
    }

    private var pieces: [Piece] = []

    init(_ text: String = "") { self += text }

    init(_ bytes: [UInt8]) { pieces = [.bytes(bytes)] }

    init(_ statistics: StatisticsOutput) { pieces = [.statistics(statistics)] }

    init(_ events: EventOutput) { pieces = [.events(events)] }

    /// There may be more to say when something has happened.
    var isWaiting: Bool {
        guard case .events(let events)? = pieces.first else { return false }
        return events.waits
    }

    /// Ends with what has happened so far.
    mutating func waitNoMore() {
        guard case .events(var events)? = pieces.first else { return }
        events.waitNoMore()
        pieces[0] = .events(events)
    }

    /// Says nothing more of what happens.
    mutating func stopWaiting() { if isWaiting { pieces.removeFirst() } }

    static func += (output: inout RuntimeOutput, text: String) {
        if text.isEmpty { return }
        if case .bytes(var bytes)? = output.pieces.last {
            output.pieces.removeLast()
            bytes += text.utf8
            output.pieces.append(.bytes(bytes))
        } else {
            output.pieces.append(.bytes(Array(text.utf8)))
        }
    }

    static func += (output: inout RuntimeOutput, other: RuntimeOutput) { output.pieces += other.pieces }

    /// What it says first; empty for statistics, which say nothing.
    var beginning: String {
        guard case .bytes(let bytes)? = pieces.first else { return "" }
        return String(decoding: bytes.prefix(200), as: UTF8.self)
    }

    /// The next part; nil at the end, and as long as it waits for something.
    ///
    /// - Parameter enough: About how many bytes one has that is made now.
    /// - Throws: If nobody tells the rest.
    mutating func next(enough: Int) throws(SystemError) -> [UInt8]? {
        while let first = pieces.first {
            switch first {
            case .bytes(let bytes):
                pieces.removeFirst()
                if !bytes.isEmpty { return bytes }
            case .statistics(var statistics):
                guard let part = try statistics.next(enough: enough) else {
                    pieces.removeFirst()
                    continue
                }
                pieces[0] = .statistics(statistics)
                if !part.isEmpty { return part }
            case .events(var events):
                let part = try events.next()
                pieces[0] = .events(events)
                if let part { return part }
                if events.waits { return nil }
                pieces.removeFirst()
            }
        }
        return nil
    }
}
