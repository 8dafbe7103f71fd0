internal import Addresses
internal import Files
internal import Glibc
internal import HealthChecks
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
        let seconds: UInt32
        /// HAProxy's number of the last check's status, its counter, and what is enabled (2 configured, 4 enabled).
        let checkStatus: Int
        let health: UInt16
        let checkState: Int
        let agentState: Int
        let name: String?
        /// Those that checks and agents go to.
        let checkPlace: (address: IPAddress?, port: UInt16?)
        let agentPlace: (address: IPAddress?, port: UInt16?)

        init?(_ line: Substring) {
            let words = line.split(separator: " ").map { String($0) }
            guard words.count >= ServerStateFile.leastFields, let operation = Int(words[5]),
                let administration = Int(words[6]),
                let weight = UInt32(words[7]), weight <= 256, let configured = UInt32(words[8]), configured <= 256,
                let seconds = UInt32(words[9]), let status = Int(words[10]), let health = UInt16(words[12]),
                let checkState = Int(words[13]), let agentState = Int(words[14])
            else { return nil }
            // What is inherited is found anew; of the rest HAProxy takes these together, or nothing of the line.
            guard (0...3).contains(operation), [0, 1, 4, 5, 8, 12].contains(administration & ~0x72) else { return nil }
            backend = words[1]
            server = words[3]
            self.operation = operation
            self.administration = administration & ~0x72
            self.seconds = seconds
            checkStatus = status
            self.health = health
            self.checkState = checkState
            self.agentState = agentState
            func place(_ address: Int, _ port: Int) -> (IPAddress?, UInt16?) {
                guard words.count > max(address, port) else { return (nil, nil) }
                return (IPAddress(words[address]), UInt16(words[port]).flatMap { $0 > 0 ? $0 : nil })
            }
            checkPlace = place(22, 21)
            agentPlace = place(23, 24)
            self.weight = weight
            configuredWeight = configured
            name = words[17] == "-" ? nil : words[17]
            port = UInt16(words[18])
        }
    }

    /// Why nothing of a file counts.
    enum Problem: Error {
        case unreadable(String)
        case noVersion
        /// At so many lines behind the first.
        case corrupted(Int)
    }

    /// HAProxy knows more fields, and can do without those.
    static let leastFields = 20

    let rows: [Row]

    init(at path: String) throws(Problem) {
        let text: String?
        do throws(SystemError) {
            text = try AtomicFile.readText(path)
        } catch {
            if error.code == EISDIR { throw Problem.noVersion }
            throw Problem.unreadable(ErrnoName(error.code).words)
        }
        guard let text else { throw Problem.unreadable(ErrnoName(ENOENT).words) }
        try self.init(text)
    }

    /// - Throws: For a text of another version, and for what is none.
    init(_ text: String) throws(Problem) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        guard lines.count > 1, lines.removeFirst().drop(while: { $0 == " " }) == "1" else { throw Problem.noVersion }
        for (index, line) in lines.enumerated() where !line.hasPrefix("#") {
            let count = line.split(separator: " ").count
            if count > 0, count < Self.leastFields { throw Problem.corrupted(index + 1) }
        }
        rows = lines.filter { !$0.hasPrefix("#") }.compactMap { Row($0) }
    }

    /// Where the states of a backend are.
    struct Place {
        let backend: String
        let path: String
        /// One file for all of them.
        let isGlobal: Bool

        /// What HAProxy says of it.
        func words(_ problem: Problem) -> String {
            let (title, end) = isGlobal ? ("config: ", "") : ("Proxy '\(backend)': ", ".")
            let file = isGlobal ? "global server state file" : "server state file"
            return switch problem {
            case .unreadable(let reason): "config : \(title)Can't open \(file) '\(path)': \(reason)\(end)"
            case .noVersion: "config : \(title)Can't get version of the \(file) '\(path)'."
            case .corrupted(let line): "config : \(title)corrupted \(file) '\(path)' at line \(line)."
            }
        }
    }

    /// Where the state of which backend is, the global file first, as HAProxy reads them.
    static func places(_ model: ProxyModel) -> [Place] {
        func path(_ name: String) -> String {
            guard !name.hasPrefix("/"), let base = model.global.serverStateBase else { return name }
            return base.hasSuffix("/") ? base + name : "\(base)/\(name)"
        }
        var (global, local): ([Place], [Place]) = ([], [])
        for index in model.backends.indices where model.backends[index].stateSource != .nowhere {
            let backend = model.backends[index]
            switch backend.stateSource {
            case .nowhere: break
            case .global:
                guard let file = model.global.serverStateFile else { break }
                global.append(Place(backend: backend.name, path: path(file), isGlobal: true))
            case .local:
                local.append(
                    Place(backend: backend.name, path: path(backend.stateFile ?? backend.name), isGlobal: false)
                )
            }
        }
        return global + local
    }

    /// Brings what the files say into effect, and says of those that cannot be read why; servers that are not there are passed over.
    static func apply(_ places: [Place], _ host: any RuntimeHost, _ talk: Talk) throws(SystemError) {
        if places.isEmpty { return }
        var changes = host.changes
        var orders: [ServerOrder] = []
        var files: [String: ServerStateFile?] = [:]
        for place in places {
            if files[place.path] == nil {
                do throws(Problem) {
                    files[place.path] = try ServerStateFile(at: place.path)
                } catch {
                    files[place.path] = .some(nil)
                    talk(.warning, place.words(error))
                }
            }
            guard let file = files[place.path] ?? nil, let backend = try host.backend(place.backend) else { continue }
            for row in file.rows where row.backend == backend.name {
                guard let server = backend.servers.first(where: { $0.name == row.server }) else { continue }
                let reference = ServerReference(backend: backend.name, server: server.name)
                row.change(server, &changes.servers[reference])
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

    /// What commands had changed of where it is and is asked.
    fileprivate func change(_ server: ProxyEngine.Server, _ change: inout RuntimeChanges.ServerChange?) {
        var next = change ?? RuntimeChanges.ServerChange()
        var stated = server.stated
        if let place = place(server) { next.endpoint = place }
        if let check = server.check, checkState & 4 != 0 {
            let former = check.endpoint ?? server.endpoint
            let own = Endpoint(checkPlace.address ?? former.address, port: checkPlace.port ?? former.port)
            if own != former { next.checkEndpoint = own }
            stated.checkAddress = checkPlace.address ?? stated.checkAddress
            stated.checkPort = checkPlace.port ?? stated.checkPort
        }
        if let agent = server.agent, agentState & 4 != 0 {
            let own = Endpoint(
                agentPlace.address ?? agent.endpoint.address,
                port: agentPlace.port ?? agent.endpoint.port
            )
            if own != agent.endpoint { next.agentEndpoint = own }
            stated.agentAddress = agentPlace.address ?? stated.agentAddress
            stated.agentPort = agentPlace.port ?? stated.agentPort
        }
        if stated != server.stated { next.stated = stated }
        if next != RuntimeChanges.ServerChange() { change = next }
    }

    fileprivate func orders(_ server: ProxyEngine.Server) -> [ServerOrder.Action] {
        guard let operation = ServerRestoration.Operation(rawValue: UInt8(clamping: operation)) else { return [] }
        var former = ServerRestoration(
            operation: operation,
            administration: administration & 8 != 0 ? .drain : administration & 1 != 0 ? .maintenance : .ready,
            wasDisabled: administration & 4 != 0,
            health: health,
            status: CheckStatus.allCases.first { $0.number == checkStatus } ?? .initializing,
            seconds: seconds
        )
        former.isCheckOff = server.check != nil && checkState & 6 == 2
        former.isAgentOff = server.agent != nil && agentState & 6 == 2
        // Another weight in the file of the configuration counts.
        let isWeightKept = weight != configuredWeight && configuredWeight == UInt32(server.weight)
        return [.restore(former)] + (isWeightKept ? [.weight(weight)] : [])
    }
}
