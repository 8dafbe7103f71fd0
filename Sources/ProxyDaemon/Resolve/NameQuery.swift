internal import Addresses
internal import ProxyConfig

/// The resolution of one name, again and again: a value that is told the time and the answers, and says what to ask. Times
/// are milliseconds.
struct NameQuery: Sendable {
    let name: String
    let settings: Resolvers
    /// How many name servers are asked each time.
    let serverCount: Int
    private let preferred: DNSMessage.Kind
    private(set) var kind: DNSMessage.Kind
    /// When ``wake(now:)`` has something to do.
    private(set) var wakesAt: UInt64
    /// The question under way.
    private(set) var id: UInt16?
    /// One for each server that has to have an address of its own; nil where one is gone.
    private(set) var addresses: [IPAddress] = []
    private var attempts = 0
    private var failures = 0
    private var hasTriedOther = false
    private var lastFailure = Failure.timeout
    private var lastValid: UInt64?
    /// When an address was seen last.
    private var seen: [IPAddress: UInt64] = [:]

    private enum Failure: Sendable {
        case missing
        case refused
        case timeout
        case other
    }

    /// What the owner does.
    enum Action: Equatable, Sendable {
        /// Sends the question for ``kind`` to every name server.
        case ask(id: UInt16)
        /// ``addresses`` are others now.
        case changed
    }

    init(name: String, settings: Resolvers, serverCount: Int, prefersIPv4: Bool, now: UInt64) {
        self.name = name
        self.settings = settings
        self.serverCount = serverCount
        preferred = prefersIPv4 ? .a : .aaaa
        kind = preferred
        wakesAt = now
    }

    /// Begins, or takes the missing answer for one.
    ///
    /// - Parameter id: A random number for a question.
    mutating func wake(now: UInt64, id: UInt16) -> [Action] {
        guard now >= wakesAt else { return [] }
        guard self.id != nil else {
            attempts = 0
            kind = preferred
            hasTriedOther = false
            return ask(now, id)
        }
        lastFailure = .timeout
        return retry(now, id)
    }

    mutating func receive(_ answer: DNSMessage.Answer, now: UInt64, id next: UInt16) -> [Action] {
        guard answer.id == id, answer.kind == kind, !answer.isTruncated else { return [] }
        switch answer.outcome {
        case .addresses(let list): return accept(list, now)
        case .missing: lastFailure = .missing
        case .refused: lastFailure = .refused
        case .other: lastFailure = .other
        }
        failures += 1
        // The others may know better.
        if failures < serverCount { return [] }
        if !hasTriedOther {
            hasTriedOther = true
            kind = kind.other
            return ask(now, next)
        }
        kind = preferred
        hasTriedOther = false
        return retry(now, next)
    }

    private mutating func ask(_ now: UInt64, _ id: UInt16) -> [Action] {
        self.id = id
        failures = 0
        wakesAt = now + UInt64(settings.patience)
        return [.ask(id: id)]
    }

    private mutating func retry(_ now: UInt64, _ id: UInt16) -> [Action] {
        attempts += 1
        if attempts < settings.retries { return ask(now, id) }
        return giveUp(now)
    }

    private mutating func giveUp(_ now: UInt64) -> [Action] {
        rest(now)
        let hold =
            switch lastFailure {
            case .missing: settings.holdMissing
            case .refused: settings.holdRefused
            case .timeout: settings.holdTimeout
            case .other: settings.holdOther
            }
        guard !addresses.isEmpty, now >= (lastValid ?? 0) + UInt64(hold) else { return [] }
        addresses = []
        seen = [:]
        return [.changed]
    }

    private mutating func rest(_ now: UInt64) {
        id = nil
        wakesAt = now + UInt64(settings.interval)
    }

    /// Addresses that stay keep their places, so that servers keep them too.
    private mutating func accept(_ list: [IPAddress], _ now: UInt64) -> [Action] {
        rest(now)
        lastValid = now
        for address in list { seen[address] = now }
        seen = seen.filter { now - $0.value <= UInt64(settings.holdObsolete) }
        var fresh = list.filter { !addresses.contains($0) }
        var next: [IPAddress] = []
        for address in addresses {
            if seen[address] != nil { next.append(address) } else if !fresh.isEmpty { next.append(fresh.removeFirst()) }
        }
        for address in fresh where !next.contains(address) { next.append(address) }
        if next == addresses { return [] }
        addresses = next
        return [.changed]
    }
}
