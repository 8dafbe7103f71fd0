internal import CLinux
internal import Patterns

/// Patterns of one origin in memory: of a file, whoever names it, or of one line. What was read of the configuration can
/// be changed until it is read again.
final class PatternReference: @unchecked Sendable {
    // Only the thread that owns the engine touches it; whoever frees it last is the only one who has it.
    enum Content {
        case file(PatternFile)
        case words([String])
    }

    private(set) var content: Content
    /// In order, of all versions.
    private(set) var cells: [UnsafeMutablePointer<PatternCell>] = []
    private var dead: [UnsafeMutablePointer<PatternCell>] = []
    private(set) var expressions: [PatternExpression] = []
    /// `curr_ver` and `next_ver` of HAProxy.
    private(set) var version: UInt32 = 0
    private(set) var nextVersion: UInt32 = 0
    /// Commands have changed it.
    private(set) var isModified = false
    private unowned let book: PatternBook

    init(_ content: Content, _ book: PatternBook) {
        self.content = content
        self.book = book
        cells = made()
    }

    deinit { for cell in cells + dead { cell.free() } }

    /// Deleted entries that stay in tables until they are laid out anew.
    private static let mostDead = 64

    /// Its entries have values.
    var hasValues: Bool { if case .file(let file) = content { file.hasValues } else { false } }

    var path: String? { if case .file(let file) = content { file.path } else { nil } }

    private func made() -> [UnsafeMutablePointer<PatternCell>] {
        switch content {
        case .words(let words): words.map { make($0, nil, line: 0, version) }
        case .file(let file): file.entries.map { make($0.key, $0.value, line: $0.line ?? 0, version) }
        }
    }

    private func make(
        _ key: String,
        _ value: String?,
        line: Int,
        _ version: UInt32
    ) -> UnsafeMutablePointer<PatternCell> {
        let cell = PatternCell.make(Array(key.utf8), id: book.newID(), line: line, generation: version)
        if let value { cell.pointee.value = UnsafeMutableRawPointer(PatternValue.make(value)) }
        return cell
    }

    /// What readers see.
    private var current: [UnsafeMutablePointer<PatternCell>] {
        cells.filter { $0.pointee.generation == version && $0.pointee.isAlive != 0 }
    }

    /// The expression of a method, made if there is none like it.
    func expression(_ method: MatchMethod, ignoresCase: Bool, _ output: MapLookup.Output?) -> PatternExpression {
        if let known = expressions.first(where: {
            $0.method == method && $0.ignoresCase == ignoresCase && $0.output == output
        }) {
            return known
        }
        let expression = PatternExpression(method, ignoresCase: ignoresCase, output)
        book.retire(expression.replace(current))
        expressions.append(expression)
        return expression
    }

    /// Lets go of expressions that no plan has.
    func forgetUnused() { expressions.removeAll { $0.isUnused } }

    // MARK: - From the configuration

    /// Takes what the file says now, or what it said if commands have changed it.
    func reload(_ content: Content) {
        self.content = content
        let former = cells
        (version, nextVersion, isModified) = (0, 0, false)
        cells = made()
        layOut(withdrawing: former)
    }

    func reset() { if isModified { reload(content) } }

    /// Lays all expressions out anew; what they do not have any more is freed when no reader can have it.
    private func layOut(withdrawing others: [UnsafeMutablePointer<PatternCell>] = []) {
        let current = current
        for expression in expressions { book.retire(expression.replace(current)) }
        book.retire(dead + others)
        dead = []
    }

    private func modified() {
        isModified = true
        book.note(modified: self)
    }

    // MARK: - By commands

    /// Adds entries up to the first that is none.
    ///
    /// - Parameter version: nil: the current one.
    func add(_ entries: [PatternEntryText], version: UInt32?) throws(MatchPattern.Problem) {
        defer { modified() }
        let version = version ?? self.version
        var waiting: [UnsafeMutablePointer<PatternCell>] = []
        defer {
            cells += waiting
            if !waiting.isEmpty, version == self.version { layOut() }
        }
        for entry in entries {
            var patterns: [MatchPattern] = []
            for expression in expressions { patterns.append(try expression.pattern(entry.key, entry.value)) }
            let cell = make(entry.key, entry.value, line: 0, version)
            let isShown = version != self.version || waiting.isEmpty && append(cell, patterns)
            if isShown { cells.append(cell) } else { waiting.append(cell) }
        }
    }

    /// Adds an entry behind the others where there is room for it.
    private func append(_ cell: UnsafeMutablePointer<PatternCell>, _ patterns: [MatchPattern]) -> Bool {
        guard expressions.allSatisfy({ $0.memory.hasRoom }) else { return false }
        for (expression, pattern) in zip(expressions, patterns) { expression.memory.append(cell, pattern) }
        return true
    }

    /// Entries with a key, of all versions.
    func entries(_ key: String) -> [UnsafeMutablePointer<PatternCell>] {
        let bytes = Array(key.utf8)
        return cells.filter { $0.key.elementsEqual(bytes) }
    }

    func entry(_ id: UInt64) -> UnsafeMutablePointer<PatternCell>? { cells.first { $0.pointee.id == id } }

    func delete(_ gone: [UnsafeMutablePointer<PatternCell>]) {
        guard !gone.isEmpty else { return }
        for cell in gone { clinux_atomic_store(&cell.pointee.isAlive, 0) }
        cells.removeAll { $0.pointee.isAlive == 0 }
        dead += gone
        modified()
        if dead.count > Self.mostDead { layOut() }
    }

    /// - Throws: What HAProxy says to an add; nothing has changed then.
    func set(_ changed: [UnsafeMutablePointer<PatternCell>], _ value: String) throws(MatchPattern.Problem) {
        for expression in expressions {
            guard let output = expression.output, MapValue(value, output) == nil else { continue }
            throw MatchPattern.Problem(message: "unable to parse '\(value)'")
        }
        for cell in changed {
            let made = UnsafeMutableRawPointer(PatternValue.make(value))
            if let former = clinux_atomic_exchange_pointer(&cell.pointee.value, made) { book.retire(former) }
        }
        modified()
    }

    /// Forgets the entries of a version.
    func clear(_ version: UInt32) { delete(cells.filter { $0.pointee.generation == version }) }

    /// Begins a version, to be filled and committed.
    func prepare() -> UInt32 {
        nextVersion &+= 1
        modified()
        return nextVersion
    }

    /// Whether a version has been prepared and is not older than the current one.
    func canCommit(_ version: UInt32) -> Bool {
        version &- (self.version &+ 1) < nextVersion &- self.version
    }

    /// Makes a version the current one, and forgets those before it.
    func commit(_ version: UInt32) {
        self.version = version
        let older = cells.filter { Int32(bitPattern: $0.pointee.generation &- version) < 0 }
        cells.removeAll { Int32(bitPattern: $0.pointee.generation &- version) < 0 }
        modified()
        layOut(withdrawing: older)
    }
}
