import Addresses
import Diagnostics

extension ConfigurationFile {
    /// Reads the file as HAProxy does, gathers every problem, and says what the file means.
    ///
    /// The model is nil exactly where `haproxy -c` refuses the file. What HAProxy understands and this proxy does not
    /// act upon is named in one warning; what would be served wrongly is quarantined in the model.
    public func checked(surroundings: Surroundings = Surroundings()) -> CheckResult {
        Self.check([self], surroundings: surroundings)
    }

    /// Reads several files as one configuration, as HAProxy reads those of several `-f` options: names are shared, but a
    /// section and a conditional block end with their file. Lines in the model's positions are counted over all files.
    public static func check(_ files: [ConfigurationFile], surroundings: Surroundings = Surroundings()) -> CheckResult {
        var checker = Checker(surroundings: surroundings)
        return checker.check(files)
    }
}

/// Walks a configuration line by line. Each extension reads one kind of section.
struct Checker {
    private(set) var surroundings: Surroundings
    /// The files that were begun, and the number of lines above each.
    private(set) var sources: [(name: String, linesAbove: Int)] = []
    /// The line that is read.
    var lexer: Lexer
    var line = Line.blank
    /// Its number, counted over all files.
    var number = 0
    var blocks = ConditionalBlocks()
    /// Index of the keyword among the words: 1 behind `no` and `default`.
    var first = 0
    var negation: String?

    var model = ProxyModel()
    var diagnostics: [Diagnostic] = []
    var section: SectionKind?
    /// Rings that `log` lines name; of no proxy in the global section.
    var ringReferences: [(ring: String, proxy: String?, position: SourcePosition)] = []
    /// The proxy section that is read; nil outside one and in one whose header is wrong.
    var draft: ProxyDraft?
    /// The last `defaults` section, and those with a name.
    var defaults: ProxyDraft?
    var namedDefaults: [String: ProxyDraft] = [:]
    /// The names that two of them have, with the line of the first.
    var ambiguousDefaults: [String: Int] = [:]
    /// The proxies, in order, and the line of each header.
    var proxies: [(section: CheckedSection, line: Int)] = []
    /// What an earlier check found of sections that are the same now.
    var former: FormerCheck?
    /// What this one finds, for a later one.
    var found = FormerCheck()
    /// The section whose check is under way, while it could be kept.
    var recorded: CheckedSection?
    private(set) var consultation: Consultation
    var hasReused = false
    /// A section that was taken over is wrong beside the others.
    var mustCheckAll = false
    /// A `server` line has `track`.
    var tracksServers = false
    /// No two checks count from the same number, so that revisions of different checks differ.
    private var nextRevision = UInt64.random(in: 0...UInt64.max)
    /// So many proxies in a row are worth a second thread.
    var leastAhead = 1024
    var names = ProxyNames()
    /// Where each name was given first, for either half.
    var frontendPlaces = ProxyPlaces()
    var backendPlaces = ProxyPlaces()
    var userlistIndex: Int?
    /// Where each stick table was declared first.
    var stickTables: [String: SourcePosition] = [:]
    /// The `peers` sections so far.
    var peersNames: Set<String> = []
    /// The names of the sections that are kept and not acted upon.
    var kept = KnownParts()
    /// Where each of them was given first.
    var keptPlaces: [String: Int] = [:]
    /// A `log-forward` section is there, whose name is no proxy's.
    var hasLogForwards = false
    /// Of the `peers` section that is read: where it listens, and whether a line `peer` is there.
    var peersBindLine: Int?
    var peersHavePeer = false
    /// The global `ca-base`
    var authorityBase = ""
    /// A line that the section cannot be without, and that has not been there yet.
    var missingLine: (keyword: String, message: String, position: SourcePosition)?
    /// The members that `group` lines name.
    var memberships: [(list: Int, group: String, member: String, position: SourcePosition)] = []
    /// The global `external-check`
    var allowsExternalChecks = false
    /// The keywords of the global section that count once.
    var singleGlobals: Set<String> = []
    /// The line that is read does nothing in its section, which has been said.
    var isInVain = false
    /// What is passed over, with the line of its first mention.
    var ignored: [(what: String, position: SourcePosition)] = []
    var ignoredNames: Set<String> = []

    init(surroundings: Surroundings) {
        consultation = Consultation(surroundings)
        let surroundings = consultation.noting
        self.surroundings = surroundings
        lexer = Lexer(variables: Variables(surroundings.variable))
    }

