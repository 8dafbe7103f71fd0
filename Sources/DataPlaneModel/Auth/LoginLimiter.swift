internal import Glibc

/// Slows down those who guess passwords, each source on its own. Pure: the time comes as an argument.
///
/// Each wrong password fills a bucket by one; it drains by one in six seconds. The answer to a wrong password is held
/// back, twice as long for each that is in the bucket; while the bucket is full, no password of that source is looked
/// at. What is remembered is bounded.
struct LoginLimiter: Sendable {
    /// Wrong passwords that fill the bucket.
    static let capacity = 10
    /// Milliseconds in which the bucket drains by one.
    static let drain = 6000
    /// Longest time that an answer is held back, in milliseconds.
    static let longestDelay = 4000
    /// Most sources that are remembered.
    static let sources = 1024

    private struct Bucket {
        /// Failures in thousandths.
        var level: Int
        var time: Int
    }

    private var buckets: [String: Bucket] = [:]

    var count: Int { buckets.count }

    /// Seconds for which the source is not listened to; 0 if it is.
    func refusalSeconds(_ source: String, now: Int) -> Int {
        let excess = level(source, now) - (Self.capacity - 1) * 1000
        guard excess > 0 else { return 0 }
        return max(1, (excess * Self.drain / 1000 + 999) / 1000)
    }

    /// Counts a wrong password; gives the milliseconds for which its answer is held back.
    mutating func failed(_ source: String, now: Int) -> Int {
        if buckets[source] == nil, buckets.count >= Self.sources { makeRoom(now) }
        let level = level(source, now) + 1000
        buckets[source] = Bucket(level: min(level, Self.capacity * 1000), time: now)
        return min(Self.longestDelay, 250 << min(10, level / 1000 - 1))
    }

    /// What was counted, less what has drained since.
    private func level(_ source: String, _ now: Int) -> Int {
        guard let bucket = buckets[source] else { return 0 }
        return max(0, bucket.level - max(0, now - bucket.time) * 1000 / Self.drain)
    }

    private mutating func makeRoom(_ now: Int) {
        let kept = buckets.filter { level($0.key, now) > 0 }
        buckets = kept
        guard kept.count >= Self.sources else { return }
        // The least suspicious one.
        if let lowest = kept.min(by: { level($0.key, now) < level($1.key, now) }) { buckets[lowest.key] = nil }
    }

    /// What counts as one source: an IPv4 address, a /64 of IPv6 (who has one address there has them all), or a unix
    /// socket.
    static func source(_ address: String) -> String {
        var bytes = [UInt8](repeating: 0, count: 16)
        let bare = address.split(separator: "%", maxSplits: 1).first.map { String($0) } ?? address
        guard inet_pton(AF_INET6, bare, &bytes) == 1 else { return bare }
        if bytes[..<12].elementsEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]) {
            return bytes[12...].map { String($0) }.joined(separator: ".")
        }
        let groups = stride(from: 0, to: 8, by: 2).map { Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]) }
        return groups.map { String($0, radix: 16) }.joined(separator: ":") + "/64"
    }
}
