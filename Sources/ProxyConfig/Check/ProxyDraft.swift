import Diagnostics
import HealthChecks

/// A proxy section while its lines are read; also what a `defaults` section leaves to those behind it.
///
/// A class, because its forty fields would be copied time and again; it never leaves the check.
final class ProxyDraft {
    var kind: SectionKind
    var name: String
    var position: SourcePosition
    // Both halves are filled by every section: a `defaults` section speaks to both, and a `listen` section is both. They are
    // read and changed field by field, by one thread: the run-time check of each access would be a tenth of the work.
    @exclusivity(unchecked) var frontend: Frontend
    @exclusivity(unchecked) var backend: Backend
    /// What `default-server` lines give every server.
    var serverTemplate: Server {
        get { template.server }
        set { template = ServerTemplate(newValue) }
    }
    /// Shared with the defaults until a line says more.
    private var template: ServerTemplate
    var conditions = ConditionParser()
    /// `log global`
    var usesGlobalLog = false
    var logTargets: [LogTarget] = []
    /// Where `option httplog` and options that need `mode http` stand.
    var httpLogPosition: SourcePosition?
    var httpOptions: [(name: String, position: SourcePosition)] = []
    /// The first line of each kind that has a meaning in `mode http` only.
    var httpLines: [(keyword: ProxyKeyword, position: SourcePosition)] = []
    var defaultBackendPosition: SourcePosition?
    var idPosition: SourcePosition?
    /// A `bind` is there, right or wrong.
    var hasBindLine = false
    /// The threads that binds name, and the addresses of these.
    /// The numbers that `id` gave to sockets.
    var bindIDs: [Int: (text: String, position: SourcePosition)] = [:]
    var bindThreads: [(threads: String, address: String, position: SourcePosition)] = []
    /// The option that says how servers are checked, with its words, and the lines of either kind of check.
    var checkOption = CheckDefinition.Kind.connect
    var checkArguments: [String] = []
    var tcpRules: [[String]] = []
    var httpRules: [[String]] = []
    /// The lines are this section's; those of its defaults are given up with the first of its own.
    var ownsTCPRules = false
    var ownsHTTPRules = false
    /// Lines that say what a `mode http` proxy serves by itself.
    var pageLines: [[String]] = []
    /// Some `stats` line is this section's.
    var ownsStatistics = false
    /// `http-check send-state`, `http-check disable-on-404`
    var sendsCheckState = false
    var stopsOn404 = false
    /// What a line of the check asks for that is not done.
    var checkNotFollowed: String?
    /// `external-check command`
    var hasExternalCommand = false
    /// The servers that `use-server` lines name.
    var usedServers: [(name: String, position: SourcePosition)] = []
    /// `proto` of `bind` lines.
    var bindProtocols: [(name: String, text: String, position: SourcePosition)] = []
    /// What lines refer to and hold that is judged at the end.
    var references: [ProxyReference] = []
    var formats: [NotedFormat] = []
    var errorFiles: [(name: String, position: SourcePosition)] = []
    var caches: [(name: String, position: SourcePosition)] = []
    var applications: [(name: String, position: SourcePosition)] = []
    /// `http-errors` sections that rules answer with.
    var answerFiles: [(name: String, position: SourcePosition)] = []
    /// Places for what is captured, and those that rules name.
    var captures = (request: 0, response: 0)
    var capturePlaces: [(number: Int, set: RuleSet, position: SourcePosition)] = []
    /// What is said of filters that actions need where none is there that could be meant.
    var neededFilters: [(problem: String, position: SourcePosition)] = []
    var hasForeignFilter = false
    /// Kinds of rules that the section has.
    var rulesSoFar = RuleOrder.Set()
    /// Why the lines so far cannot be served as they say.
    var quarantine: [String] = []

    /// A section that starts with what `defaults` says. Its ACLs are its own, and an `option` that needs `mode http` is no
    /// slip of this section.
    init(kind: SectionKind, name: String, position: SourcePosition, defaults: ProxyDraft?) {
        self.kind = kind
        self.name = name
        self.position = position
        guard let defaults else {
            frontend = Frontend(name: name, position: position)
            backend = Backend(name: name, position: position)
            template = ServerTemplate(
                Server(name: "default-server", address: .name("", ports: nil), position: position)
            )
            return
        }
        // A half that the section has not is left empty: to copy what defaults say of it would be for nothing.
        frontend = kind == .backend ? Frontend(name: name, position: position) : defaults.frontend
        frontend.name = name
        frontend.position = position
        frontend.mode = defaults.frontend.mode
        frontend.isDisabled = defaults.frontend.isDisabled
        backend = kind == .frontend ? Backend(name: name, position: position) : defaults.backend
        backend.name = name
        backend.position = position
        backend.mode = defaults.backend.mode
        backend.isDisabled = defaults.backend.isDisabled
        template = defaults.template
        usesGlobalLog = defaults.usesGlobalLog
        logTargets = defaults.logTargets
        httpLogPosition = defaults.httpLogPosition
        if kind != .backend { defaultBackendPosition = defaults.defaultBackendPosition }
        checkOption = defaults.checkOption
        checkArguments = defaults.checkArguments
        tcpRules = defaults.tcpRules
        httpRules = defaults.httpRules
        pageLines = defaults.pageLines
        sendsCheckState = defaults.sendsCheckState
        stopsOn404 = defaults.stopsOn404
        checkNotFollowed = defaults.checkNotFollowed
        hasExternalCommand = defaults.hasExternalCommand
        formats = defaults.formats
        quarantine = defaults.quarantine
    }

    /// True if lines refer to other parts of the configuration, or hold a log format.
    var refersToOthers: Bool { namesOthers || !formats.isEmpty }

    /// True if lines refer to other parts of the configuration, whatever log formats do.
    var namesOthers: Bool {
        !(references.isEmpty && caches.isEmpty && applications.isEmpty && neededFilters.isEmpty && errorFiles.isEmpty
            && answerFiles.isEmpty && capturePlaces.isEmpty)
    }

    /// Some server's health is another one's.
    var tracksServers: Bool { backend.servers.indices.contains { backend.servers[$0].track != nil } }

    /// Where a line of the section is, in the whole configuration.
    func place(of position: SourcePosition) -> SourcePosition {
        SourcePosition(line: self.position.line + position.line, column: position.column)
    }

    /// As HAProxy calls it in what it says at the end.
    var proxyKind: String { kind == .listen ? "proxy" : kind.rawValue }

    var hasFrontend: Bool { kind == .frontend || kind == .listen }
    var hasBackend: Bool { kind == .backend || kind == .listen }

    var mode: ProxyMode {
        get { frontend.mode }
        set {
            frontend.mode = newValue
            backend.mode = newValue
        }
    }
}

private final class ServerTemplate: Sendable {
    let server: Server

    init(_ server: Server) { self.server = server }
}
