internal import CLinux
internal import Glibc

/// The messages of a ring: the oldest make room for new ones. Threads share it behind its lock, which is held for a copy.
///
/// Places are counted from the ring's beginning and never turn back, so that who reads knows what it has missed.
struct RingMemory {
    private var lock: UInt32 = 0
    private let bytes: UnsafeMutablePointer<UInt8>
    private let size: Int
    /// Place of the oldest message, and behind the newest.
    private var oldest: UInt64 = 0
    private var end: UInt64 = 0
    /// Messages that have made room.
    private var forgotten: UInt64 = 0
    /// Messages that a server should have got, and that had gone before it took them.
    private(set) var dropped: UInt32 = 0
    /// Rung when there is something new; -1: nobody waits.
    let bell: CInt
    /// Places are places of this ring and of no other one, also of none of another process.
    private let identity = UInt64.random(in: 1 ... .max)

    /// Bytes in front of each message, for its length.
    private static let head = 4

    init(size: Int, bell: CInt) {
        self.size = max(64, size)
        self.bell = bell
        bytes = .allocate(capacity: self.size)
    }

    /// Gives memory back that nobody uses any more.
    static func release(_ memory: UnsafeMutablePointer<RingMemory>) {
        memory.pointee.bytes.deallocate()
        memory.deallocate()
    }

    /// Appends messages that lie behind each other, each with a newline that is not kept.
    ///
    /// - Parameter ends: Where each ends, behind its newline.
    mutating func append(_ start: UnsafePointer<UInt8>, _ ends: UnsafePointer<UInt32>, _ count: Int) {
        clinux_lock(&lock)
        var first = 0
        for index in 0..<count {
            appendOne(start + first, Int(ends[index]) - first - 1)
            first = Int(ends[index])
        }
        clinux_unlock(&lock)
        if bell >= 0 { Checker.ring(bell) }
    }

    private mutating func appendOne(_ message: UnsafePointer<UInt8>, _ length: Int) {
        let length = min(length, size - Self.head)
        while Int(end - oldest) + Self.head + length > size {
            oldest += UInt64(Self.head + self.length(at: oldest))
            forgotten += 1
        }
        var number = UInt32(length)
        withUnsafeBytes(of: &number) { head in
            if let start = head.baseAddress { store(start.assumingMemoryBound(to: UInt8.self), Self.head, at: end) }
        }
        store(message, length, at: end + UInt64(Self.head))
        end += UInt64(Self.head + length)
    }

    private func store(_ start: UnsafePointer<UInt8>, _ count: Int, at place: UInt64) {
        let offset = Int(place % UInt64(size))
        let first = min(count, size - offset)
        memcpy(bytes + offset, start, first)
        memcpy(bytes, start + first, count - first)
    }

    private func load(_ target: UnsafeMutablePointer<UInt8>, _ count: Int, at place: UInt64) {
        let offset = Int(place % UInt64(size))
        let first = min(count, size - offset)
        memcpy(target, bytes + offset, first)
        memcpy(target + first, bytes, count - first)
    }

    private func length(at place: UInt64) -> Int {
        var number: UInt32 = 0
        withUnsafeMutableBytes(of: &number) { head in
            if let start = head.baseAddress { load(start.assumingMemoryBound(to: UInt8.self), Self.head, at: place) }
        }
        return Int(number)
    }

    /// Where somebody reads.
    struct Cursor {
        fileprivate var place: UInt64 = 0
        /// Messages before it.
        fileprivate var number: UInt64 = 0

        init() {}
    }

    /// The next messages from a place on, about `most` bytes of them, and the place behind them.
    ///
    /// - Parameter place: One of an earlier answer, ``RingPlace/oldest`` or ``RingPlace/newest``. That of another ring, which had
    ///   the same name before this one, is none in this one: all that it has is new then.
    mutating func read(from place: RingPlace, atMost most: Int) -> (messages: [[UInt8]], next: RingPlace) {
        var cursor = Cursor()
        clinux_lock(&lock)
        cursor.place = place == .newest ? end : place.ring == identity ? min(place.offset, end) : oldest
        clinux_unlock(&lock)
        let messages = read(from: &cursor, atMost: most, isServer: false)
        return (messages, RingPlace(ring: identity, offset: cursor.place))
    }

    /// The next messages from a cursor, until `most` bytes are together.
    ///
    /// - Parameter isServer: What has gone before it was read counts as dropped.
    mutating func read(from cursor: inout Cursor, atMost most: Int, isServer: Bool) -> [[UInt8]] {
        clinux_lock(&lock)
        defer { clinux_unlock(&lock) }
        if cursor.place < oldest {
            if isServer { dropped &+= UInt32(truncatingIfNeeded: forgotten - cursor.number) }
            (cursor.place, cursor.number) = (oldest, forgotten)
        }
        var result: [[UInt8]] = []
        var total = 0
        while cursor.place < end, total < most {
            let length = length(at: cursor.place)
            guard length <= size - Self.head, UInt64(Self.head + length) <= end - cursor.place else {
                // No message is there: none of those that are is told in pieces.
                (cursor.place, cursor.number) = (end, cursor.number + 1)
                break
            }
            result.append(
                [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
                    if let start = buffer.baseAddress { load(start, length, at: cursor.place + UInt64(Self.head)) }
                    count = length
                }
            )
            total += length
            cursor.place += UInt64(Self.head + length)
            cursor.number += 1
        }
        return result
    }
}
