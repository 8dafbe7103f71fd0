internal import HealthChecks
internal import Patterns

/// A regular expression laid out in memory: as a table where it has one of reasonable size, else as the states that its
/// parts are. Either way a text takes time by its length only.
struct PatternMachine {
    /// Rows of next states; nil: ``states`` are followed.
    private var next: UnsafePointer<UInt16>?
    private var classes: UnsafePointer<UInt8>?
    private var acceptsEnd: UnsafePointer<Bool>?
    private var classCount = 0
    private var states: UnsafePointer<Pattern.State>?
    private var stateCount = 0

    /// States of a table; a row of it takes two bytes for each class of bytes.
    private static let mostStates = 256

    init(_ pattern: Pattern, _ arena: inout Arena) {
        if let automaton = PatternAutomaton(pattern, mostStates: Self.mostStates) {
            next = arena.copy(automaton.next)
            classes = arena.copy(automaton.classes)
            acceptsEnd = arena.copy(automaton.acceptsEnd)
            classCount = automaton.classCount
        } else {
            let program = pattern.program
            (states, stateCount) = (arena.copy(program), program.count)
        }
    }

    /// Whether any part of the text matches.
    func matches(_ text: UnsafeRawBufferPointer, _ scratch: PatternScratch) -> Bool {
        guard let next, let classes, let acceptsEnd else { return follows(text, scratch) }
        var state = 0
        var place = 0
        while place < text.count {
            let byte = text[place]
            // As PCRE: also before a newline that ends the text.
            if byte == UInt8(ascii: "\n"), place == text.count - 1, acceptsEnd[state] { return true }
            let step = next[state * classCount + Int(classes[Int(byte)])]
            if step == PatternAutomaton.matched { return true }
            state = Int(step)
            place += 1
        }
        return acceptsEnd[state]
    }

    // MARK: - Without a table

    private func follows(_ text: UnsafeRawBufferPointer, _ scratch: PatternScratch) -> Bool {
        var (current, upcoming) = (scratch.first, scratch.second)
        current.begin()
        var place = 0
        while true {
            // A match may begin anywhere.
            if reach(0, place, text, &current, scratch) { return true }
            if place == text.count { return false }
            upcoming.begin()
            var index = 0
            while index < current.count {
                let state = Int(current.states[index])
                if accepts(state, text[place]), reach(state + 1, place + 1, text, &upcoming, scratch) { return true }
                index += 1
            }
            swap(&current, &upcoming)
            place += 1
        }
    }

    private func accepts(_ state: Int, _ byte: UInt8) -> Bool { states?[state].accepts(byte) ?? false }

    /// Adds a state and all that it reaches without a byte; true if the end of the expression is among them.
    private func reach(
        _ first: Int,
        _ place: Int,
        _ text: UnsafeRawBufferPointer,
        _ list: inout PatternScratch.StateList,
        _ scratch: PatternScratch
    ) -> Bool {
        guard let states else { return false }
        var open = 1
        scratch.open[0] = UInt16(truncatingIfNeeded: first)
        func push(_ state: Int) {
            scratch.open[open] = UInt16(truncatingIfNeeded: state)
            open += 1
        }
        while open > 0 {
            open -= 1
            let state = Int(scratch.open[open])
            guard list.insert(state) else { continue }
            switch states[state] {
            case .match: return true
            case .byte: break
            case .jump(let target): push(target)
            case .note: push(state + 1)
            case .split(let one, let other):
                push(other)
                push(one)
            case .start: if place == 0 { push(state + 1) }
            case .end:
                if place == text.count || place == text.count - 1 && text[place] == UInt8(ascii: "\n") {
                    push(state + 1)
                }
            case .wordBoundary(let negated):
                if Self.isBoundary(place, text) != negated { push(state + 1) }
            }
        }
        return false
    }

    static func isBoundary(_ place: Int, _ text: UnsafeRawBufferPointer) -> Bool {
        let before = place > 0 && isWord(text[place - 1])
        let after = place < text.count && isWord(text[place])
        return before != after
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension Pattern.State {
    func accepts(_ byte: UInt8) -> Bool {
        guard case .byte(let low, let high) = self else { return false }
        return byte < 128 ? low >> UInt128(byte) & 1 != 0 : high >> UInt128(byte - 128) & 1 != 0
    }
}
