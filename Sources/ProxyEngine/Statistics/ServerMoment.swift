internal import CLinux
internal import HealthChecks
internal import ProxyStatistics

/// How a server is at a moment, for its row of `show stat`.
struct ServerMoment {
    let facts: ServerFacts
    let isUp: Bool
    private let isHealthy: Bool
    private let isHeld: Bool
    private let standing: ServerStanding
    private let isStopped: Bool
    private let history: ServerHistory
    private let words: CheckWords?
    private let queue: UInt32
    private let connections: UInt32
    private let maxConnections: UInt32
    private let maxQueue: UInt32
    private let traffic: UnsafeMutablePointer<TrafficCells>?
    private let address: SocketAddress
    private let now: UInt64
    /// The server that this one follows, and the one that that one does, to the last.
    private let leaders: [Leader]
    /// The weight that was set, and what slow start makes of it now.
    let userWeight: UInt32
    let weight: UInt32
    /// Percent; nil where it is not starting.
    private let throttle: UInt32?

    private struct Leader {
        var name: String
        var facts: ServerFacts
        var history: ServerHistory
    }

    init(_ backend: PlanBackend, _ index: Int, _ visit: StatisticsVisit) {
        let shared = backend.servers[index]
        let cells = shared.cells
        let lock = cells.pointee.backend
        clinux_lock(&lock.pointee.lock)
        defer { clinux_unlock(&lock.pointee.lock) }
        facts = backend.facts[index]
        isUp = clinux_atomic_load(&cells.pointee.isUp) != 0
        isHealthy = clinux_atomic_load(&cells.pointee.isHealthy) != 0
        isHeld = cells.pointee.isHeld != 0
        standing = cells.pointee.standing
        isStopped = cells.pointee.isStopped
        history = cells.pointee.history
        words = shared.words
        queue = cells.pointee.queue.length
        connections = clinux_atomic_load(&cells.pointee.connections)
        maxConnections = cells.pointee.maxConnections
        maxQueue = cells.pointee.maxQueue
        traffic = cells.seen
        address = backend.entry.pointee.servers[index].address
        now = visit.now
        userWeight = cells.pointee.currentWeight
        let (start, length) = (cells.pointee.startedAt, cells.pointee.slowStart)
        let second = visit.second
        if start != 0, isUp, second >= start, second - start < length {
            let scale = BalanceState.scale
            let grown = min(scale, (scale * (second - start) + length) / length)
            throttle = userWeight == 0 ? nil : (100 * grown + scale - 1) / scale
            weight = (userWeight * grown + scale - 1) / scale
        } else {
            let held = cells.pointee.weightInMaintenance
            (throttle, weight) = (nil, held == .max ? userWeight : UInt32(held))
        }
        leaders = backend.tracks.isEmpty ? [] : Self.leaders(backend.tracks[index], visit)
    }

    private static func leaders(_ first: ServerReference?, _ visit: StatisticsVisit) -> [Leader] {
        var result: [Leader] = []
        var next = first
        // A circle ends, as it does where health is handed on.
        while let reference = next, result.count < 16, let backend = visit.basis.leaders[reference.backend],
            let index = backend.index(of: reference.server)
        {
            let cells = backend.servers[index].cells
            result.append(
                Leader(
                    name: "\(reference.backend)/\(reference.server)",
                    facts: backend.facts[index],
                    history: cells.pointee.history
                )
            )
            next = backend.tracks.isEmpty ? nil : backend.tracks[index]
        }
        return result
    }

    var isInMaintenance: Bool { standing.isInMaintenance }

    /// The one whose checks count.
    private var reference: (facts: ServerFacts, history: ServerHistory) {
        leaders.last.map { ($0.facts, $0.history) } ?? (facts, history)
    }

    /// `up` leaves it out: it is down and nothing is about to change.
    var isHiddenAsDown: Bool {
        if isInMaintenance { return true }
        guard !isHealthy, !isHeld else { return false }
        let (known, history) = reference
        if !known.hasCheck, !known.hasAgent { return true }
        return known.hasAgent && history.agent.health == 0 || known.hasCheck && history.check.health == 0
    }

