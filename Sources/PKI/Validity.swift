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

    let notBefore: Date
    let notAfter: Date

    /// - Parameters:
    ///   - now: The clock's time.
    ///   - life: Seconds from beginning to end.
    ///   - limit: The issuer's own end; nothing outlives its issuer.
    init(now: Date, life: TimeInterval, limit: Date = .distantFuture) {
        let start = CertificateClock.effective(now) - Self.backdating
        notBefore = Date(timeIntervalSince1970: start.timeIntervalSince1970.rounded(.down))
        notAfter = min(notBefore + life, limit)
    }

    init(notBefore: Date, notAfter: Date) {
        self.notBefore = notBefore
        self.notAfter = notAfter
    }

    /// Of a CA that is made now. It begins where no right clock has ever been: a CA is not made anew when the clock turns
    /// out to have been ahead, and clients must never be told that the one they trust is not valid yet.
    static func ofAuthority(now: Date) -> Validity {
        let end = CertificateClock.effective(now).timeIntervalSince1970.rounded(.down) + authority
        return Validity(notBefore: CertificateClock.earliest, notAfter: Date(timeIntervalSince1970: end))
    }

    /// Whether two thirds of the life have passed, or it has not begun.
    func isDue(now: Date) -> Bool {
        now < notBefore || now >= renewal
    }

    /// When two thirds of the life have passed.
    var renewal: Date { notBefore + notAfter.timeIntervalSince(notBefore) * 2 / 3 }

    /// `2026-11-21`, for messages.
    static func text(_ date: Date) -> String { date.formatted(.iso8601.year().month().day()) }
}
