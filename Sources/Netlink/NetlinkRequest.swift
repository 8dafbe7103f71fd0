/// A message and the words for what it does, so that an error names the verb and the object.
public struct NetlinkRequest: Sendable, Hashable {
    public var message: NetlinkMessage
    /// `adding`, `deleting`, `listing`.
    public var action: String
    /// `rule from 10.13.201.0/24 lookup 2`.
    public var object: String

    init(_ action: String, _ object: String, _ message: NetlinkMessage) {
        self.action = action
        self.object = object
        self.message = message
    }
}
