internal import Addresses
internal import Diagnostics
internal import Glibc
internal import ProxyConfig
internal import ProxyEngine
internal import Syscalls

/// Turns what the file means into what the engine runs. What cannot be served yet is named in ``unserved``.
struct SnapshotCompiler: Sendable {
    let model: ProxyModel
    private let options: CommandLineOptions
    let bindsV6Only = Self.bindsV6Only()
    let wildcardPorts: Set<WildcardPort>
    var unserved: [LoadedConfiguration.Unserved] = []
    /// PEM text of the CA files that were read.
    var authorities: [String: String] = [:]
    /// Who is told of what happens, by their numbers.
    var logGroups = LogGroups()
    var formats = LineFormats()

    init(_ model: ProxyModel, _ options: CommandLineOptions) {
        self.model = model
        wildcardPorts = Self.wildcardPorts(model)
        self.options = options
    }

    mutating func compile() -> ProxySnapshot {
        var snapshot = ProxySnapshot(settings: settings)
        let beside = model.backends.count < Self.many ? nil : Beside { [self] in compiledBackends() }
        var seen: Set<ListenAddress> = []
        snapshot.frontends.reserveCapacity(model.frontends.count)
        seen.reserveCapacity(model.frontends.count)
        // By index: a copy of each costs more than the look at it.
        let frontends = model.frontends
        for index in frontends.indices where !frontends[index].isDisabled {
            if !frontends[index].quarantine.isEmpty {
                refuse(frontends[index], frontends[index].quarantine.joined(separator: "; "))
                continue
            }
            if frontends[index].mode == .http {
                if let frontend = pages(frontends[index], &seen) { snapshot.frontends.append(frontend) }
                continue
            }
            snapshot.frontends.append(compile(frontends[index], &seen))
        }
        let (backends, others) = beside?.value() ?? compiledBackends()
        snapshot.backends = backends
        unserved += others.unserved
        authorities.merge(others.authorities) { first, _ in first }
        logGroups.merge(others.logGroups)
        let stuck = model.stickTables.isEmpty ? [] : stuckTables
        snapshot.stickTables = model.stickTables.map { Self.stickTable($0, isStuckTo: stuck.contains($0.name)) }
        snapshot.authorities = authorities
        snapshot.settings.logGroup = logGroup(LogWords(model.global.logTargets))
        snapshot.logGroups = logGroups.all
        snapshot.settings.peers = Self.peers(model, local: localPeer)
        snapshot.settings.loadsTLS = Self.wantsTLS(snapshot.backends)
        snapshot.order = Self.order(model)
        return snapshot
    }

    /// What this process is called among peers.
    var localPeer: String { options.localPeer ?? model.global.localPeer ?? ProxyEngine.HostName.own }

    /// So many backends that a second thread is worth its while.
    private static let many = 512

    /// The backends, and what else was found by compiling them.
    private func compiledBackends() -> ([ProxyEngine.Backend], SnapshotCompiler) {
        var other = self
        other.unserved = []
        var backends: [ProxyEngine.Backend] = []
        backends.reserveCapacity(model.backends.count)
        for index in model.backends.indices { backends.append(other.compile(model.backends[index])) }
        return (backends, other)
    }

