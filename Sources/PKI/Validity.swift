internal import FoundationEssentials

/// From when to when a certificate that we issue is valid.
struct Validity: Sendable, Hashable {
    static let day: TimeInterval = 86400
    /// How far the beginning lies in the past: clients whose clocks are behind, or set to the wrong time zone, accept
    /// the certificate at once.
    static let backdating = day
    /// Ten years.
    static let authority = 3652 * day
    /// Apple's and the CA/Browser Forum's limit of 398 days, less one.
    static let server = 397 * day

    /// No clock that is right shows an earlier time (2026-01-01). A machine whose clock has not been set yet (1970)
    /// would issue certificates that nobody accepts once it has.
    static let earliestNow = Date(timeIntervalSince1970: 1_767_225_600)

    let notBefore: Date
    let notAfter: Date

    /// - Parameters:
    ///   - now: The clock's time.
    ///   - life: Seconds from beginning to end.
    ///   - limit: The issuer's own end; nothing outlives its issuer.
    init(now: Date, life: TimeInterval, limit: Date = .distantFuture) {
        let start = Self.effective(now) - Self.backdating
        notBefore = Date(timeIntervalSince1970: start.timeIntervalSince1970.rounded(.down))
        notAfter = min(notBefore + life, limit)
    }

    init(notBefore: Date, notAfter: Date) {
        self.notBefore = notBefore
        self.notAfter = notAfter
    }

    static func isPlausible(_ now: Date) -> Bool { now >= earliestNow }

    /// The time to reckon with: the clock's, but never before ``earliestNow``.
    static func effective(_ now: Date) -> Date { max(now, earliestNow) }

    /// Whether two thirds of the life have passed, or it has not begun.
    func isDue(now: Date) -> Bool {
        let now = Self.effective(now)
        return now < notBefore || now >= notBefore + (notAfter.timeIntervalSince(notBefore)) * 2 / 3
    }

    /// `2026-11-21`, for messages.
    static func text(_ date: Date) -> String { date.formatted(.iso8601.year().month().day()) }
}
