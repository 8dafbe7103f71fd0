/// `del server <backend>/<server>`: one that is in maintenance and has no connections.
public struct DeleteServer: RuntimeOrder {
    public let words: [String]

    public init(_ server: String, in backend: String) { words = ["del", "server", "\(backend)/\(server)"] }

    public func isSuccess(_ text: String) -> Bool { text == "Server deleted." }
}
