/// `enable health <backend>/<server>`: begins the checks of a server that was added.
public struct EnableHealth: RuntimeOrder {
    public let words: [String]

    public init(_ server: String, in backend: String) { words = ["enable", "health", "\(backend)/\(server)"] }
}
