internal import Addresses
internal import Patterns

/// The references of the newest plan, and what readers may still have of what was there before. Only the thread that
/// owns the engine touches it.
final class PatternBook {
    private var files: [String: PatternReference] = [:]
    /// To be read again with the next configuration.
    private var changed: [ObjectIdentifier: PatternReference] = [:]
    private var readings: UInt64 = 0
    private var lastID: UInt64 = 0x1000
    let scratch = PatternScratch()

    /// Freed when every thread has ended its turn.
    private var retiredTables: [PatternTableMemory] = []
    private var retiredCells: [UnsafeMutablePointer<PatternCell>] = []
    private var retiredValues: [UnsafeMutableRawPointer] = []

    deinit {
        free()
        scratch.free()
    }

    /// As HAProxy's look, which are addresses; ours say nothing of the memory.
    func newID() -> UInt64 {
        lastID += 0x50
        return lastID
    }

    // MARK: - References

    /// Takes the files of a configuration: those that are the same stay as they are, without what commands changed.
    ///
    /// - Throws: ``MalformedSnapshot`` for one that is kept and was not there; nothing has changed then.
    func take(_ edits: [PatternFileEdit], readings: UInt64 = 0) throws(MalformedSnapshot) {
        for case .kept(let path) in edits where files[path] == nil { throw MalformedSnapshot() }
        // Names that have other addresses are no reason to forget what commands changed.
        if readings != self.readings {
            for reference in changed.values { reference.reset() }
            changed = [:]
        }
        self.readings = readings
        var former = files
        files = [:]
        for edit in edits {
            switch edit {
            case .kept(let path): files[path] = former.removeValue(forKey: path)
            case .fresh(let file):
                guard let known = former.removeValue(forKey: file.path), known.hasValues == file.hasValues else {
                    files[file.path] = PatternReference(.file(file), self)
                    continue
                }
                known.forgetUnused()
                known.reload(.file(file))
                files[file.path] = known
            }
        }
    }

    func note(modified reference: PatternReference) { changed[ObjectIdentifier(reference)] = reference }

    /// Compiles what a condition compares with.
    func compile(_ test: PatternTest, _ arena: inout Arena, _ uses: inout [PatternUse]) -> PatternSetEntry {
        compile(test.method, test.sources, nil, &arena, &uses)
    }

    /// Compiles a converter.
    func compile(
        _ lookup: MapLookup,
        _ arena: inout Arena,
        _ uses: inout [PatternUse]
    ) -> UnsafePointer<MapEntry> {
        let set = compile(lookup.method, [lookup.source], lookup.output, &arena, &uses)
        var fallback: Sample?
        if let text = lookup.fallback {
            switch MapValue(text, lookup.output) {
            case .integer(let number): fallback = .integer(number)
            case .address(let address): fallback = .address(address.number, family: address.family == .v4 ? 4 : 6)
            case .string:
                let copy = arena.text(text)
                fallback = .string(UnsafeRawBufferPointer(start: copy.start, count: copy.count))
            case nil: break
            }
        }
        return arena.copy([MapEntry(patterns: set, output: lookup.output, fallback: fallback)])
    }

    private func compile(
        _ method: MatchMethod,
        _ sources: [PatternSource],
        _ output: MapLookup.Output?,
        _ arena: inout Arena,
        _ uses: inout [PatternUse]
    ) -> PatternSetEntry {
        var heads: [UnsafeMutablePointer<PatternHead>] = []
        for source in sources {
            let reference = reference(source)
            let expression = reference.expression(method, ignoresCase: source.ignoresCase, output)
            uses.append(PatternUse(reference, expression, source, isMap: output != nil))
            heads.append(expression.head)
        }
        return PatternSetEntry(method: method, heads: arena.copy(heads), headCount: heads.count)
    }

    private func reference(_ source: PatternSource) -> PatternReference {
        switch source.origin {
        case .words(let words): return PatternReference(.words(words), self)
        case .file(let path):
            if let known = files[path] { return known }
            // Every file that is named comes with the configuration.
            let reference = PatternReference(.file(PatternFile(path, hasValues: false, bytes: [])), self)
            files[path] = reference
            return reference
        }
    }

    // MARK: - What readers may still have

    func retire(_ memory: PatternTableMemory) { retiredTables.append(memory) }

    func retire(_ cells: [UnsafeMutablePointer<PatternCell>]) { retiredCells += cells }

    func retire(_ value: UnsafeMutableRawPointer) { retiredValues.append(value) }

    /// So much that it is worth waiting for all threads.
    var holdsMuch: Bool { retiredTables.count > 16 || retiredCells.count > 1024 || retiredValues.count > 1024 }

    /// Every thread has ended a turn since the last change.
    func free() {
        retiredTables = []
        for cell in retiredCells { cell.free() }
        retiredCells = []
        for value in retiredValues { value.deallocate() }
        retiredValues = []
    }
}
