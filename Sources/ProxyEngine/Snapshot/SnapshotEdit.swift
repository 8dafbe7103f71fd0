internal import Patterns

/// A snapshot by what differs from the one before: the proxies that stay by their places there, the others as they are.
///
/// Of thousands of services one changes at a time; whoever takes an edit over touches that one.
public struct SnapshotEdit: Hashable, Sendable {
    /// Frontends or backends that follow each other.
    public enum Run<Proxy: Hashable & Sendable>: Hashable, Sendable {
        /// Those at these places of the snapshot before.
        case kept(Range<Int>)
        case fresh([Proxy])
    }

    public var settings: EngineSettings
    public var frontends: [Run<Frontend>]
    public var backends: [Run<Backend>]
    /// All of them. A table that proxies which stay use is as it was.
    public var stickTables: [StickTable]
    /// All of them, with the texts that servers which stay know already.
    public var authorities: [String: String]
    /// Those that proxies name which are new, and maybe others.
    public var logGroups: [LogGroup]
    /// Of all sections.
    public var order = ProxyOrder()
    /// All of them.
    public var patternFiles: [PatternFileEdit] = []
    /// See ``ProxySnapshot/readings``.
    public var readings: UInt64 = 0

    public init(
        settings: EngineSettings,
        frontends: [Run<Frontend>],
        backends: [Run<Backend>],
        stickTables: [StickTable] = [],
        authorities: [String: String] = [:],
        logGroups: [LogGroup] = []
    ) {
        self.settings = settings
        self.frontends = frontends
        self.backends = backends
        self.stickTables = stickTables
        self.authorities = authorities
        self.logGroups = logGroups
    }

    /// The snapshot whatever was before.
    public init(whole snapshot: ProxySnapshot) {
        self.init(
            settings: snapshot.settings,
            frontends: [.fresh(snapshot.frontends)],
            backends: [.fresh(snapshot.backends)],
            stickTables: snapshot.stickTables,
            authorities: snapshot.authorities,
            logGroups: snapshot.logGroups
        )
        order = snapshot.order
        patternFiles = snapshot.patternFiles.map { .fresh($0) }
        readings = snapshot.readings
    }

    /// The snapshot that comes after `former`.
    ///
    /// - Throws: ``MalformedSnapshot`` if places are named that are not there.
    public func applied(to former: ProxySnapshot) throws(MalformedSnapshot) -> ProxySnapshot {
        var result = ProxySnapshot(
            settings: settings,
            frontends: try Self.applied(frontends, former.frontends),
            backends: try Self.applied(backends, former.backends)
        )
        result.stickTables = stickTables
        result.authorities = authorities
        result.logGroups = logGroups
        result.order = order
        result.readings = readings
        for edit in patternFiles {
            switch edit {
            case .kept(let path):
                guard let file = former.patternFiles.first(where: { $0.path == path }) else {
                    throw MalformedSnapshot()
                }
                result.patternFiles.append(file)
            case .fresh(let file): result.patternFiles.append(file)
            }
        }
        return result
    }

    private static func applied<Proxy>(
        _ runs: [Run<Proxy>],
        _ former: [Proxy]
    ) throws(MalformedSnapshot) -> [Proxy] {
        var result: [Proxy] = []
        for run in runs {
            switch run {
            case .kept(let places):
                guard places.lowerBound >= 0, places.upperBound <= former.count else { throw MalformedSnapshot() }
                result += former[places]
            case .fresh(let proxies): result += proxies
            }
        }
        return result
    }
}
