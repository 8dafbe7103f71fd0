public import Diagnostics

/// A `program` section: what the master runs beside its worker (configuration manual, 3.7).
public struct Program: Sendable, Hashable {
    public var name: String
    /// The program and its arguments; found by PATH.
    public var command: [String] = []
    public var user: String?
    public var group: String?
    /// `option start-on-reload`: a change starts it anew, and the former one is told to finish.
    public var startsOnReload = true
    public var position: SourcePosition

    public init(name: String, position: SourcePosition) {
        self.name = name
        self.position = position
    }
}
