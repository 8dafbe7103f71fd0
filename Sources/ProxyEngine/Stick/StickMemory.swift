internal import Glibc
internal import Syscalls

/// The entries of a stick table, shared by all threads. In raw memory, reserved at once and touched only as it is used;
/// a lock makes each operation one. Time is an argument: milliseconds of a monotonic clock.
///
/// Entries are in a list by when they were last stored or matched: that is the order in which they expire, and in which
/// they make room for new ones.
struct StickMemory {
    private struct Entry {
        var key: StickKey
        /// What ``ServerNames`` calls the server.
        var server: UInt32
        /// Next entry of the bucket, or of the free ones.
        var next: UInt32
        var older: UInt32
        var newer: UInt32
        var touched: UInt64
    }

    private static let none = UInt32.max

    private var lock = pthread_mutex_t()
    private let entries: UnsafeMutablePointer<Entry>
    private let buckets: UnsafeMutablePointer<UInt32>
    private let mask: UInt64
    private let seed = UInt64.random(in: 0...UInt64.max)
    private let size: UInt32
    let kind: StickTable.Kind
    let length: UInt16
    private var expiry: UInt64
    private var purges: Bool
    private var highest: UInt32 = 0
    private var free = Self.none
    private var oldest = Self.none
    private var newest = Self.none
    private var used: UInt32 = 0

    init(_ table: StickTable) throws(SystemError) {
        kind = table.kind
        length = table.length
        size = max(1, table.size)
        expiry = UInt64(table.expiry ?? 0)
        purges = table.purges
        let count = Self.bucketCount(size)
        mask = count - 1
        entries = try Self.reserve(Int(size) * MemoryLayout<Entry>.stride, table).assumingMemoryBound(to: Entry.self)
        // Fresh pages are zeros: a bucket holds the index plus one.
        buckets = try Self.reserve(Int(count) * 4, table).assumingMemoryBound(to: UInt32.self)
        pthread_mutex_init(&lock, nil)
    }

    private static func bucketCount(_ size: UInt32) -> UInt64 {
        var count: UInt64 = 16
        while count < UInt64(size), count < 1 << 30 { count *= 2 }
        return count
    }

    /// Bytes of a table that is full.
    static func bytes(size: UInt32) -> Int {
        let size = max(1, size)
        return Int(size) * MemoryLayout<Entry>.stride + Int(bucketCount(size)) * 4
    }

    func release() {
        munmap(entries, Int(size) * MemoryLayout<Entry>.stride)
        munmap(buckets, Int(mask + 1) * 4)
    }

    private static func reserve(_ bytes: Int, _ table: StickTable) throws(SystemError) -> UnsafeMutableRawPointer {
        let raw = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let raw, raw != MAP_FAILED else {
            throw SystemError(code: errno, operation: "reserve memory for stick-table \(table.name)")
        }
        return raw
    }

    /// Takes over what does not need another table.
    mutating func configure(_ table: StickTable) {
        pthread_mutex_lock(&lock)
        defer { pthread_mutex_unlock(&lock) }
        expiry = UInt64(table.expiry ?? 0)
        purges = table.purges
    }

    /// The server of a key, whose time starts anew; nil if there is none, or none any more.
    mutating func match(_ key: StickKey, now: UInt64) -> UInt32? {
        pthread_mutex_lock(&lock)
        defer { pthread_mutex_unlock(&lock) }
        let index = find(key)
        if index == Self.none { return nil }
        if isExpired(index, now) {
            remove(index)
            return nil
        }
        touch(index, now)
        return entries[Int(index)].server
    }

    /// False if there is no room.
    @discardableResult
    mutating func store(_ key: StickKey, server: UInt32, now: UInt64) -> Bool {
        pthread_mutex_lock(&lock)
        defer { pthread_mutex_unlock(&lock) }
        var index = find(key)
        if index == Self.none {
            index = room(now)
            if index == Self.none { return false }
            let bucket = Int(key.hash(seed) & mask)
            (entries + Int(index)).initialize(
                to: Entry(
                    key: key,
                    server: server,
                    next: buckets[bucket] &- 1,
                    older: newest,
                    newer: Self.none,
                    touched: now
                )
            )
            buckets[bucket] = index + 1
            if newest == Self.none { oldest = index } else { entries[Int(newest)].newer = index }
            newest = index
            used += 1
        }
        entries[Int(index)].server = server
        touch(index, now)
        return true
    }

    /// Entries that have not expired.
    mutating func count(now: UInt64) -> Int {
        pthread_mutex_lock(&lock)
        defer { pthread_mutex_unlock(&lock) }
        while oldest != Self.none, isExpired(oldest, now) { remove(oldest) }
        return Int(used)
    }

    /// Stores what `other` has, the oldest first.
    mutating func copy(from other: inout StickMemory) {
        pthread_mutex_lock(&other.lock)
        defer { pthread_mutex_unlock(&other.lock) }
        var index = other.oldest
        while index != Self.none {
            let entry = other.entries[Int(index)]
            store(entry.key, server: entry.server, now: entry.touched)
            index = entry.newer
        }
    }

    private func find(_ key: StickKey) -> UInt32 {
        var index = buckets[Int(key.hash(seed) & mask)] &- 1
        while index != Self.none, entries[Int(index)].key != key { index = entries[Int(index)].next }
        return index
    }

    private func isExpired(_ index: UInt32, _ now: UInt64) -> Bool {
        expiry > 0 && entries[Int(index)].touched + expiry <= now
    }

    private mutating func room(_ now: UInt64) -> UInt32 {
        if free == Self.none, highest == size {
            guard oldest != Self.none, purges || isExpired(oldest, now) else { return Self.none }
            remove(oldest)
        }
        if free != Self.none {
            let index = free
            free = entries[Int(index)].next
            return index
        }
        highest += 1
        return highest - 1
    }

    private mutating func touch(_ index: UInt32, _ now: UInt64) {
        entries[Int(index)].touched = max(now, entries[Int(index)].touched)
        if index == newest { return }
        unlink(index)
        entries[Int(index)].older = newest
        entries[Int(index)].newer = Self.none
        if newest == Self.none { oldest = index } else { entries[Int(newest)].newer = index }
        newest = index
    }

    private mutating func unlink(_ index: UInt32) {
        let entry = entries[Int(index)]
        if entry.older == Self.none { oldest = entry.newer } else { entries[Int(entry.older)].newer = entry.newer }
        if entry.newer == Self.none { newest = entry.older } else { entries[Int(entry.newer)].older = entry.older }
    }

    private mutating func remove(_ index: UInt32) {
        unlink(index)
        let bucket = Int(entries[Int(index)].key.hash(seed) & mask)
        let next = entries[Int(index)].next
        if buckets[bucket] &- 1 == index {
            buckets[bucket] = next &+ 1
        } else {
            var before = buckets[bucket] &- 1
            while entries[Int(before)].next != index { before = entries[Int(before)].next }
            entries[Int(before)].next = next
        }
        entries[Int(index)].next = free
        free = index
        used -= 1
    }
}