    var settings: EngineSettings {
        var settings = EngineSettings()
        let global = model.global
        // HAProxy takes a thread per core when nbthread is absent, and so do we; on more than four cores the engine
        // needs no more than four to fill a 10 Gbit/s network.
        settings.threads = global.threads ?? min(4, max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN))))
        // 0 and less mean the default; more than ten million is more than a kernel has descriptors for.
        let wanted = options.maxConnections ?? global.maxConnections ?? 0
        settings.maxConnections = wanted > 0 ? min(wanted, 10_000_000) : 20000
        settings.spreadChecks = global.spreadChecks
        settings.maxSpreadChecks = Self.milliseconds(global.maxSpreadChecks)
        settings.hardStopAfter = Self.milliseconds(global.hardStopAfter)
        settings.grace = Self.milliseconds(global.grace)
        settings.usesSplice = !options.avoidsSplice && !global.avoidsSplice
        let rates: [(ProcessRates.Kind, Int?)] = [
            (.connections, global.maxConnectionRate), (.sessions, global.maxSessionRate),
            (.tlsSessions, global.maxTLSRate), (.compression, global.maxCompressionRate),
        ]
        for (kind, rate) in rates { settings.rates[kind] = kind.rate(rate ?? 0) }
        var formats = LineFormats()
        settings.variables = global.variables.compactMap { ProcessVariable($0, &formats) }
        return settings
    }

    mutating func compile(_ frontend: ProxyConfig.Frontend, _ seen: inout Set<ListenAddress>)
        -> ProxyEngine.Frontend
    {
        var result = ProxyEngine.Frontend(name: frontend.name)
        var hasSamples = false
        var numbers = ListenerNumbers(frontend.binds)
        for bind in frontend.binds { result.listeners += listeners(bind, frontend, &numbers, &seen) }
        for rule in frontend.useBackends {
            let alternatives = rule.quarantine == nil ? Disjunction(rule.condition, of: frontend.name) : nil
            let format = rule.isComputed ? formats.format(rule.backend, of: frontend.name) : nil
            guard let alternatives, !rule.isComputed || format != nil else {
                // Nobody knows where such a connection belongs, and sending it on to the next rule or the default could
                // show it a service that it must not see. What an earlier rule decides is right.
                let isWrittenOut = alternatives != nil
                let reason =
                    rule.quarantine
                    ?? (isWrittenOut ? "such a name is not made yet" : "the condition has too many alternatives")
                let effect = "connections that no rule before it takes are closed"
                let name = "\(frontend.name)/\(rule.backend)"
                unserved.append(.init(kind: .rule, name: name, reason: "\(reason); \(effect)"))
                result.rules.append(SwitchingRule(backend: Self.nowhere))
                break
            }
            if alternatives.neverHolds { continue }
            var compiled = SwitchingRule(backend: rule.isComputed ? "" : rule.backend, alternatives: alternatives.terms)
            compiled.isInverted = alternatives.isInverted
            compiled.format = format
            if alternatives.hasSamples || format != nil { hasSamples = true }
            result.rules.append(compiled)
        }
        result.maxConnections = UInt32(
            clamping: max(0, frontend.maxConnections ?? options.maxPerFrontend ?? 0)
        )
        result.maxSessionRate = UInt32(clamping: max(0, frontend.maxSessionRate ?? 0))
        result.defaultBackend = frontend.defaultBackend
        // A `listen` section without rules uses its own servers.
        if frontend.isListen, result.defaultBackend == nil {
            result.defaultBackend = frontend.name
        }
        result.clientTimeout = Self.milliseconds(frontend.clientTimeout)
        result.clientFinTimeout = Self.milliseconds(frontend.clientFinTimeout)
        result.logGroup = logGroup(LogWords(frontend))
        result.logTag = logTag(frontend.logTag)
        if result.logGroup != 0 {
            switch frontend.logFormat {
            case .basic: result.logStyle = .connect
            case .tcp, .http: result.logStyle = .tcp
            case .custom(let text):
                result.logFormat = formats.format(text, of: frontend.name)
                result.logStyle = result.logFormat == nil ? .none : .format
            }
        }
        result.separatesErrors = frontend.separatesErrors
        result.logsEarly = frontend.logsEarly
        result.countsListeners = frontend.countsListeners
        result.countsContinuously = frontend.countsContinuously
        result.omitsNormalLogs = frontend.omitsNormalLogs
        result.dontLogNull = frontend.omitsNullLogs
        result.smartAccept = frontend.acceptsSmartly
        result.uniqueID = frontend.uniqueIDFormat.flatMap { formats.format($0, of: frontend.name) }
        do {
            result.connectionRules = try connectionRules(frontend.rules, of: frontend.name)
        } catch {
            refuse(frontend, error.reason)
            result.listeners = []
        }
        result.ownFormats.structuredData = ownFormat(frontend.structuredDataFormat, frontend)
        result.ownFormats.error = ownFormat(frontend.errorLogFormat, frontend)
        let written = [
            result.logFormat, result.uniqueID, result.ownFormats.structuredData, result.ownFormats.error,
        ]
        if hasSamples || written.contains(where: { $0?.hasSamples == true }) {
            result.connectionRules.hasSamples = true
        }
        if frontend.isListen, result.connectionRules != .usual { result.connectionRules.isListen = true }
        return result
    }

    /// A format with samples, which only this frontend has; nil for one that its log's group has.
    private mutating func ownFormat(_ text: String?, _ frontend: ProxyConfig.Frontend) -> LineFormat? {
        guard let text, formats.plain(text) == nil else { return nil }
        return formats.format(text, of: frontend.name)
    }

    /// The sections in the order of their lines.
    private static func order(_ model: ProxyModel) -> ProxyOrder {
        var order = ProxyOrder()
        order.sections.reserveCapacity(max(model.frontends.count, model.backends.count))
        let (frontends, backends) = (model.frontends, model.backends)
        var (frontend, backend) = (0, 0)
        while frontend < frontends.count || backend < backends.count {
            let line = frontend < frontends.count ? frontends[frontend].position.line : .max
            let other = backend < backends.count ? backends[backend].position.line : .max
            var sides: ProxyOrder.Sides = []
            let id = line <= other ? frontends[frontend].id : backends[backend].id
            if let id, id > 0 { order.numbers[order.sections.count] = UInt32(clamping: id) }
            if line <= other {
                if !frontends[frontend].isDisabled, frontends[frontend].quarantine.isEmpty { sides.insert(.frontend) }
                frontend += 1
            }
            if other <= line {
                sides.insert(.backend)
                backend += 1
            }
            order.sections.append(sides)
            order.lines.append(UInt32(clamping: min(line, other)))
        }
        return order
    }

    /// The name of no backend: whoever is sent there is closed.
    private static let nowhere = ""

    mutating func refuse(_ frontend: ProxyConfig.Frontend, _ reason: String) {
        for bind in frontend.binds { refuse(bind, frontend, reason) }
    }

    mutating func refuse(_ bind: Bind, _ frontend: ProxyConfig.Frontend, _ reason: String) {
        let address = bind.addresses.map { $0.description }.joined(separator: ",")
        unserved.append(.init(kind: .bind, name: "\(frontend.name)/\(bind.label)", address: address, reason: reason))
    }

    private mutating func compile(_ backend: ProxyConfig.Backend) -> ProxyEngine.Backend {
        var result = ProxyEngine.Backend(name: backend.name)
        if !backend.quarantine.isEmpty {
            let reason = backend.quarantine.joined(separator: "; ")
            unserved.append(.init(kind: .backend, name: backend.name, reason: reason))
        } else if !backend.isDisabled {
            let ids = ServerNumbers.numbers(of: backend.servers)
            result.servers.reserveCapacity(backend.servers.count)
            for index in backend.servers.indices {
                guard var server = compile(backend.servers[index], of: backend) else { continue }
                server.id = ids[index]
                result.servers.append(server)
            }
            balance(&result, backend)
            do {
                let hasSamples = result.connectionRules.hasSamples
                result.connectionRules = try connectionRules(backend.rules, of: backend.name)
                result.connectionRules.connection = []
                result.connectionRules.session = []
                result.connectionRules.hasSamples = hasSamples
            } catch {
                result.servers = []
                unserved.append(.init(kind: .backend, name: backend.name, reason: error.reason))
            }
        }
        result.connectTimeout = Self.milliseconds(backend.connectTimeout)
        result.serverTimeout = Self.milliseconds(backend.serverTimeout)
        result.serverFinTimeout = Self.milliseconds(backend.serverFinTimeout)
        result.tunnelTimeout = Self.milliseconds(backend.tunnelTimeout)
        result.checkTimeout = Self.milliseconds(backend.checkTimeout)
        result.queueTimeout = Self.milliseconds(backend.queueTimeout)
        result.retries = UInt8(clamping: backend.retries)
        result.abortsOnClose = backend.abortsOnClose
        result.stickRules = backend.stickRules.compactMap { Self.stickRule($0, of: backend.name) }
        let asks = result.stickRules.contains { $0.alternatives.contains { $0.contains { $0.hasSamples } } }
        if asks { result.connectionRules.hasSamples = true }
        if backend.isListen, result.connectionRules != .usual { result.connectionRules.isListen = true }
        result.check = backend.check
        result.logsChecks = backend.logsHealthChecks
        result.isListen = backend.isListen
        result.isHTTP = backend.mode == .http
        result.isDisabled = backend.isDisabled
        if backend.isDisabled { result.resting = Self.resting(backend.servers) }
        result.logGroup = logGroup(LogWords(backend))
        result.logTag = logTag(backend.logTag)
        return result
    }

    private mutating func compile(
        _ server: ProxyConfig.Server,
        of backend: ProxyConfig.Backend
    ) -> ProxyEngine.Server? {
        func refuse(_ reason: String) {
            let name = "\(backend.name)/\(server.name)"
            unserved.append(.init(kind: .server, name: name, address: "\(server.address)", reason: reason))
        }
        if let reason = server.quarantine {
            refuse(reason)
            return nil
        }
        var result: ProxyEngine.Server
        do {
            result = try self.server(server, of: backend)
        } catch {
            refuse(error.reason)
            return nil
        }
        result.weight = UInt16(clamping: server.weight)
        result.isBackup = server.isBackup
        if let name = server.followedName, let section = server.resolvers {
            let source = ResolvedNames.shared.source(.init(section: section, name: name))
            result.followed = FollowedName(name: name, source: source.map { "\(section)/\($0)" } ?? section)
        }
        result.hostName = server.hostName
        result.cookie = server.cookie
        result.hasOwnNumber = server.id != nil
        result.isDisabled = server.isDisabled
        balance(&result, server, of: backend)
        do throws(Unservable) {
            try addChecks(server, to: &result)
        } catch {
            refuse(error.reason)
            return nil
        }
        return result
    }

    static func milliseconds(_ value: Int?) -> UInt32? { value.flatMap { $0 > 0 ? UInt32(clamping: $0) : nil } }
}
