public import Diagnostics

/// Why a restore could not be done, and what to do.
public struct RestoreError: Error, Sendable, Hashable, CustomStringConvertible {
    public var message: String
    public var remedy: String

    public init(_ message: String, remedy: String) {
        self.message = message
        self.remedy = remedy
    }

    /// The same, as a problem of an input.
    public var diagnostic: Diagnostic { Diagnostic(.error, message, remedy: remedy) }

    public var description: String { "\(message)\n    remedy: \(remedy)" }
}