    mutating func check(_ documents: [ConfigurationFile]) -> CheckResult {
        let count = documents.reduce(0) { $0 + $1.sections.count }
        proxies.reserveCapacity(count)
        if former == nil { names.reserveCapacity(count) }
        frontendPlaces.reserveCapacity(count)
        backendPlaces.reserveCapacity(count)
        for document in documents { read(document) }
        // What is said from here on is not about the line that was read last.
        number = 0
        finish()
        found.finish(model.global, allowsExternalChecks: allowsExternalChecks)
        model.global.environment = lexer.variables.changes
        diagnostics = diagnostics.enumerated().sorted { a, b in
            let (x, y) = (a.element.position?.line ?? .max, b.element.position?.line ?? .max)
            return (x, a.offset) < (y, b.offset)
        }.map { placed($0.element) }
        let failed = diagnostics.contains { $0.severity == .error }
        return CheckResult(failed ? nil : ModelParts(rest: model, proxies: proxies), diagnostics)
    }

    /// The file that a line is in, and its number there.
    func place(_ line: Int) -> (file: String, line: Int) {
        guard let source = sources.last(where: { $0.linesAbove < line }) else { return ("", line) }
        return (source.name, line - source.linesAbove)
    }

    /// `file:line`, as HAProxy writes it.
    func source(_ line: Int) -> String {
        recorded?.dependsOnOthers = true
        let place = place(line)
        return "\(place.file):\(place.line)"
    }

    private func placed(_ diagnostic: Diagnostic) -> Diagnostic {
        guard let position = diagnostic.position else { return diagnostic }
        var result = diagnostic
        let place = place(position.line)
        result.file = place.file
        result.position = SourcePosition(line: place.line, column: position.column)
        return result
    }

    private mutating func read(_ document: ConfigurationFile) {
        sources.append((document.file, number))
        lexer.variables.file = document.file
        lexer.variables.line = 0
        lexer.variables.section = ""
        section = nil
        for line in document.preamble where read(line) { checkOutOfSection() }
        let sections = document.sections
        found.begin(document)
        former?.begin(document)
        let proxies = former == nil ? document.proxiesAtEnd : 0..<0
        var ahead: CheckAhead?
        for index in sections.indices {
            // The first of them has ended the `defaults` that they begin with.
            if index == proxies.lowerBound + 1 { ahead = CheckAhead(self, sections, proxies) }
            for line in sections[index].leading where read(line) {
                recorded?.dependsOnOthers = true
                checkStatement()
            }
            if let known = former?.take(sections[index]) ?? ahead?.take(index, &names) {
                let next = index + 1 < sections.count ? sections[index + 1] : nil
                if reuse(known, sections[index], before: next) { continue }
            }
            found.add(readLines(of: sections[index]))
        }
        finishSection()
        section = nil
        if blocks.isOpen {
            report(
                .error,
                at: SourcePosition(line: number, column: 1),
                "non-terminated '.if' block.",
                remedy: "write .endif below the lines that the block is for"
            )
            blocks = ConditionalBlocks()
        }
        if number > sources[sources.count - 1].linesAbove, line.ending == .endOfFile, line.length > 0 {
            let column = line.length + 1
            report(
                .error,
                at: SourcePosition(line: number, column: column),
                "Missing LF on last line, file might have been truncated at position \(column).",
                remedy: "end the file with a newline"
            )
        }
    }

    /// Reads the header and what is below it; nil for a section that must be checked again next time.
    private mutating func readLines(of section: Section) -> CheckedSection? {
        noteQuestions()
        var result: CheckedSection?
        if read(section.header) {
            startSection()
            result = recorded
        } else {
            // Its lines go to the section before it.
            recorded?.dependsOnOthers = true
        }
        for line in section.lines where read(line) { checkStatement() }
        return result
    }

    /// A checker that goes on from `lines` lines further down with sections of its own, for another thread.
    func continued(after lines: Int) -> Checker {
        var other = self
        other.consultation = consultation.another
        other.surroundings = other.consultation.noting
        other.lexer.variables = lexer.variables.asking(other.surroundings.variable)
        other.number += lines
        other.lexer.variables.line += lines
        // The section that is read is this one's.
        other.draft = nil
        other.recorded = nil
        other.diagnostics = []
        return other
    }

