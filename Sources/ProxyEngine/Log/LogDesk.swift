internal import CLinux
internal import Glibc

/// A thread's logs: makes the text of a line once, and puts it into the room of each sink with what its format wants before
/// it. Nothing is sent before ``flush()``.
struct LogDesk: ~Copyable {
    /// Room that the text of one line may need: three names of 256 bytes and numbers, or a failed check's words.
    private static let longestLine = 8192
    /// What stands before it: a tag, a host name, times.
    private static let longestHeader = 1024 + longestStructure
    private static let longestStructure = 2048

    let book: LogBook
    private let rooms: UnsafeMutablePointer<LogRoom?>
    /// Of those, as many have been looked at.
    private var roomCount = 0
    /// Those that may have something.
    private let listed: UnsafeMutablePointer<UInt32>
    private var listedCount = 0
    private var header = LineWriter(capacity: longestHeader)
    private let process = Int64(getpid())
    /// Lines that are lost, because a sink took nothing for too long.
    private let dropped: UnsafeMutablePointer<UInt32>
    /// The text of the line that is made.
    var line = LineWriter(capacity: longestLine)
    /// Its structured data; empty for none.
    private var structured = LineWriter(capacity: longestStructure)
    var clock = LogClock()
    /// Some sink has not taken all yet.
    private(set) var isEmpty = true

    /// - Parameter dropped: Where lost lines are counted; shared by threads.
    init(_ book: LogBook, dropped: UnsafeMutablePointer<UInt32>) {
        self.book = book
        self.dropped = dropped
        rooms = .allocate(capacity: book.capacity)
        listed = .allocate(capacity: book.capacity)
    }

    deinit {
        for index in 0..<roomCount { rooms[index]?.free() }
        rooms.deallocate()
        listed.deallocate()
    }

    /// Whether anybody wants such a line; if so, ``line`` is empty.
    @inline(__always)
    mutating func begin(_ group: UnsafePointer<LogGroupEntry>?, _ level: LogLevel) -> UnsafePointer<LogGroupEntry>? {
        guard let group, level <= group.pointee.level else { return nil }
        line.clear()
        structured.clear()
        return group
    }

    /// What was written is the structured data of the line; its text comes now.
    mutating func takeStructure() {
        structured.copy(line.bytes, line.count)
        line.clear()
    }

    /// The line is made: puts it into the rooms of those who want it.
    mutating func end(_ group: UnsafePointer<LogGroupEntry>, _ level: LogLevel) {
        let now = group.pointee.tellsTime ? Clock.microseconds() : 0
        for index in 0..<group.pointee.count {
            let output = group.pointee.outputs + index
            if level > output.pointee.level { continue }
            if let sample = output.pointee.sample, !sample.pointee.take() { continue }
            header.clear()
            writeHeader(output, group, max(level, output.pointee.minimumLevel), now)
            let most = output.pointee.length
            let before = min(header.count, most)
            let size = min(line.count, most - before)
            guard makeRoom(output, before + size + 1) else {
                _ = clinux_atomic_add(dropped, 1)
                continue
            }
            rooms[output.pointee.sink]?.append(header, before)
            rooms[output.pointee.sink]?.append(line, size)
            rooms[output.pointee.sink]?.endLine()
            list(output.pointee.sink)
        }
    }

    @inline(__always)
    private mutating func list(_ sink: Int) {
        isEmpty = false
        guard rooms[sink]?.isListed == false else { return }
        rooms[sink]?.isListed = true
        listed[listedCount] = UInt32(sink)
        listedCount += 1
    }

    /// Gives to the sinks what they take.
    @inline(__always)
    mutating func flush() {
        if isEmpty { return }
        isEmpty = true
        var left = 0
        for place in 0..<listedCount {
            let sink = Int(listed[place])
            flush(sink)
            if rooms[sink]?.isEmpty == false {
                listed[left] = UInt32(sink)
                left += 1
            } else {
                rooms[sink]?.isListed = false
            }
        }
        listedCount = left
        isEmpty = left == 0
    }

    private mutating func lose(_ lines: Int) {
        if lines > 0 { _ = clinux_atomic_add(dropped, UInt32(clamping: lines)) }
    }

    private mutating func flush(_ index: Int) {
        guard rooms[index]?.isEmpty == false else { return }
        var sink = book.sinks[index]
        if rooms[index]?.generation == sink.generation {
            lose(rooms[index]?.flush(&sink) ?? 0)
        } else {
            lose(rooms[index]?.forgetAll() ?? 0)
        }
    }

    /// False also for a sink that has given its place to another one.
    private mutating func makeRoom(_ output: UnsafePointer<LogOutputEntry>, _ size: Int) -> Bool {
        let (sink, generation) = (output.pointee.sink, output.pointee.generation)
        guard sink >= 0, book.sinks[sink].generation == generation else { return false }
        while roomCount <= sink {
            (rooms + roomCount).initialize(to: nil)
            roomCount += 1
        }
        if rooms[sink] == nil { rooms[sink] = LogRoom() }
        if rooms[sink]?.generation != generation {
            lose(rooms[sink]?.forgetAll() ?? 0)
            rooms[sink]?.generation = generation
        }
        if rooms[sink]?.hasRoom(for: size) == true { return true }
        flush(sink)
        return rooms[sink]?.hasRoom(for: size) == true
    }

    private mutating func writeHeader(
        _ output: UnsafePointer<LogOutputEntry>,
        _ group: UnsafePointer<LogGroupEntry>,
        _ level: LogLevel,
        _ now: UInt64
    ) {
        let facility = Int64(output.pointee.facility) << 3
        let host = group.pointee.hostName
        switch output.pointee.format {
        case .raw: break
        case .iso: clock.writeISO(now, to: &header)
        case .short: priority(Int64(level.rawValue))
        case .priority: priority(facility | Int64(level.rawValue))
        case .timed:
            priority(Int64(level.rawValue))
            clock.writeISO(now, to: &header)
        case .local, .rfc3164:
            priority(facility | Int64(level.rawValue))
            clock.writeStamp(now, to: &header)
            if output.pointee.format == .rfc3164 {
                header.byte(UInt8(ascii: " "))
                if host.count > 0 { header.text(host) } else { header.text("localhost") }
            }
            header.byte(UInt8(ascii: " "))
            header.text(group.pointee.tag)
            header.byte(UInt8(ascii: "["))
            header.number(process)
            header.text("]:")
        case .rfc5424:
            priority(facility | Int64(level.rawValue))
            header.text("1 ")
            clock.writeISO(now, to: &header)
            header.byte(UInt8(ascii: " "))
            if host.count > 0 { header.text(host) } else { header.byte(UInt8(ascii: "-")) }
            header.byte(UInt8(ascii: " "))
            header.text(group.pointee.tag)
            header.byte(UInt8(ascii: " "))
            header.number(process)
            header.text(" - ")
            if structured.count > 0 {
                header.copy(structured.bytes, structured.count)
            } else {
                header.byte(UInt8(ascii: "-"))
            }
        }
        switch output.pointee.format {
        case .raw, .short, .priority: break
        default: header.byte(UInt8(ascii: " "))
        }
    }

    /// `<134>`
    private mutating func priority(_ number: Int64) {
        header.byte(UInt8(ascii: "<"))
        header.number(number)
        header.byte(UInt8(ascii: ">"))
    }
}
