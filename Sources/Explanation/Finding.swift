/// One thing that was looked at, and how it stands.
public struct Finding: Sendable, Hashable {
    public enum State: String, Sendable, Hashable, CaseIterable {
        case ok
        /// It works, and needs a look.
        case warning
        case failed
        /// It could not be looked at, or there is nothing to look at.
        case skipped
    }

    public var state: State
    /// What was looked at: `gateway 10.13.200.1`, `server b1`.
    public var subject: String
    /// Lower-case words without a full stop.
    public var message: String
    /// What the reader should do; for what is not right.
    public var remedy: String?

    public init(_ state: State, _ subject: String, _ message: String, remedy: String? = nil) {
        self.state = state
        self.subject = subject
        self.message = message
        self.remedy = remedy
    }

    public static func ok(_ subject: String, _ message: String) -> Finding { Finding(.ok, subject, message) }
}
