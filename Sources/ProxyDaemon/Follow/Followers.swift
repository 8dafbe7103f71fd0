internal import Addresses
internal import RuntimeAPI

/// Who follows the listeners, what they have answered, and who waits for that. A pure value; times are milliseconds of a
/// monotonic clock.
struct Followers {
    /// Somebody who said `reload`, whose answer waits until the followers are done with the change.
    struct Waiting {
        var client: CInt
        var answer: ReloadAnswer
        /// The part of the list that has to be answered.
        var sequence: Int
        var deadline: UInt64
        /// Nobody follows, and somebody should: it is about to come back.
        var needsFollower = false
        /// Binds whose address was none of the machine's were tried once more.
        var hasRetried = false
    }

    /// How long a reload waits for its followers, in milliseconds.
    static let patience: UInt64 = 2000

    private(set) var sequence = 0
    /// Up to where each has answered, and what it says just now.
    private var acknowledged: [CInt: Int] = [:]
    private var verdicts: [CInt: ListenerVerdict] = [:]
    /// What was said of addresses last, in the words of a reload's answer.
    private(set) var notes: [IPAddress: String] = [:]
    private(set) var waiting: [Waiting] = []
    /// A follower asked to try what could not be bound.
    private(set) var wantsRetry = false

    /// Somebody who answered has gone, and nobody has come since: what changes now is let through by nobody.
    private(set) var isAbandoned = false

    var isEmpty: Bool { acknowledged.isEmpty }
    var clients: some Collection<CInt> { acknowledged.keys }

    func contains(_ client: CInt) -> Bool { acknowledged[client] != nil }

    /// Takes in one that has been told everything up to ``sequence``.
    mutating func add(_ client: CInt) {
        acknowledged[client] = -1
        isAbandoned = false
    }

    /// Only these are there still. Who waits for one that has gone waits for its return.
    mutating func keep(_ clients: [CInt]) {
        let present = Set(clients)
        for client in acknowledged.keys where !present.contains(client) {
            let hasAnswered = acknowledged.removeValue(forKey: client).map { $0 >= 0 } ?? false
            if hasAnswered, acknowledged.isEmpty { isAbandoned = true }
            verdicts[client] = nil
            for index in waiting.indices { waiting[index].needsFollower = true }
        }
    }

    /// The listeners change: the number of the part that says so.
    mutating func next(_ change: ListenerFeed.Change) -> Int {
        for listener in change.added + change.removed { notes[listener.endpoint.address] = nil }
        sequence += 1
        return sequence
    }

    /// Takes a line of a follower.
    mutating func take(_ line: String, from client: CInt) {
        if line == ListenerVerdict.retry {
            wantsRetry = true
            return
        }
        var verdict = verdicts[client] ?? ListenerVerdict(sequence: 0)
        guard verdict.take(line: line) else {
            verdicts[client] = verdict
            return
        }
        verdicts[client] = nil
        acknowledged[client] = max(acknowledged[client] ?? -1, min(verdict.sequence, sequence))
        // It says all that it has to say each time.
        notes = [:]
        for (address, mac) in verdict.conflicts { notes[address] = "conflict \(mac)" }
        for address in verdict.outside { notes[address] = "outside" }
    }

    mutating func takeRetry() -> Bool {
        defer { wantsRetry = false }
        return wantsRetry
    }

    /// Whether the answer to a reload that has just been carried out must wait.
    mutating func hold(_ answer: ReloadAnswer, for client: CInt, needsFollower: Bool = false, now: UInt64) -> Bool {
        guard answer.success, !isEmpty || needsFollower || isAbandoned else { return false }
        var entry = Waiting(client: client, answer: answer, sequence: .max, deadline: now + Self.patience)
        entry.needsFollower = needsFollower || isAbandoned
        waiting.append(entry)
        return true
    }

    /// Those whose change has just been told wait for this part.
    mutating func await(_ sequence: Int) {
        for index in waiting.indices where waiting[index].sequence == .max { waiting[index].sequence = sequence }
    }

    /// Whether those who wait have all been heard, and binds of theirs are worth another attempt.
    func wantsAttempt(at index: Int) -> Bool { !waiting[index].hasRetried && isDone(waiting[index]) }

    private func isDone(_ entry: Waiting) -> Bool {
        if entry.needsFollower, isEmpty { return false }
        return acknowledged.values.allSatisfy { $0 >= entry.sequence }
    }

    /// Another attempt was made for the one at `index`: with this much more to wait for.
    mutating func attempted(at index: Int, serving endpoints: Set<String>) {
        waiting[index].hasRetried = true
        guard !endpoints.isEmpty else { return }
        waiting[index].answer.serves(endpoints)
        waiting[index].sequence = .max
    }

    /// The answers that can be given now.
    mutating func takeAnswers(now: UInt64) -> [(client: CInt, answer: ReloadAnswer)] {
        let over = waiting.filter { isDone($0) || $0.deadline <= now }
        if over.isEmpty { return [] }
        let acknowledged = over.map { isDone($0) }
        waiting = waiting.filter { !isDone($0) && $0.deadline > now }
        return zip(over, acknowledged).map { entry, isDone in
            var answer = entry.answer
            answer.note { place in Endpoint(place).flatMap { notes[$0.address] } }
            answer.isLate = !isDone
            return (entry.client, answer)
        }
    }

    /// Milliseconds until somebody has waited long enough; -1 for never.
    func timeLeft(now: UInt64) -> CInt {
        guard let next = waiting.map({ $0.deadline }).min() else { return -1 }
        return next <= now ? 0 : CInt(clamping: next - now)
    }
}
