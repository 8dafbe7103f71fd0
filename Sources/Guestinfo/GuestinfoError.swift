/// A variable that could not be read or set.
public struct GuestinfoError: Error, Hashable, Sendable, CustomStringConvertible {
    /// `read guestinfo.ovfEnv`.
    public var operation: String
    public var reason: String

    public init(_ operation: String, _ reason: String) {
        self.operation = operation
        self.reason = reason
    }

    public var description: String { "\(operation): \(reason)" }
}
