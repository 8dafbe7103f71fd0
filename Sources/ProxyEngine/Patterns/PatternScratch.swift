internal import Patterns

/// Room of a thread for looking patterns up, so that nothing is allocated for a sample. It lives as long as the thread.
struct PatternScratch {
    /// States of a regular expression, each once, in the order they were reached.
    struct StateList {
        let states: UnsafeMutablePointer<UInt16>
        /// The turn in which each state was reached last.
        private let turns: UnsafeMutablePointer<UInt32>
        private(set) var count = 0
        private let turn: UnsafeMutablePointer<UInt32>

        fileprivate init() {
            states = .allocate(capacity: MatchPattern.mostStates)
            turns = .allocate(capacity: MatchPattern.mostStates)
            turns.initialize(repeating: 0, count: MatchPattern.mostStates)
            turn = .allocate(capacity: 1)
            turn.initialize(to: 0)
        }

        mutating func begin() {
            count = 0
            turn.pointee &+= 1
            // After four thousand million turns old marks would count again.
            if turn.pointee == 0 {
                turns.update(repeating: 0, count: MatchPattern.mostStates)
                turn.pointee = 1
            }
        }

        mutating func insert(_ state: Int) -> Bool {
            if turns[state] == turn.pointee { return false }
            turns[state] = turn.pointee
            states[count] = UInt16(truncatingIfNeeded: state)
            count += 1
            return true
        }

        fileprivate func free() {
            states.deallocate()
            turns.deallocate()
            turn.deallocate()
        }
    }

    let first = StateList()
    let second = StateList()
    let open: UnsafeMutablePointer<UInt16>
    let notes = PatternNotes()
    /// Where the last expression and its groups have matched, beginnings and ends in turns; -1: not at all.
    let places: UnsafeMutablePointer<Int32>
    /// For what a sample is turned into: as much as HAProxy's buffer holds.
    let text: UnsafeMutableRawBufferPointer

    init() {
        places = .allocate(capacity: PatternNotes.count)
        places.initialize(repeating: -1, count: PatternNotes.count)
        // Each state leads to two others at most.
        open = .allocate(capacity: 2 * MatchPattern.mostStates + 2)
        text = .allocate(byteCount: 16384, alignment: 16)
    }

    func free() {
        first.free()
        second.free()
        open.deallocate()
        notes.free()
        places.deallocate()
        text.deallocate()
    }
}
