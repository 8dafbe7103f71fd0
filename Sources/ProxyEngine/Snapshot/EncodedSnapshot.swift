public import Patterns

/// A snapshot as the master keeps it: in bytes, a piece for each frontend and backend. As values, thousands of services
/// take ten times as much memory; pieces that are the same are there once, and tell at once what has changed.
public struct EncodedSnapshot: Sendable {
    public let settings: EngineSettings
    public let frontends: [EncodedProxy]
    public let backends: [EncodedProxy]
    public let stickTables: [StickTable]
    let authorities: [String: String]
    let logGroups: [LogGroup]
    public let order: ProxyOrder
    let patternFiles: [PatternFile]
    let readings: UInt64

    public init(
        settings: EngineSettings,
        frontends: [EncodedProxy] = [],
        backends: [EncodedProxy] = [],
        stickTables: [StickTable] = [],
        authorities: [String: String] = [:],
        logGroups: [LogGroup] = [],
        order: ProxyOrder = ProxyOrder(),
        patternFiles: [PatternFile] = [],
        readings: UInt64 = 0
    ) {
        self.settings = settings
        self.frontends = frontends
        self.backends = backends
        self.stickTables = stickTables
        self.authorities = authorities
        self.logGroups = logGroups
        self.order = order
        self.patternFiles = patternFiles
        self.readings = readings
    }

    /// - Parameter former: Pieces that are the same are taken from it.
    public init(_ snapshot: ProxySnapshot, sharing former: EncodedSnapshot? = nil) {
        var frontends = EncodedPieces(former?.frontends ?? [], room: snapshot.frontends.count)
        for frontend in snapshot.frontends { frontends.append { $0.write(frontend) } }
        var backends = EncodedPieces(former?.backends ?? [], room: snapshot.backends.count)
        for backend in snapshot.backends { backends.append { $0.write(backend) } }
        self.init(
            settings: snapshot.settings,
            frontends: frontends.finished(),
            backends: backends.finished(),
            stickTables: snapshot.stickTables,
            authorities: snapshot.authorities,
            logGroups: snapshot.logGroups,
            order: snapshot.order,
            patternFiles: snapshot.patternFiles,
            readings: snapshot.readings
        )
    }

    /// The same with other settings, and with other proxies where they are given.
    public func with(
        _ settings: EngineSettings,
        frontends: [EncodedProxy]? = nil,
        backends: [EncodedProxy]? = nil,
        order: ProxyOrder? = nil
    ) -> EncodedSnapshot {
        EncodedSnapshot(
            settings: settings,
            frontends: frontends ?? self.frontends,
            backends: backends ?? self.backends,
            stickTables: stickTables,
            authorities: authorities,
            logGroups: logGroups,
            order: order ?? self.order,
            patternFiles: patternFiles,
            readings: readings
        )
    }

    /// The same with the log groups of `former` too: proxies that were taken over from it name them.
    public func withLogGroups(of former: EncodedSnapshot) -> EncodedSnapshot {
        let own = Set(logGroups)
        return EncodedSnapshot(
            settings: settings,
            frontends: frontends,
            backends: backends,
            stickTables: stickTables,
            authorities: authorities,
            logGroups: logGroups + former.logGroups.filter { !own.contains($0) },
            order: order,
            patternFiles: patternFiles,
            readings: readings
        )
    }

    /// The same with the files of patterns as `former` has them: nobody has read them again.
    public func withPatterns(of former: EncodedSnapshot) -> EncodedSnapshot {
        with(former.patternFiles, readings: former.readings)
    }

    /// The same as what was read after `former`.
    public func readAgain(after former: EncodedSnapshot) -> EncodedSnapshot {
        with(patternFiles, readings: former.readings + 1)
    }

    private func with(_ patternFiles: [PatternFile], readings: UInt64) -> EncodedSnapshot {
        EncodedSnapshot(
            settings: settings,
            frontends: frontends,
            backends: backends,
            stickTables: stickTables,
            authorities: authorities,
            logGroups: logGroups,
            order: order,
            patternFiles: patternFiles,
            readings: readings
        )
    }

    /// Every section that is served, as ``ProxyOrder/sections(_:_:names:)`` has them.
    public var sections: [ProxyOrder.Section] {
        func names(_ proxies: [EncodedProxy]) -> [String] { proxies.map { String(decoding: $0.name, as: UTF8.self) } }
        return order.sections(frontends.count, backends.count) { (names(frontends), names(backends)) }
    }

    /// The values again.
    ///
    /// - Throws: ``MalformedSnapshot`` never, for what was encoded here.
    public func decoded() throws(MalformedSnapshot) -> ProxySnapshot {
        try SnapshotEdit(encoded: edit(after: nil)).applied(to: ProxySnapshot())
    }

    /// The same with the pieces of `former` that say the same.
    public func sharing(with former: EncodedSnapshot) -> EncodedSnapshot {
        var (known, others) = (FormerPieces(former.frontends), FormerPieces(former.backends))
        return with(
            settings,
            frontends: frontends.map { known.piece(like: $0.bytes) ?? $0 },
            backends: backends.map { others.piece(like: $0.bytes) ?? $0 }
        )
    }

