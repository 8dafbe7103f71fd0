/// `add server <backend>/<server> <address> [parameters]`: a server until the next reload, in maintenance at first.
public struct AddServer: RuntimeOrder {
    public let words: [String]

    /// - Parameter parameters: Address and port, and what may follow it in a `server` line.
    public init(_ server: String, in backend: String, _ parameters: [String]) {
        words = ["add", "server", "\(backend)/\(server)"] + parameters
    }

    public func isSuccess(_ text: String) -> Bool { text.hasSuffix("New server registered.") }
}