    /// What is found of these sections; nothing if anything is wrong with them.
    mutating func found(of sections: ArraySlice<Section>) -> [CheckedSection?] {
        var result: [CheckedSection?] = []
        result.reserveCapacity(sections.count)
        for section in sections {
            for line in section.leading where read(line) {
                recorded?.dependsOnOthers = true
                checkStatement()
            }
            result.append(readLines(of: section))
        }
        finishSection()
        return diagnostics.contains { $0.severity == .error } ? [] : result
    }

    /// Splits the next line; true if there is something to check.
    private mutating func read(_ next: Line) -> Bool {
        line = next
        number += 1
        lexer.variables.line += 1
        lexer.split(next)
        first = 0
        negation = nil
        if let problem = lexer.problem {
            report(
                .error,
                at: SourcePosition(line: number, column: problem.offset + 1),
                "\(problem.message) at position \(problem.offset + 1):",
                remedy: problem.remedy
            )
            return false
        }
        guard let keyword = lexer.words.first else { return false }
        if lexer.words.count > 64 {
            error(
                at: 64,
                "too many words, truncating after word 64, position \(lexer.spans[64].lowerBound + 1): "
                    + "<\(lexer.words[64])>.",
                remedy: "split the line"
            )
            return false
        }
        if keyword.utf8.first == UInt8(ascii: ".") {
            recorded?.dependsOnOthers = true
            checkDirective(keyword)
            return false
        }
        if blocks.isSkipping { return false }
        if keyword == "no" || keyword == "default" {
            negation = keyword
            first = 1
        }
        return true
    }

    /// Notes whether the lines so far asked for what may be another thing the next time.
    mutating func noteQuestions() {
        if consultation.wasAskedMore || lexer.hasExpanded { recorded?.dependsOnOthers = true }
        if !consultation.answers.isEmpty {
            recorded?.answers += consultation.answers
            consultation.answers = []
        }
        consultation.wasAskedMore = false
        lexer.hasExpanded = false
    }

    mutating func newRevision() -> UInt64 {
        nextRevision &+= 1
        return nextRevision
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
        case .program: checkProgram()
        case .resolvers:
            checkKept(.resolvers)
            takeResolvers()
        case .ring:
            checkKept(.ring)
            takeRing()
        case .peers:
            checkKept(.peers)
            takePeers()
        case .some(let kind): checkKept(kind)
        // Behind a header that a conditional block took away.
        case nil: checkOutOfSection()
        }
    }

    private static let invertible: Set<String> = [
        "option", "log", "busy-polling", "set-dumpable", "strict-limits", "insecure-fork-wanted", "numa-cpu-mapping",
    ]

    private mutating func startSection() {
        finishSection()
        section = SectionKind(rawValue: word(0))
        lexer.variables.section = word(1).isEmpty ? word(0) : word(1)
        switch section {
        case .defaults, .frontend, .backend, .listen: startProxy()
        case .userlist: startUserlist()
        case .program: startProgram()
        case .global: refuseExtra(after: 0)
        case nil: break
        case .some(let kind):
            if kind == .peers { peersNames.insert(word(1)) }
            startKept(kind)
            switch kind {
            case .resolvers: model.resolvers.append(Resolvers(name: word(1)))
            case .peers: model.peers.append(Peers(name: word(1), position: position(0)))
            case .ring: model.rings.append(Ring(name: word(1), position: position(0)))
            case .httpErrors: break
            default: ignore("section '\(kind.rawValue)\(word(1).isEmpty ? "" : " " + word(1))'")
            }
            if word(1).isEmpty, kind != .namespaceList {
                error(at: 0, "missing name for section '\(kind.rawValue)'", remedy: "give the section a name")
            }
        }
    }

    mutating func finishSection() {
        if let draft { finishProxy(draft) }
        draft = nil
        recorded = nil
        if let missing = missingLine {
            report(.error, at: missing.position, missing.message, remedy: "write a line '\(missing.keyword)'")
        }
        missingLine = nil
        userlistIndex = nil
    }

    private mutating func checkKept(_ kind: SectionKind) {
        let names = SectionKeywords.names(kind)
        guard !names.contains(word(0)) else {
            if kind == .peers, word(0) == "table" { checkPeersTable() }
            if kind == .logForward, word(0).hasSuffix("bind") { model.forwardsLogs = true }
            if word(0) == missingLine?.keyword { missingLine = nil }
            noteErrorFile()
            if let problem = keptProblem(kind) {
                error(at: 1, problem, remedy: "see the manual for the section '\(kind.rawValue)'")
            }
            return
        }
        unknownKeyword(in: kind.rawValue, among: names)
    }
}