    /// The settings, and of the frontends names and listeners.
    public var outline: ProxySnapshot {
        ProxySnapshot(
            settings: settings,
            frontends: frontends.compactMap { try? $0.frontend() }.map {
                Frontend(name: $0.name, listeners: $0.listeners)
            }
        )
    }

    /// The same without listeners.
    public var silent: EncodedSnapshot {
        with(
            settings,
            frontends: frontends.compactMap { try? $0.frontend() }.map { frontend in
                var frontend = frontend
                frontend.listeners = []
                if frontend.state == .open { frontend.state = .paused }
                return EncodedProxy(frontend)
            }
        )
    }

    /// The frontends of `former` that are not here as they are there, and those of this that are not there.
    public func frontendsChanged(since former: EncodedSnapshot) -> (former: [Frontend], latter: [Frontend]) {
        var stays = [Bool](repeating: false, count: former.frontends.count)
        var latter: [EncodedProxy] = []
        for run in Run.runs(of: frontends, after: former.frontends) {
            switch run {
            case .kept(let places): for place in places { stays[place] = true }
            case .fresh(let proxies): latter += proxies
            }
        }
        let gone = former.frontends.indices.filter { !stays[$0] }.map { former.frontends[$0] }
        return (gone.compactMap { try? $0.frontend() }, latter.compactMap { try? $0.frontend() })
    }

    /// An encoded ``SnapshotEdit`` that makes this out of `former`; the whole if there is none.
    public func edit(after former: EncodedSnapshot?) -> [UInt8] {
        let former = former.flatMap { touchesWhatStays($0) ? nil : $0 }
        var writer = ByteWriter()
        writer.write(settings)
        writer.list(stickTables) { $0.write($1) }
        writer.texts(authorities)
        writer.list(logGroups) { $0.write($1) }
        let frontends = Run.runs(of: frontends, after: former?.frontends ?? [])
        let backends = Run.runs(of: backends, after: former?.backends ?? [])
        let size = (frontends + backends).reduce(0) { $0 + 16 + $1.size }
        writer.bytes.reserveCapacity(writer.bytes.count + size)
        writer.list(frontends) { $0.write($1) }
        writer.list(backends) { $0.write($1) }
        writer.write(order)
        let files = former?.patternFiles ?? []
        writer.list(patternFiles) { $0.write(files.contains($1) ? .kept($1.path) : .fresh($1)) }
        writer.number(readings)
        return writer.bytes
    }

    /// Something is different that proxies use which are the same.
    private func touchesWhatStays(_ former: EncodedSnapshot) -> Bool {
        if authorities.contains(where: { former.authorities[$0.key] ?? $0.value != $0.value }) { return true }
        if stickTables.isEmpty || stickTables == former.stickTables { return false }
        let before = Dictionary(former.stickTables.map { ($0.name, $0) }) { first, _ in first }
        return stickTables.contains { before[$0.name] ?? $0 != $0 }
    }

    /// Proxies that follow each other: places of the snapshot before, or bytes.
    enum Run {
        case kept(Range<Int>)
        case fresh(ArraySlice<EncodedProxy>)

        var size: Int {
            if case .fresh(let proxies) = self { return proxies.reduce(0) { $0 + $1.bytes.count } }
            return 0
        }

        static func runs(of proxies: [EncodedProxy], after former: [EncodedProxy]) -> [Run] {
            // Mostly all but a few are where they were, or all behind them are moved by as many places.
            let shorter = min(proxies.count, former.count)
            var head = 0
            while head < shorter, proxies[head].isIdentical(to: former[head]) { head += 1 }
            var tail = 0
            while tail < shorter - head,
                proxies[proxies.count - 1 - tail].isIdentical(to: former[former.count - 1 - tail])
            { tail += 1 }
            var result: [Run] = head > 0 ? [.kept(0..<head)] : []
            result += middle(proxies[head..<proxies.count - tail], former[head..<former.count - tail])
            if tail > 0 { result.append(.kept(former.count - tail..<former.count)) }
            return result
        }

        private static func middle(
            _ proxies: ArraySlice<EncodedProxy>,
            _ former: ArraySlice<EncodedProxy>
        ) -> [Run] {
            var places = Dictionary(former.indices.map { (former[$0].identity, $0) }) { first, _ in first }
            var result: [Run] = []
            for index in proxies.indices {
                switch (places.removeValue(forKey: proxies[index].identity), result.last) {
                case (let place?, .kept(let range)?) where range.upperBound == place:
                    result[result.count - 1] = .kept(range.lowerBound..<place + 1)
                case (let place?, _): result.append(.kept(place..<place + 1))
                case (nil, .fresh(let run)?): result[result.count - 1] = .fresh(proxies[run.startIndex...index])
                case (nil, _): result.append(.fresh(proxies[index...index]))
                }
            }
            return result
        }
    }
}
