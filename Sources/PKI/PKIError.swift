/// What is wrong with a certificate or a key, and what to do about it.
///
/// Holds every problem that was found, so that an admin corrects both fields at once. Neither text ever contains what
/// was pasted, only what kind of thing it is.
public struct PKIError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One problem of one input.
    public struct Problem: Hashable, Sendable, CustomStringConvertible {
        /// The property key (`appliance.ca_cert`) or the file that is wrong.
        public var subject: String
        /// Lower-case sentence without a full stop.
        public var message: String
        /// What the reader should do; imperative, without a full stop.
        public var remedy: String

        public init(_ subject: String, _ message: String, remedy: String) {
            self.subject = subject
            self.message = message
            self.remedy = remedy
        }

        public var description: String { "\(subject): \(message); \(remedy)" }
    }

    /// At least one.
    public var problems: [Problem]

    public init(_ problems: [Problem]) { self.problems = problems }

    init(_ subject: String, _ message: String, remedy: String) {
        self.init([Problem(subject, message, remedy: remedy)])
    }

    public var description: String { problems.map { $0.description }.joined(separator: "\n") }
}
