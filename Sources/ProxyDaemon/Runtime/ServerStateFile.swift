internal import Addresses
internal import Files
internal import Glibc
internal import HealthChecks
internal import ProxyConfig
internal import ProxyEngine
internal import Syscalls

/// A file that `show servers state` wrote, ours or HAProxy's (management guide, 9.3): servers go on as they were.
struct ServerStateFile {
    /// Why nothing of a file counts.
    enum Problem: Error {
        case unreadable(String)
        case noVersion
        /// At so many lines behind the first.
        case corrupted(Int)
    }

    /// HAProxy knows more fields, and can do without those.
    static let leastFields = 20

    /// By backend, in order: one file mostly speaks of thousands.
    private let rows: [String: [Row]]

    /// - Parameter hasRows: False only looks whether the file counts.
    init(at path: String, hasRows: Bool = true) throws(Problem) {
        let text: String?
        do throws(SystemError) {
            text = try AtomicFile.readText(path)
        } catch {
            if error.code == EISDIR { throw Problem.noVersion }
            throw Problem.unreadable(ErrnoName(error.code).words)
        }
        guard let text else { throw Problem.unreadable(ErrnoName(ENOENT).words) }
        try self.init(text, hasRows: hasRows)
    }

    /// - Throws: For a text of another version, and for what is none.
    init(_ text: String, hasRows: Bool = true) throws(Problem) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        guard lines.count > 1, lines.removeFirst().drop(while: { $0 == " " }) == "1" else { throw Problem.noVersion }
        for (index, line) in lines.enumerated() where !line.hasPrefix("#") {
            let count = line.split(separator: " ").count
            if count > 0, count < Self.leastFields { throw Problem.corrupted(index + 1) }
        }
        guard hasRows else {
            rows = [:]
            return
        }
        rows = Dictionary(grouping: lines.filter { !$0.hasPrefix("#") }.compactMap { Row($0) }) { $0.backend }
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
    ///
    /// - Parameter said: Lines that were written when the configuration was read.
    static func apply(
        _ places: [Place],
        _ host: any RuntimeHost,
        _ talk: Talk,
        said: [String]
    ) throws(SystemError) {
        if places.isEmpty { return }
        // Behind `[WARNING]  (1234) : `.
        let told = Set(said.map { line in line.drop { $0 != ":" }.dropFirst(2) })
        var changes = host.changes
        var orders: [ServerOrder] = []
        var files: [String: ServerStateFile?] = [:]
        let backends = try host.backends(named: Set(places.map { $0.backend }))
        for place in places {
            if files[place.path] == nil {
                do throws(Problem) {
                    files[place.path] = try ServerStateFile(at: place.path)
                } catch {
                    files[place.path] = .some(nil)
                    let words = place.words(error)
                    if !told.contains(words[...]) { talk(.warning, words) }
                }
            }
            guard let file = files[place.path] ?? nil, let backend = backends[place.backend] else { continue }
            for row in file.rows[backend.name] ?? [] {
                guard let server = backend.servers.first(where: { $0.name == row.server }) else { continue }
                if !row.problems.isEmpty {
                    let words = row.problems.map { ", invalid \($0) value '\($1)'" }.joined()
                    talk(
                        .warning,
                        "config : server-state application failed for server '\(backend.name)/\(server.name)'\(words)"
                    )
                    continue
                }
                if let words = row.misplaced(server) {
                    talk(
                        .warning,
                        "config : server-state partially applied for server '\(backend.name)/\(server.name)', \(words)"
                    )
                }
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
