internal import Files
internal import ProxyConfig
internal import ProxyEngine
internal import ProxyPages
internal import Syscalls

// What the proxy answers itself: `mode http` frontends that pass nothing on.
extension SnapshotCompiler {
    /// The frontend with what it serves; nil, and the reason told, if it cannot be served as its lines say.
    mutating func pages(
        _ frontend: ProxyConfig.Frontend,
        _ seen: inout Set<ListenAddress>
    ) -> ProxyEngine.Frontend? {
        do throws(UnservablePage) {
            let definition = try definition(frontend)
            // Whether it can be done is told here, and not by the worker, which does it.
            _ = try PageSettings(definition)
            var served = frontend
            for bind in frontend.binds where bind.acceptsProxy {
                refuse(bind, frontend, "'accept-proxy' is not followed for what the proxy answers itself")
            }
            served.binds.removeAll { $0.acceptsProxy }
            // Its format is for another kind of line.
            if case .custom = frontend.logFormat { served.logFormat = .basic }
            served.uniqueIDFormat = nil
            var result = compile(served, &seen)
            result.defaultBackend = nil
            result.pages = definition
            return result
        } catch {
            refuse(frontend, error.reason)
            return nil
        }
    }

    private func definition(_ frontend: ProxyConfig.Frontend) throws(UnservablePage) -> PageDefinition {
        var definition = PageDefinition(lines: expanded(frontend.pageLines), isListen: frontend.isListen)
        if let name = frontend.defaultBackend {
            guard let backend = model.backend(name), backend.servers.isEmpty, backend.quarantine.isEmpty else {
                throw UnservablePage("HTTP is not passed on to backends yet")
            }
            definition.backend = .init(name: name, lines: expanded(backend.pageLines))
        }
        switch frontend.logFormat {
        case .basic: definition.log = .basic
        case .tcp: definition.log = .tcp
        case .http: definition.log = .http
        case .custom(let text): definition.log = .custom(text)
        }
        let lines = definition.lines + (definition.backend?.lines ?? [])
        for path in Self.files(lines) {
            do throws(SystemError) {
                definition.files[path] = try AtomicFile.read(path)
            } catch {
                throw UnservablePage("\(error)")
            }
        }
        if lines.contains(where: { $0.contains { $0.hasPrefix("http_auth") } }) {
            definition.userlists = model.userlists.compactMap { Self.userlist($0) }
        }
        definition.description = model.global.description ?? ""
        return definition
    }

    /// With the lines of the `http-errors` sections that `errorfiles` lines name.
    private func expanded(_ lines: [[String]]) -> [[String]] {
        lines.flatMap { line -> [[String]] in
            guard line.first == "errorfiles", line.count > 1 else { return [line] }
            let wanted = line.dropFirst(2)
            let files = model.errorSections.first { $0.name == line[1] }?.files ?? []
            return files.filter { wanted.isEmpty || wanted.contains($0.status) }.map {
                ["errorfile", $0.status, $0.path]
            }
        }
    }

    /// Paths that the lines name.
    private static func files(_ lines: [[String]]) -> Set<String> {
        var paths: Set<String> = []
        for line in lines {
            if line.first == "errorfile", line.count > 2 { paths.insert(line[2]) }
            guard let first = line.first, ["acl", "http-request", "http-error", "monitor", "stats"].contains(first)
            else { continue }
            for (word, next) in zip(line, line.dropFirst()) where ["-f", "file", "errorfile"].contains(word) {
                paths.insert(next)
            }
        }
        return paths
    }

    /// nil for one whose passwords are hashed.
    private static func userlist(_ list: ProxyConfig.Userlist) -> PageDefinition.Userlist? {
        var accounts: [PageAccount] = []
        for user in list.users {
            switch user.password {
            case .plain(let password):
                accounts.append(PageAccount(user: user.name, password: password, groups: user.groups))
            case .hashed: return nil
            case nil: continue
            }
        }
        return PageDefinition.Userlist(name: list.name, accounts: accounts)
    }
}
