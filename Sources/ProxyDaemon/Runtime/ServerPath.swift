internal import ProxyEngine

/// `backend/server`
struct ServerPath {
    let backend: String
    let server: String

    init?(_ text: String) {
        guard let slash = text.firstIndex(of: "/") else { return nil }
        backend = String(text[..<slash])
        server = String(text[text.index(after: slash)...])
    }

    func order(_ action: ServerOrder.Action) -> ServerOrder {
        ServerOrder(backend: backend, server: server, action: action)
    }
}
