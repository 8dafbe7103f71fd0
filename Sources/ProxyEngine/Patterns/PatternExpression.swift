internal import CLinux
internal import Patterns

/// The patterns of a reference as one method reads them, for all that look through them so. Readers have ``head``.
final class PatternExpression: @unchecked Sendable {
    // Only the thread that owns the engine touches it; readers touch what `PatternHead` says.
    let method: MatchMethod
    let ignoresCase: Bool
    /// Of a map.
    let output: MapLookup.Output?
    let head: UnsafeMutablePointer<PatternHead>
    private(set) var memory: PatternTableMemory

    init(_ method: MatchMethod, ignoresCase: Bool, _ output: MapLookup.Output?) {
        self.method = method
        self.ignoresCase = ignoresCase
        self.output = output
        memory = PatternTableMemory(method, ignoresCase: ignoresCase, [], [])
        head = .allocate(capacity: 1)
        head.initialize(to: PatternHead(table: UnsafeMutableRawPointer(memory.table)))
    }

    deinit { head.deallocate() }

    /// No plan has it any more.
    var isUnused: Bool { clinux_atomic_load(&head.pointee.users) == 0 }

    /// The pattern as this method reads it, in HAProxy's words if it is none.
    func pattern(_ key: String, _ value: String?) throws(MatchPattern.Problem) -> MatchPattern {
        if let value, let output, MapValue(value, output) == nil {
            throw MatchPattern.Problem(message: "unable to parse '\(value)'")
        }
        return try MatchPattern(key, method, ignoresCase: ignoresCase)
    }

    /// Lays these entries out anew and shows them to readers.
    ///
    /// - Returns: What readers may still have.
    func replace(_ cells: [UnsafeMutablePointer<PatternCell>]) -> PatternTableMemory {
        var fitting: [UnsafeMutablePointer<PatternCell>] = []
        var patterns: [MatchPattern] = []
        fitting.reserveCapacity(cells.count)
        patterns.reserveCapacity(cells.count)
        for cell in cells {
            // What was no pattern has been refused before.
            let key = cell.keyText
            guard
                let pattern = try? MatchPattern(key, method, ignoresCase: ignoresCase, takesShortAddresses: true)
            else { continue }
            fitting.append(cell)
            patterns.append(pattern)
        }
        let former = memory
        memory = PatternTableMemory(method, ignoresCase: ignoresCase, fitting, patterns)
        _ = clinux_atomic_exchange_pointer(&head.pointee.table, memory.table)
        return former
    }

    /// The entry that a text finds, and what readers would make of it.
    func find(_ text: [UInt8], _ scratch: PatternScratch) -> (isMatch: Bool, cell: UnsafeMutablePointer<PatternCell>?) {
        text.withUnsafeBytes { bytes in
            var place = head
            return withUnsafePointer(to: &place) { heads in
                let set = PatternSetEntry(method: method, heads: heads, headCount: 1)
                let sample = Sample.string(bytes)
                return (set.matches(sample, scratch), set.find(sample, scratch))
            }
        }
    }
}

/// That a part of a plan looks through an expression: what readers need stays as long as this.
final class PatternUse: @unchecked Sendable {
    // Counts are atomic; the rest does not change.
    let reference: PatternReference
    let expression: PatternExpression
    /// What the configuration says of it.
    let source: PatternSource
    let isMap: Bool

    init(_ reference: PatternReference, _ expression: PatternExpression, _ source: PatternSource, isMap: Bool) {
        self.reference = reference
        self.expression = expression
        self.source = source
        self.isMap = isMap
        _ = clinux_atomic_add(&expression.head.pointee.users, 1)
    }

    deinit { _ = clinux_atomic_subtract(&expression.head.pointee.users, 1) }
}

extension [PatternUse] {
    /// As their lines stand; those of one line as they are.
    var inOrder: [PatternUse] {
        enumerated().sorted { ($0.element.source.line, $0.offset) < ($1.element.source.line, $1.offset) }.map {
            $0.element
        }
    }
}
