/// Somebody else changes the appliance right now, or a try waits for its confirmation: come back later (exit code 75).
public struct BusyError: Error, Sendable, Hashable, CustomStringConvertible {
    /// `appliance-net apply (process 1234) is changing the network`
    public var description: String
    /// When it is worth coming back; nil if that is not known.
    public var milliseconds: Int64?

    public init(_ description: String, milliseconds: Int64? = nil) {
        self.description = description
        self.milliseconds = milliseconds
    }
}
