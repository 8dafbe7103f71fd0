import Addresses
import Diagnostics

extension ConfigurationFile {
    /// Reads the file as HAProxy does, gathers every problem, and says what the file means.
    ///
    /// The model is nil exactly where `haproxy -c` refuses the file. What HAProxy understands and this proxy does not
    /// act upon is named in one warning; what would be served wrongly is quarantined in the model.
    public func checked(surroundings: Surroundings = Surroundings()) -> CheckResult {
        var checker = Checker(file: file, surroundings: surroundings)
        return checker.check(self)
    }
}

/// Walks a configuration line by line. Each extension reads one kind of section.
struct Checker {
    let file: String
    let surroundings: Surroundings
    /// The line that is read.
    var lexer: Lexer
    var line = Line.blank
    var number = 0
    /// Index of the keyword among the words: 1 behind `no` and `default`.
    var first = 0
    var negation: String?

    var model = ProxyModel()
    var diagnostics: [Diagnostic] = []
    var section: SectionKind?
    /// The proxy section that is read; nil outside one and in one whose header is wrong.
    var draft: ProxyDraft?
    /// The last `defaults` section, and those with a name.
    var defaults: ProxyDraft?
    var namedDefaults: [String: ProxyDraft] = [:]
    var drafts: [ProxyDraft] = []
    /// Where each name was given first, for either half.
    var frontendPlaces: [String: (kind: SectionKind, line: Int)] = [:]
    var backendPlaces: [String: (kind: SectionKind, line: Int)] = [:]
    var userlistIndex: Int?
    /// Where the first `program` section stands.
    var programPosition: SourcePosition?
    /// The members that `group` lines name.
    var memberships: [(list: Int, group: String, member: String, position: SourcePosition)] = []
    /// The global `external-check`
    var allowsExternalChecks = false
    /// What is passed over, with the line of its first mention.
    var ignored: [(what: String, position: SourcePosition)] = []
    var ignoredNames: Set<String> = []

    init(file: String, surroundings: Surroundings) {
        self.file = file
        self.surroundings = surroundings
        lexer = Lexer(environment: surroundings.variable)
    }

    mutating func check(_ document: ConfigurationFile) -> CheckResult {
        for line in document.preamble where read(line) { checkOutOfSection() }
        for section in document.sections {
            for line in section.leading where read(line) { checkStatement() }
            if read(section.header) { startSection() }
            for line in section.lines where read(line) { checkStatement() }
        }
        finishSection()
        if line.ending == .endOfFile, !line.raw.isEmpty {
            report(
                .error,
                at: SourcePosition(line: number, column: line.raw.utf8.count + 1),
                "Missing LF on last line, file might have been truncated at position \(line.raw.utf8.count + 1).",
                remedy: "end the file with a newline"
            )
        }
        finish()
        diagnostics = diagnostics.enumerated().sorted { a, b in
            let (x, y) = (a.element.position?.line ?? .max, b.element.position?.line ?? .max)
            return (x, a.offset) < (y, b.offset)
        }.map(\.element)
        let failed = diagnostics.contains { $0.severity == .error }
        return CheckResult(model: failed ? nil : model, diagnostics: diagnostics)
    }

    /// Splits the next line; true if there is something to check.
    private mutating func read(_ next: Line) -> Bool {
        line = next
        number += 1
        lexer.split(next.raw)
        first = 0
        negation = nil
        if let problem = lexer.problem {
            report(
                .error,
                at: SourcePosition(line: number, column: problem.offset + 1),
                "\(problem.message) at position \(problem.offset + 1)",
                remedy: problem.remedy
            )
            return false
        }
        guard let keyword = lexer.words.first else { return false }
        if lexer.words.count > 64 {
            error(at: 64, "too many words, truncating after word 64", remedy: "split the line")
            return false
        }
        if keyword.hasPrefix("."), checkDirective(keyword) { return false }
        if keyword == "no" || keyword == "default" {
            negation = keyword
            first = 1
        }
        return true
    }

    private mutating func checkOutOfSection() {
        error(
            at: 0,
            "unknown keyword '\(word(0))' out of section.",
            remedy: "start with a section such as global, defaults, frontend or backend"
        )
    }

    private mutating func checkStatement() {
        if negation != nil, !Self.invertible.contains(word(0)), section != .program {
            error(
                at: 0,
                "negation/default currently supported only for options, log, busy-polling, set-dumpable, strict-limits, "
                    + "insecure-fork-wanted and numa-cpu-mapping.",
                remedy: "remove the word '\(negation ?? "")'"
            )
            return
        }
        switch section {
        case .global: checkGlobal()
        case .defaults, .frontend, .backend, .listen: checkProxy()
        case .userlist: checkUserlist()
        case .some(let kind): checkKept(kind)
        case nil: break
        }
    }

    private static let invertible: Set<String> = [
        "option", "log", "busy-polling", "set-dumpable", "strict-limits", "insecure-fork-wanted", "numa-cpu-mapping",
    ]

    private mutating func startSection() {
        finishSection()
        section = SectionKind(rawValue: word(0))
        switch section {
        case .defaults, .frontend, .backend, .listen: startProxy()
        case .userlist: startUserlist()
        case .global, nil: break
        case .some(let kind):
            if kind == .program { programPosition = programPosition ?? position(0) }
            ignore("section '\(kind.rawValue)\(word(1).isEmpty ? "" : " " + word(1))'")
            if word(1).isEmpty, kind != .namespaceList {
                error(at: 0, "missing name for section '\(kind.rawValue)'", remedy: "give the section a name")
            }
        }
    }

    private mutating func finishSection() {
        if let draft { finishProxy(draft) }
        draft = nil
        userlistIndex = nil
    }

    private mutating func checkKept(_ kind: SectionKind) {
        let names = SectionKeywords.names(kind)
        guard !names.contains(word(0)) else { return }
        unknownKeyword(in: kind.rawValue, among: names)
    }

    /// `.notice` and its like. Conditional blocks are refused: reading both branches would serve the wrong one.
    private mutating func checkDirective(_ keyword: String) -> Bool {
        switch keyword {
        case ".notice", ".diag": report(.note, at: position(0), word(1), remedy: nil)
        case ".warning": report(.warning, at: position(0), word(1), remedy: nil)
        case ".alert": report(.error, at: position(0), word(1), remedy: "do what the file's author asks")
        case ".if", ".elif", ".else", ".endif":
            error(at: 0, "conditional blocks are not understood yet", remedy: "write the lines that are meant")
        default: return false
        }
        return true
    }
}
