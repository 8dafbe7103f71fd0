public import Diagnostics

/// `use-server <server> {if|unless} <condition>`. The first rule whose condition holds, and whose server is up, decides.
public struct UseServer: Sendable, Hashable {
    public var server: String
    public var condition: Condition
    /// The line counts from the header of the section, which is 0: what stands above is of no account.
    public var position: SourcePosition

    /// The name is made of what a connection says (`%[…]`).
    public var isComputed: Bool { UseBackend.isComputed(server) }

    public init(server: String, condition: Condition, position: SourcePosition) {
        self.server = server
        self.condition = condition
        self.position = position
    }
}
