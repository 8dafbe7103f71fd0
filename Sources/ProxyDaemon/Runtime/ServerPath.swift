internal import ProxyEngine
internal import Syscalls

/// `backend/server`
struct ServerPath {
    let backend: String
    let server: String

    /// nil unless both are named.
    init?(_ text: String) {
        guard let slash = text.firstIndex(of: "/"), slash != text.startIndex, text.index(after: slash) != text.endIndex
        else { return nil }
        backend = String(text[..<slash])
        server = String(text[text.index(after: slash)...])
    }

    init(backend: String, server: String) { (self.backend, self.server) = (backend, server) }

    /// With names where numbers are given (`#3/#1`).
    func named(_ host: any RuntimeHost) throws(SystemError) -> ServerPath {
        guard backend.hasPrefix("#") || server.hasPrefix("#") else { return self }
        let name = host.backendName(backend) ?? backend
        guard server.hasPrefix("#"), let known = try host.backend(name) else {
            return ServerPath(backend: name, server: server)
        }
        let number = CNumber.int(server.dropFirst())
        let index = known.servers.indices.first { known.servers[$0].number(at: $0) == number }
        return ServerPath(backend: name, server: index.map { known.servers[$0].name } ?? server)
    }

    func order(_ action: ServerOrder.Action, by giver: ServerOrder.Giver = .command) -> ServerOrder {
        ServerOrder(backend: backend, server: server, action: action, by: giver)
    }
}
