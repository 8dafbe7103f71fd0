internal import CLinux
internal import Glibc
internal import Syscalls

/// The entries of a stick table, shared by all threads. In raw memory, reserved at once and touched only as it is used;
/// a lock makes each operation one. Time is an argument: milliseconds of a monotonic clock.
///
/// Entries that nobody uses are in a list by when they were last used: that is the order in which they expire, and in which
/// they make room for new ones. An entry that a connection tracks is in no list and stays.
struct StickMemory {
    struct Head {
        /// Next entry of the bucket, or of the free ones.
        var next: UInt32
        var older: UInt32
        var newer: UInt32
        /// Connections that track it.
        var uses: UInt32
        /// When it was last used, in two parts: ``StickMemory/time(_:)``.
        var touchedLow: UInt32
        var touchedHigh: UInt16
        /// Bytes of the key; ``StickMemory/freeMark`` where there is no entry.
        var keyCount: UInt16

        var touched: UInt64 {
            get { UInt64(touchedHigh) << 32 | UInt64(touchedLow) }
            set {
                touchedLow = UInt32(truncatingIfNeeded: newValue)
                touchedHigh = UInt16(truncatingIfNeeded: newValue >> 32)
            }
        }
    }

    static let none = UInt32.max
    static let freeMark = UInt16.max
    static let keyOffset = MemoryLayout<Head>.stride
    /// Added to times: an entry of a peer may be older than the clock.
    private static let bias: UInt64 = 1 << 40
    /// How far its place in the list is looked for.
    private static let mostSteps = 64

    private var lock: UInt32 = 0
    private var base: UnsafeMutableRawPointer
    /// Entries that memory is reserved for.
    private var capacity: UInt32
    private var buckets: UnsafeMutablePointer<UInt32>
    private var mask: UInt64
    private let seed = UInt64.random(in: 0...UInt64.max)
    private(set) var size: UInt32
    let kind: StickTable.Kind
    let length: UInt16
    let columns: StickColumns
    private(set) var expiry: UInt64
    private var purges: Bool
    private(set) var highest: UInt32 = 0
    private var free = Self.none
    private var oldest = Self.none
    private var newest = Self.none
    private(set) var used: UInt32 = 0
    /// What peers have not been told of yet.
    var news = StickNews()

    init(_ table: StickTable) throws(SystemError) {
        kind = table.kind
        length = table.length
        size = max(1, table.size)
        capacity = size
        expiry = UInt64(table.expiry ?? 0)
        purges = table.purges
        let count = Self.bucketCount(size)
        mask = count - 1
        base = try Self.reserve(Int(size) * StickColumns.stride(table), table.name)
        // Fresh pages are zeros: a bucket holds the index plus one.
        buckets = try Self.reserve(Int(count) * 4, table.name).assumingMemoryBound(to: UInt32.self)
        columns = StickColumns(table)
    }

    private static func bucketCount(_ size: UInt32) -> UInt64 {
        var count: UInt64 = 16
        while count < UInt64(size), count < 1 << 30 { count *= 2 }
        return count
    }

    /// Bytes of a table that is full.
    static func bytes(of table: StickTable) -> Int {
        let size = max(1, table.size)
        return Int(size) * StickColumns.stride(table) + Int(bucketCount(size)) * 4
    }

    func release() {
        munmap(base, Int(capacity) * columns.stride)
        munmap(buckets, Int(mask + 1) * 4)
        columns.release()
    }

    private static func reserve(_ bytes: Int, _ name: String) throws(SystemError) -> UnsafeMutableRawPointer {
        let raw = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let raw, raw != MAP_FAILED else {
            throw SystemError(code: errno, operation: "reserve memory for stick-table \(name)")
        }
        return raw
    }

    // MARK: - Under the lock

    /// Makes what `body` does one operation.
    @inline(__always)
    mutating func locked<Result>(_ body: (inout StickMemory) -> Result) -> Result {
        clinux_lock(&lock)
        defer { clinux_unlock(&lock) }
        return body(&self)
    }

    static func time(_ now: UInt64) -> UInt64 { now &+ bias }