    /// The column `status`: HAProxy's words.
    var status: String {
        if standing.contains(.inheritedMaintenance), let leader = leaders.first { return "MAINT (via \(leader.name))" }
        if isInMaintenance { return "MAINT" }
        let (known, history) = reference
        let (isChecked, hasAgent) = (known.isChecked(history), known.hasAgent && !history.agent.isOff)
        let (rise, fall) = (Int(known.rise), Int(known.fall))
        let level = history.check.health(rise: rise)
        if !isHealthy, !isHeld {
            if hasAgent, history.agent.health == 0 { return "DOWN (agent)" }
            return (isChecked ? level > 0 : hasAgent) ? "DOWN \(level)/\(rise)" : "DOWN"
        }
        let isGoingDown = isChecked && level < rise + fall - 1
        let fraction = isGoingDown ? " \(level - rise + 1)/\(fall)" : ""
        if !isHealthy { return "NOLB" + fraction }
        if standing.isDraining { return hasAgent ? "DRAIN (agent)" : "DRAIN" + fraction }
        return isChecked ? "UP" + fraction : "no check"
    }

    func fill(_ row: inout StatisticsRow, showsLegends: Bool) {
        let second = UInt32(truncatingIfNeeded: now / 1000)
        row.set(.sid, facts.number)
        row.fill(server: traffic, now)
        row.set(.qcur, queue)
        row.set(.scur, connections)
        if maxConnections > 0 { row.set(.slim, maxConnections) }
        row.set(.status, status)
        row.set(.weight, weight)
        row.set(.uweight, userWeight)
        row.set(.act, UInt32(facts.isBackup ? 0 : 1))
        row.set(.bck, UInt32(facts.isBackup ? 1 : 0))
        let stable = Clock.seconds(since: history.changedAt, at: second)
        row.set(.lastchg, stable)
        if maxQueue > 0 { row.set(.qlimit, maxQueue) }
        if let throttle { row.set(.throttle, throttle) }
        if let leader = leaders.first { row.set(.tracked, leader.name) }
        if showsLegends { row.set(.addr, facts.isUnix ? "unix" : "\(address.endpoint)") }
        if showsLegends, let cookie = facts.cookie { row.set(.cookie, cookie) }
        row.set(.usedConnCur, connections)
        if facts.isChecked(history) {
            row.set(.chkfail, history.failedChecks)
            row.set(.chkdown, history.downs)
            row.set(.downtime, history.downFor &+ (isStopped ? stable : 0))
            if !history.check.isPaused { fillCheck(&row) }
        }
        if facts.hasAgent, !history.agent.isOff { fillAgent(&row) }
    }

    private func fillCheck(_ row: inout StatisticsRow) {
        let result = CheckReport(history.check, rise: Int(facts.rise))
        let status = result.duration == nil ? CheckStatus.initializing : result.status
        row.set(.checkStatus, (history.check.isUnderWay ? "* " : "") + status.rawValue)
        if status.hasCode { row.set(.checkCode, UInt32(clamping: result.code)) }
        if let duration = result.duration { row.set(.checkDuration, duration) }
        row.set(.checkDesc, status.words)
        row.set(.lastChk, history.check.isUnderWay ? "" : words?.check ?? "")
        row.set(.checkRise, UInt32(facts.rise))
        row.set(.checkFall, UInt32(facts.fall))
        row.set(.checkHealth, UInt32(result.health))
    }

    private func fillAgent(_ row: inout StatisticsRow) {
        let result = CheckReport(history.agent, rise: 1)
        let status = result.duration == nil ? CheckStatus.initializing : result.status
        row.set(.agentStatus, (history.agent.isUnderWay ? "* " : "") + status.rawValue)
        if status.hasCode { row.set(.agentCode, UInt32(clamping: result.code)) }
        if let duration = result.duration { row.set(.agentDuration, duration) }
        row.set(.agentDesc, status.words)
        row.set(.lastAgt, history.agent.isUnderWay ? "" : words?.agent ?? "")
        row.set(.agentRise, UInt32(1))
        row.set(.agentFall, UInt32(1))
        row.set(.agentHealth, UInt32(result.health))
    }
}
