import Diagnostics

/// What the check of one proxy section, or of one `defaults` section, found that holds wherever the section stands.
///
/// It is filled by the check that makes it and does not change any more when that is over.
final class CheckedSection: @unchecked Sendable {
    let kind: SectionKind
    let name: String
    /// The `defaults` that the section began with, and the name by which it asked for them.
    let base: ProxyDraft?
    let baseName: String?
    /// The global `unix-bind prefix` above it.
    var socketPrefix = ""
    /// The global `ssl-server-verify none` above it.
    var trustsServers = false

    /// The draft: of a `defaults` section, what it leaves to others; of a proxy, until it is kept.
    private(set) var draft: ProxyDraft?
    /// The whole file was read, and the draft is what the model has.
    var isFinished = false
    private let headerLine: Int
    /// What is kept of a draft: without what was needed only to make it.
    private var frontendHalf: Half<Frontend>?
    private var backendHalf: Half<Backend>?
    /// The numbers of its name, and of the backends that it sends connections to.
    var nameNumber = 0
    private(set) var wanted: [Int] = []
    private(set) var tables: [String] = []
    private(set) var mode = ProxyMode.tcp
    var tracksServers = false
    private var keptID: Int?
    /// The number that `id` gave to it.
    var id: Int? { draft == nil ? keptID : draft?.frontend.id }
    /// The `resolvers` sections that its servers name.
    var resolvers: Set<String> = []
    var revision: UInt64 = 0

    /// A warning, with its line counted from the header where it is one of this section.
    struct Report {
        var diagnostic: Diagnostic
        var isOwn: Bool
    }

    /// What was said while its lines were read, and when the whole file was.
    private(set) var reports: [Report] = []
    private(set) var lateReports: [Report] = []
    var isLate = false
    private(set) var ignored: [(what: String, position: SourcePosition)] = []

    /// What the surroundings said when they were asked.
    var answers: [Consultation.Answer] = []

    /// Something else than the section, its defaults and the names of other proxies has a say in what was found.
    var dependsOnOthers = false

    init(_ draft: ProxyDraft, base: ProxyDraft?, baseName: String?) {
        self.draft = draft
        self.base = base
        self.baseName = baseName
        kind = draft.kind
        name = draft.name
        headerLine = draft.position.line
    }

    var hasFrontend: Bool { kind == .frontend || kind == .listen }
    var hasBackend: Bool { kind == .backend || kind == .listen }
    var frontend: Frontend? { draft?.frontend ?? frontendHalf?.value }
    var backend: Backend? { draft?.backend ?? backendHalf?.value }

    /// The draft that waits for the end of the file.
    var unfinished: ProxyDraft? { isFinished ? nil : draft }

    /// A half of the model, apart from the other one: most sections have but one.
    private final class Half<Value: Sendable>: Sendable {
        let value: Value

        init(_ value: Value) { self.value = value }
    }

    /// Lets go of what the next check will not ask for.
    func settle(_ names: inout ProxyNames) {
        guard isFinished, let draft else { return }
        mode = draft.mode
        keptID = draft.frontend.id
        if let name = draft.frontend.defaultBackend { wanted.append(names.number(of: name)) }
        for rule in draft.frontend.useBackends where !UseBackend.isComputed(rule.backend) {
            wanted.append(names.number(of: rule.backend))
        }
        tables = hasBackend ? draft.backend.stickRules.map(\.table) : []
        if hasFrontend { frontendHalf = Half(draft.frontend) }
        if hasBackend { backendHalf = Half(draft.backend) }
        self.draft = nil
    }

    func note(_ diagnostic: Diagnostic) {
        var report = Report(diagnostic: diagnostic, isOwn: false)
        if let position = diagnostic.position, position.line >= headerLine {
            report.isOwn = true
            report.diagnostic.position = SourcePosition(line: position.line - headerLine, column: position.column)
        }
        if isLate { lateReports.append(report) } else { reports.append(report) }
    }

    func note(ignored what: String, _ position: SourcePosition) {
        guard !ignored.contains(where: { $0.what == what }) else { return }
        ignored.append((what, SourcePosition(line: position.line - headerLine, column: position.column)))
    }

    /// A `defaults` section that leaves positions to those behind it holds only where it stood.
    func isRight(at line: Int) -> Bool {
        guard kind == .defaults, line != headerLine, let draft else { return true }
        return draft.httpLogPosition == nil && draft.defaultBackendPosition == nil && draft.formats.isEmpty
    }
}
