internal import Addresses
internal import Files
internal import ProxyConfig
internal import ProxyEngine
internal import Syscalls

/// A file that `show servers state` wrote, ours or HAProxy's (management guide, 9.3): servers go on as they were.
struct ServerStateFile {
    /// A line of version 1.
    struct Row {
        let backend: String
        let server: String
        let port: UInt16?
        /// 0 stopped, 2 running, 3 stopping.
        let operation: Int
        /// 1 maintenance, 8 draining, both by command; 4 by the configuration.
        let administration: Int
        let weight: UInt32
        let configuredWeight: UInt32
        let name: String?

        init?(_ line: Substring) {
            let words = line.split(separator: " ").map { String($0) }
            guard words.count >= 19, let operation = Int(words[5]), let administration = Int(words[6]),
                let weight = UInt32(words[7]), let configured = UInt32(words[8])
            else { return nil }
            backend = words[1]
            server = words[3]
            self.operation = operation
            self.administration = administration
            self.weight = weight
            configuredWeight = configured
            name = words[17] == "-" ? nil : words[17]
            port = UInt16(words[18])
        }
    }

    let rows: [Row]

    /// Nothing of a text of another version, or of what is none.
    init(_ text: String) {
        var lines = text.split(separator: "\n")[...]
        guard lines.popFirst() == "1" else {
            rows = []
            return
        }
        rows = lines.filter { !$0.hasPrefix("#") }.compactMap { Row($0) }
    }

    /// Where the state of which backend is.
    static func paths(_ model: ProxyModel) -> [String: String] {
        func place(_ name: String) -> String {
            guard !name.hasPrefix("/"), let base = model.global.serverStateBase else { return name }
            return base.hasSuffix("/") ? base + name : "\(base)/\(name)"
        }
        var paths: [String: String] = [:]
        for index in model.backends.indices where model.backends[index].stateSource != .nowhere {
            let backend = model.backends[index]
            switch backend.stateSource {
            case .nowhere: break
            case .global: paths[backend.name] = model.global.serverStateFile.map { place($0) }
            case .local: paths[backend.name] = place(backend.stateFile ?? backend.name)
            }
        }
        return paths
    }

    /// Brings what the files say into effect; what is not there, or names servers that are not, is passed over.
    static func apply(_ paths: [String: String], _ host: any RuntimeHost) throws(SystemError) {
        if paths.isEmpty { return }
        var backends: [ProxyEngine.Backend] = []
        for name in paths.keys.sorted() {
            if let backend = try host.backend(name) { backends.append(backend) }
        }
        var changes = host.changes
        var orders: [ServerOrder] = []
        var files: [String: ServerStateFile] = [:]
        for backend in backends {
            guard let path = paths[backend.name] else { continue }
            let file = files[path] ?? ServerStateFile(((try? AtomicFile.readText(path)) ?? nil) ?? "")
            files[path] = file
            for row in file.rows where row.backend == backend.name {
                guard let server = backend.servers.first(where: { $0.name == row.server }) else { continue }
                let reference = ServerReference(backend: backend.name, server: server.name)
                if let place = row.place(server) { changes.servers[reference, default: .init()].endpoint = place }
                orders += row.orders(server).map { ServerOrder(backend: backend.name, server: server.name, action: $0) }
            }
        }
        if changes != host.changes { try host.change(changes) }
        for var order in orders {
            order.isLogged = false
            _ = try host.perform(order)
        }
    }
}

extension ServerStateFile.Row {
    /// The port that it had, if it is another one. As by HAProxy, an address counts no more than the one that is written.
    fileprivate func place(_ server: ProxyEngine.Server) -> Endpoint? {
        guard name == nil, server.followed == nil, server.connection.path == nil, let port, port > 0 else { return nil }
        let place = Endpoint(server.endpoint.address, port: port)
        return place == server.endpoint ? nil : place
    }

    fileprivate func orders(_ server: ProxyEngine.Server) -> [ServerOrder.Action] {
        var orders: [ServerOrder.Action] = []
        if administration & 1 != 0, administration & 4 == 0 { orders.append(.administer(.maintenance)) }
        if administration & 8 != 0 { orders.append(.administer(.drain)) }
        // Another weight in the file of the configuration counts.
        if weight != configuredWeight, configuredWeight == UInt32(server.weight) { orders.append(.weight(weight)) }
        if server.check != nil, administration & 5 == 0 {
            switch operation {
            case 0: orders.append(.health(.down))
            case 3: orders.append(.health(.stopping))
            default: break
            }
        }
        return orders
    }
}
