/// When a connection is closed because nothing comes of it. Pure: told what happens, it says until when the next must.
struct RequestTimer: Sendable {
    enum Phase: Sendable {
        /// No byte of a request has come.
        case idle
        case reading
        /// The request is whole, its answer has not begun.
        case working
        case writing
    }

    private(set) var phase = Phase.idle
    /// When the connection is closed; nil while the server works.
    private(set) var deadline: ContinuousClock.Instant?
    private let limits: ServerLimits
    private var isRequestWhole = false

    init(_ limits: ServerLimits, now: ContinuousClock.Instant) {
        self.limits = limits
        deadline = now.advanced(by: limits.keepAlive)
    }

    /// Bytes came, of whatever. A request that drips keeps the deadline of its first byte.
    mutating func bytesRead(now: ContinuousClock.Instant) {
        guard phase == .idle else { return }
        phase = .reading
        isRequestWhole = false
        deadline = now.advanced(by: limits.read)
    }

    mutating func requestEnded(now: ContinuousClock.Instant) {
        isRequestWhole = true
        guard phase == .reading else { return }
        phase = .working
        deadline = nil
    }

    /// The answer begins.
    ///
    /// - Returns: Whether the request was read to its end; if not, the connection is of no more use.
    mutating func answerBegins(now: ContinuousClock.Instant) -> Bool {
        phase = .writing
        deadline = now.advanced(by: limits.write)
        return isRequestWhole
    }

    /// The last byte of the answer has been handed to the kernel.
    mutating func answerEnded(now: ContinuousClock.Instant) {
        phase = .idle
        deadline = now.advanced(by: limits.keepAlive)
    }
}
