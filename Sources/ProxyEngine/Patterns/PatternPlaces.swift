internal import HealthChecks
internal import Patterns

/// Finds where a regular expression and its groups match: of all that match, what PCRE prefers, in time by the length of the text
/// and of the expression only.
struct PatternPlaces {
    private let states: UnsafePointer<Pattern.State>
    private let isUsable: Bool
    /// How many of ``PatternNotes/count`` notes the expression makes.
    private let width: Int

    /// Steps that are enough for what anybody writes: a text of 16 kB and ten ways through it. A client chooses the text, and what is
    /// replaced wherever it matches may be looked for from each of its bytes to the end.
    static let mostSteps = 1 << 20

    /// - Parameter pattern: One that captures its groups; ``MatchPattern/mostStates`` at most.
    init(_ pattern: Pattern, _ arena: inout Arena) {
        let program = pattern.program
        states = arena.copy(program)
        isUsable = program.count <= MatchPattern.mostStates
        width = program.reduce(2) { most, state in
            if case .note(let number) = state { max(most, number + 1) } else { most }
        }
    }

    /// Puts where it matches into the scratch's ``PatternScratch/places``; false if it does not.
    ///
    /// - Parameters:
    ///   - isBeginning: `^` matches at the beginning of the text.
    ///   - steps: How many there may be still, ``mostSteps`` at first; below 0 where they were not enough.
    func find(
        _ text: UnsafeRawBufferPointer,
        isBeginning: Bool = true,
        _ scratch: PatternScratch,
        steps: inout Int
    ) -> Bool {
        guard isUsable else { return false }
        scratch.places.update(repeating: -1, count: PatternNotes.count)
        let notes = scratch.notes
        var (current, upcoming) = (scratch.first, scratch.second)
        var (here, there) = (notes.first, notes.second)
        var hasMatched = false
        var place = 0
        current.begin()
        while true {
            // A match may begin anywhere, but what began before is preferred.
            if !hasMatched {
                notes.clear()
                reach(0, place, text, isBeginning, &current, here, scratch, &steps)
            }
            if current.count == 0 { return hasMatched }
            if steps < 0 { return false }
            upcoming.begin()
            var index = 0
            threads: while index < current.count {
                defer { index += 1 }
                steps -= 1
                let state = Int(current.states[index])
                let noted = here + index * PatternNotes.count
                switch states[state] {
                case .match:
                    scratch.places.update(from: noted, count: width)
                    hasMatched = true
                    // What stands behind is less preferred.
                    break threads
                case .byte:
                    guard place < text.count, states[state].accepts(text[place]) else { continue }
                    notes.work.update(from: noted, count: width)
                    reach(state + 1, place + 1, text, isBeginning, &upcoming, there, scratch, &steps)
                default: continue
                }
            }
            if place == text.count { return hasMatched }
            swap(&current, &upcoming)
            swap(&here, &there)
            place += 1
        }
    }

    /// Adds a state and all that it reaches without a byte, the preferred first, with what is noted on the way.
    private func reach(
        _ first: Int,
        _ place: Int,
        _ text: UnsafeRawBufferPointer,
        _ isBeginning: Bool,
        _ list: inout PatternScratch.StateList,
        _ noted: UnsafeMutablePointer<Int32>,
        _ scratch: PatternScratch,
        _ steps: inout Int
    ) {
        let notes = scratch.notes
        var open = 1
        notes.open[0] = .state(first)
        func push(_ state: Int) {
            notes.open[open] = .state(state)
            open += 1
        }
        while open > 0 {
            open -= 1
            steps -= 1
            let state: Int
            switch notes.open[open] {
            case .state(let next): state = next
            case .forget(let number, let former):
                notes.work[number] = former
                continue
            }
            let index = list.count
            guard list.insert(state) else { continue }
            switch states[state] {
            case .match, .byte:
                (noted + index * PatternNotes.count).update(from: notes.work, count: width)
            case .jump(let target): push(target)
            case .note(let number):
                notes.open[open] = .forget(number, notes.work[number])
                open += 1
                notes.work[number] = Int32(truncatingIfNeeded: place)
                push(state + 1)
            case .split(let one, let other):
                push(other)
                push(one)
            case .start: if place == 0, isBeginning { push(state + 1) }
            case .end:
                if place == text.count || place == text.count - 1 && text[place] == UInt8(ascii: "\n") {
                    push(state + 1)
                }
            case .wordBoundary(let negated):
                if PatternMachine.isBoundary(place, text) != negated { push(state + 1) }
            }
        }
    }
}

/// A thread's room for ``PatternPlaces``.
struct PatternNotes {
    enum Step {
        case state(Int)
        /// What was noted counts for what has been reached since.
        case forget(Int, Int32)
    }

    /// Of one way through an expression; -1: nothing.
    static let count = 2 * Pattern.mostGroups
    let first: UnsafeMutablePointer<Int32>
    let second: UnsafeMutablePointer<Int32>
    let work: UnsafeMutablePointer<Int32>
    let open: UnsafeMutablePointer<Step>

    init() {
        first = .allocate(capacity: MatchPattern.mostStates * Self.count)
        second = .allocate(capacity: MatchPattern.mostStates * Self.count)
        work = .allocate(capacity: Self.count)
        work.initialize(repeating: -1, count: Self.count)
        // Each state leads to two others at most.
        open = .allocate(capacity: 2 * MatchPattern.mostStates + 2)
    }

    func clear() { work.update(repeating: -1, count: Self.count) }

    func free() {
        first.deallocate()
        second.deallocate()
        work.deallocate()
        open.deallocate()
    }
}

/// Puts what has matched into a text, as HAProxy does it: `\\0` to `\\9`, `\\x41`, and a backslash before anything else.
enum PatternReplacement {
    /// - Parameters:
    ///   - places: Where the expression and its groups match `text`.
    ///   - most: Bytes there is room for at `target`.
    /// - Returns: How many there are; nil if they are too many, or the text ends in the middle of something.
    static func write(
        _ replacement: UnsafeRawBufferPointer,
        _ text: UnsafeRawBufferPointer,
        _ places: UnsafePointer<Int32>,
        to target: UnsafeMutablePointer<UInt8>,
        most: Int
    ) -> Int? {
        var (count, index) = (0, 0)
        func value(_ digit: UInt8) -> UInt8 {
            // As HAProxy, which looks at nothing but this.
            let upper = digit >= UInt8(ascii: "a") && digit <= UInt8(ascii: "z") ? digit - 32 : digit
            let number = upper &- UInt8(ascii: "0")
            return number > 9 ? number &- 7 : number
        }
        while index < replacement.count {
            var byte = replacement[index]
            index += 1
            if byte == UInt8(ascii: "\\") {
                guard index < replacement.count else { return nil }
                byte = replacement[index]
                index += 1
                if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
                    let group = Int(byte - UInt8(ascii: "0"))
                    let (start, end) = (Int(places[2 * group]), Int(places[2 * group + 1]))
                    guard start >= 0, end >= start else { continue }
                    guard count + end - start < most else { return nil }
                    for place in start..<end { target[count + place - start] = text[place] }
                    count += end - start
                    continue
                }
                if byte == UInt8(ascii: "x") {
                    guard index + 1 < replacement.count else { return nil }
                    byte = value(replacement[index]) << 4 &+ value(replacement[index + 1])
                    index += 2
                }
            }
            guard count < most else { return nil }
            target[count] = byte
            count += 1
        }
        return count < most ? count : nil
    }
}
