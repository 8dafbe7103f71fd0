/// When checks are made, so that many servers make no burst.
enum CheckSchedule {
    /// Intervals below this, in milliseconds, start on their own and do not hurry the others.
    static let threshold: UInt64 = 1000

    /// Milliseconds after which each of many checks is made for the first time: evenly over the shortest interval, or over
    /// its own where that is longer, as HAProxy's `start_checks()`.
    ///
    /// - Parameters:
    ///   - intervals: One per check, in the order of the configuration.
    ///   - most: `max-spread-checks`: the time over which the first checks are spread at most.
    static func starts(_ intervals: [UInt32], most: UInt32? = nil) -> [UInt64] {
        let shortest = intervals.map { UInt64($0) }.filter { $0 >= threshold }.min() ?? 0
        let count = UInt64(max(1, intervals.count))
        return intervals.enumerated().map { position, interval in
            min(max(shortest, UInt64(interval)), most.map { UInt64($0) } ?? .max) * UInt64(position) / count
        }
    }

    /// An interval varied by `spread-checks`: up to `percent` of it more or less.
    ///
    /// - Parameter draw: A random number of 0 ..< 1.
    static func varied(_ interval: UInt64, percent: Int, draw: Double) -> UInt64 {
        let most = interval * UInt64(max(0, min(percent, 50))) / 100
        return interval - most + UInt64(Double(2 * most) * draw)
    }
}

/// What is due when: a binary heap of times and identities. An entry that was superseded is passed over by its owner.
struct DueQueue {
    private var entries: [(time: UInt64, id: UInt64)] = []

    var next: UInt64? { entries.first?.time }

    mutating func add(_ time: UInt64, _ id: UInt64) {
        entries.append((time, id))
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard entries[child].time < entries[parent].time else { break }
            entries.swapAt(child, parent)
            child = parent
        }
    }

    /// The earliest entry if it is due.
    mutating func take(now: UInt64) -> (time: UInt64, id: UInt64)? {
        guard let first = entries.first, first.time <= now else { return nil }
        let last = entries.removeLast()
        if !entries.isEmpty {
            entries[0] = last
            sink()
        }
        return first
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < entries.count {
                if entries[child].time < entries[least].time { least = child }
            }
            if least == parent { return }
            entries.swapAt(parent, least)
            parent = least
        }
    }
}
