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

    /// The error that the kernel refuses it with.
    func error(_ refusal: (code: CInt, text: String?)) -> NetlinkError {
        NetlinkError(code: refusal.code, action: action, object: object, kernelText: refusal.text)
    }
}