    @inline(__always)
    func entry(_ index: UInt32) -> UnsafeMutableRawPointer { base + Int(index) * columns.stride }

    @inline(__always)
    func head(_ index: UInt32) -> UnsafeMutablePointer<Head> { entry(index).assumingMemoryBound(to: Head.self) }

    func key(_ index: UInt32) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: entry(index) + Self.keyOffset, count: Int(head(index).pointee.keyCount))
    }

    func isThere(_ index: UInt32) -> Bool { index < highest && head(index).pointee.keyCount != Self.freeMark }

    /// As entries have it: no longer than they have room, and without the zeros that fill up a binary one.
    @inline(__always)
    private func canonical(_ key: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var count = min(key.count, columns.keyRoom)
        if kind == .binary { while count > 0, key[count - 1] == 0 { count -= 1 } }
        return UnsafeRawBufferPointer(rebasing: key[..<count])
    }

    @inline(__always)
    private func bucket(_ key: UnsafeRawBufferPointer) -> Int { Int(StickKey.hash(key, seed) & mask) }

    /// The entry of a key; an expired one is none.
    mutating func find(_ key: UnsafeRawBufferPointer, _ now: UInt64) -> UInt32 {
        let key = canonical(key)
        let index = find(key, bucket(key))
        guard index != Self.none, isExpired(index, now) else { return index }
        remove(index)
        return Self.none
    }

    @inline(__always)
    private func find(_ key: UnsafeRawBufferPointer, _ bucket: Int) -> UInt32 {
        var index = buckets[bucket] &- 1
        while index != Self.none {
            let head = head(index)
            if head.pointee.keyCount == UInt16(key.count), Self.isSame(head + 1, key) { return index }
            index = head.pointee.next
        }
        return Self.none
    }

    @inline(__always)
    private static func isSame(_ place: UnsafeRawPointer, _ key: UnsafeRawBufferPointer) -> Bool {
        key.baseAddress.map { memcmp(place, $0, key.count) == 0 } ?? true
    }

    /// The entry of a key, a new one if there is none; ``none`` if there is no room.
    mutating func findOrMake(_ key: UnsafeRawBufferPointer, _ now: UInt64) -> UInt32 {
        let known = find(key, now)
        if known != Self.none { return known }
        let index = room(now)
        if index == Self.none { return index }
        let key = canonical(key)
        let bucket = bucket(key)
        let entry = entry(index)
        // What peers have not been told of the entry that was here before stays in their list.
        let content = columns.noteOffset == 0 ? columns.stride : columns.noteOffset
        memset(entry, 0, content)
        entry.assumingMemoryBound(to: Head.self).initialize(
            to: Head(
                next: buckets[bucket] &- 1,
                older: Self.none,
                newer: Self.none,
                uses: 0,
                touchedLow: 0,
                touchedHigh: 0,
                keyCount: UInt16(key.count)
            )
        )
        if let start = key.baseAddress { memcpy(entry + Self.keyOffset, start, key.count) }
        head(index).pointee.touched = Self.time(now)
        buckets[bucket] = index + 1
        link(index)
        used += 1
        return index
    }

    /// It has been used: its time starts anew, and peers are told.
    @inline(__always)
    mutating func touch(_ index: UInt32, _ now: UInt64) {
        move(index, to: Self.time(now))
        if columns.noteOffset != 0 { note(index) }
    }

    private mutating func move(_ index: UInt32, to time: UInt64) {
        let head = head(index)
        head.pointee.touched = max(time, head.pointee.touched)
        guard head.pointee.uses == 0, index != newest else { return }
        unlink(index)
        link(index)
    }

    /// - Parameter time: When it was last used: it may be older than those before it.
    mutating func date(_ index: UInt32, _ time: UInt64) {
        let head = head(index)
        let isListed = head.pointee.uses == 0
        if isListed { unlink(index) }
        head.pointee.touched = time
        if isListed { link(index) }
    }

    /// It stays until ``release(_:_:)``.
    mutating func retain(_ index: UInt32) {
        if head(index).pointee.uses == 0 { unlink(index) }
        head(index).pointee.uses += 1
    }

    mutating func release(_ index: UInt32, _ now: UInt64) {
        let head = head(index)
        head.pointee.uses -= 1
        guard head.pointee.uses == 0 else { return }
        link(index)
        if isExpired(index, now) { remove(index) }
    }

    func isExpired(_ index: UInt32, _ now: UInt64) -> Bool {
        let head = head(index)
        return expiry > 0 && head.pointee.uses == 0 && head.pointee.touched &+ expiry <= Self.time(now)
    }

    mutating func removeExpired(_ now: UInt64) {
        while oldest != Self.none, isExpired(oldest, now) { remove(oldest) }
    }

    private mutating func room(_ now: UInt64) -> UInt32 {
        if used >= size {
            removeExpired(now)
            if used >= size, purges {
                // As many as HAProxy: the next ones find room.
                var count = size >> 8 + 1
                while count > 0, oldest != Self.none {
                    remove(oldest)
                    count -= 1
                }
            }
            if used >= size { return Self.none }
        }
        if free != Self.none {
            let index = free
            free = head(index).pointee.next
            return index
        }
        highest += 1
        return highest - 1
    }

    /// Puts it into the list by its time, which mostly is the newest.
    private mutating func link(_ index: UInt32) {
        let touched = head(index).pointee.touched
        var newer = Self.none
        var older = newest
        var steps = Self.mostSteps
        while older != Self.none, steps > 0, head(older).pointee.touched > touched {
            newer = older
            older = head(older).pointee.older
            steps -= 1
        }
        head(index).pointee.older = older
        head(index).pointee.newer = newer
        if older == Self.none { oldest = index } else { head(older).pointee.newer = index }
        if newer == Self.none { newest = index } else { head(newer).pointee.older = index }
    }

    private mutating func unlink(_ index: UInt32) {
        let head = head(index).pointee
        if head.older == Self.none { oldest = head.newer } else { self.head(head.older).pointee.newer = head.newer }
        if head.newer == Self.none { newest = head.older } else { self.head(head.newer).pointee.older = head.older }
    }

    /// Only one that nobody tracks.
    mutating func remove(_ index: UInt32) {
        unlink(index)
        let head = head(index)
        let bucket = bucket(key(index))
        if buckets[bucket] == index + 1 {
            buckets[bucket] = head.pointee.next &+ 1
        } else {
            var before = buckets[bucket] &- 1
            while self.head(before).pointee.next != index { before = self.head(before).pointee.next }
            self.head(before).pointee.next = head.pointee.next
        }
        head.pointee.next = free
        head.pointee.keyCount = Self.freeMark
        free = index
        used -= 1
    }

    // MARK: - Change

    /// Takes over what does not need another table; false without memory for it.
    mutating func configure(_ table: StickTable) -> Bool {
        clinux_lock(&lock)
        defer { clinux_unlock(&lock) }
        let next = max(1, table.size)
        if next > capacity {
            let bytes = Int(next) * columns.stride
            guard let larger = try? Self.reserve(bytes, table.name) else { return false }
            memcpy(larger, base, Int(highest) * columns.stride)
            munmap(base, Int(capacity) * columns.stride)
            (base, capacity) = (larger, next)
            spread(over: Self.bucketCount(next), table.name)
        }
        expiry = UInt64(table.expiry ?? 0)
        purges = table.purges
        size = next
        while used > size, oldest != Self.none { remove(oldest) }
        return true
    }

    private mutating func spread(over count: UInt64, _ name: String) {
        // Without the memory for it chains are longer.
        guard count > mask + 1, let raw = try? Self.reserve(Int(count) * 4, name) else { return }
        munmap(buckets, Int(mask + 1) * 4)
        buckets = raw.assumingMemoryBound(to: UInt32.self)
        mask = count - 1
        for index in 0..<highest where isThere(index) {
            let bucket = bucket(key(index))
            head(index).pointee.next = buckets[bucket] &- 1
            buckets[bucket] = index + 1
        }
    }
}
