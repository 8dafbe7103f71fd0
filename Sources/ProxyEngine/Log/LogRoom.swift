internal import Glibc

/// A thread's lines for one sink until the end of its turn: no allocation, few calls for all of them.
///
/// A trivial value in a table; ``free()`` gives its memory back.
struct LogRoom {
    private static let size = 65536
    private static let mostLines = 1024
    /// As many bytes as a pipe takes in one piece (PIPE_BUF): threads share the sink, and a larger write could be cut in two
    /// by another's.
    private static let atomic = 4096

    private let bytes: UnsafeMutablePointer<UInt8>
    private let ends: UnsafeMutablePointer<UInt32>
    private var count = 0
    private var lines = 0
    /// ``LogSink/generation`` of whom its lines are for.
    var generation: UInt32 = 0
    /// Its desk has it among those that are to be looked at.
    var isListed = false

    init() {
        bytes = .allocate(capacity: Self.size)
        ends = .allocate(capacity: Self.mostLines)
    }

    func free() {
        bytes.deallocate()
        ends.deallocate()
    }

    var isEmpty: Bool { count == 0 }

    /// Throws away what there is, and counts it.
    mutating func forgetAll() -> Int {
        defer { (count, lines) = (0, 0) }
        return lines
    }

    func hasRoom(for size: Int) -> Bool { Self.size - count >= size && lines < Self.mostLines }

    /// Appends a part of a line; there is room.
    @inline(__always)
    mutating func append(_ part: borrowing LineWriter, _ size: Int) {
        memcpy(bytes + count, part.bytes, size)
        count += size
    }

    @inline(__always)
    mutating func endLine() {
        bytes[count] = UInt8(ascii: "\n")
        count += 1
        ends[lines] = UInt32(count)
        lines += 1
    }

    /// Gives to the sink what it takes; the rest stays for the next time.
    ///
    /// - Returns: Lines that are lost, because nobody is there who could take them.
    mutating func flush(_ sink: inout LogSink) -> Int {
        switch sink.manner {
        case .datagrams: return sendAll(&sink)
        case .ring:
            sink.ring?.pointee.append(bytes, ends, lines)
            forget(bytes: count, lines: lines)
            return 0
        case .stream, .socket: return writeAll(sink)
        }
    }

    private mutating func sendAll(_ sink: inout LogSink) -> Int {
        var (start, gone, lost) = (0, 0, 0)
        while gone < lines {
            let end = Int(ends[gone])
            if sink.send(bytes + start, end - start) < 0 {
                if errno == EAGAIN || errno == ENOBUFS { break }
                if errno == EINTR { continue }
                // Nobody is there, or it is too large.
                lost += 1
            }
            start = end
            gone += 1
        }
        forget(bytes: start, lines: gone)
        return lost
    }

    private mutating func writeAll(_ sink: LogSink) -> Int {
        var (start, whole) = (0, 0)
        while start < count {
            let size = wholeLines(from: start)
            let written = sink.write(bytes + start, size)
            if written < 0, errno != EAGAIN, errno != EINTR {
                // Nobody reads any more: as with datagrams, what is not taken now never will be.
                while whole < lines, Int(ends[whole]) <= start { whole += 1 }
                defer { (count, lines) = (0, 0) }
                return lines - whole
            }
            if written > 0 { start += written }
            if written < size { break }
        }
        while whole < lines, Int(ends[whole]) <= start { whole += 1 }
        forget(bytes: start, lines: whole)
        return 0
    }

    @inline(__always)
    private func wholeLines(from start: Int) -> Int {
        let rest = count - start
        if rest <= Self.atomic { return rest }
        var size = Self.atomic
        while size > 0, bytes[start + size - 1] != UInt8(ascii: "\n") { size -= 1 }
        return size > 0 ? size : Self.atomic
    }

    private mutating func forget(bytes start: Int, lines gone: Int) {
        count -= start
        lines -= gone
        if start > 0, count > 0 { memmove(bytes, bytes + start, count) }
        for index in 0..<lines { ends[index] = ends[index + gone] - UInt32(start) }
    }
}
