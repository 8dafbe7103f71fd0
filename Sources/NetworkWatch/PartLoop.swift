import CLinux
import NetworkFiles

/// The service's parts, and their descriptors in its epoll.
struct PartLoop {
    /// Tags of parts' descriptors are this and the descriptor; no control client ever gets one as high.
    static let firstTag = 1 << 48

    private let parts: [any WatchPart]
    private let epoll: CInt
    private var owners: [CInt: Int] = [:]

    init(_ parts: [any WatchPart], epoll: CInt) {
        self.parts = parts
        self.epoll = epoll
        arrange()
    }

    /// When a part has something to do.
    var deadline: Duration? { parts.compactMap { $0.deadline }.min() }
    var problems: [String] { parts.flatMap { $0.problems } }
    var isPending: Bool { parts.contains { $0.isPending } }
    var status: [(name: String, json: String)] { parts.flatMap { $0.status } }

    mutating func takeWishes() -> [WatchWish] { parts.flatMap { $0.takeWishes() } }

    mutating func hear(_ tag: Int, at now: Duration) {
        let descriptor = CInt(truncatingIfNeeded: tag - Self.firstTag)
        // Another event of the same wait may have closed it.
        guard let owner = owners[descriptor] else { return }
        parts[owner].hear(descriptor, at: now)
        arrange()
    }

    mutating func timers(at now: Duration) {
        var isDue = false
        for part in parts {
            guard let deadline = part.deadline, deadline <= now else { continue }
            isDue = true
            part.timer(at: now)
        }
        if isDue { arrange() }
    }

    mutating func prepare(_ configuration: NetworkConfiguration, at now: Duration) {
        for part in parts { part.prepare(configuration, at: now) }
        arrange()
    }

    mutating func applied(_ configuration: NetworkConfiguration, at now: Duration) {
        for part in parts { part.applied(configuration, at: now) }
        arrange()
    }

    mutating func standBy(_ isDown: Bool, at now: Duration) {
        for part in parts { part.standBy(isDown, at: now) }
        arrange()
    }

    /// The answer of the first part that has one.
    mutating func answer(_ command: String, _ members: [String: String], at now: Duration) -> PartAnswer? {
        defer { arrange() }
        for part in parts {
            if let answer = part.answer(command, members, at: now) { return answer }
        }
        return nil
    }

    /// Makes epoll wait for what the parts want now. A descriptor that was closed has left it by itself; done after every
    /// call, so that its number stands for nothing else meanwhile.
    private mutating func arrange() {
        var wanted: [CInt: Int] = [:]
        for (index, part) in parts.enumerated() {
            for descriptor in part.descriptors {
                wanted[descriptor] = index
                // Mostly it is there already, which is an error that changes nothing.
                let tag = UInt64(Self.firstTag) + UInt64(descriptor)
                _ = clinux_epoll_add(epoll, descriptor, UInt32(CLINUX_EPOLL_IN), tag)
            }
        }
        for descriptor in owners.keys where wanted[descriptor] == nil { _ = clinux_epoll_remove(epoll, descriptor) }
        owners = wanted
    }
}
