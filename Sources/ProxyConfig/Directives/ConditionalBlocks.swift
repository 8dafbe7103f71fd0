/// Which lines the `.if`, `.elif`, `.else` and `.endif` directives of one file leave standing.
struct ConditionalBlocks {
    private enum State {
        /// The lines of this branch count.
        case taken
        /// They do not, and a later branch may.
        case pending
        /// They do not, nor do those of any later branch.
        case done
    }

    private struct Block {
        var state: State
        var hasElse = false
    }

    private var blocks: [Block] = []

    /// True where lines do not count.
    var isSkipping: Bool { blocks.last.map { $0.state != .taken } ?? false }

    /// True while a block is not ended.
    var isOpen: Bool { !blocks.isEmpty }

    /// True if the expression of the next `.elif` has a say.
    var asksElif: Bool { blocks.last?.state == .pending }

    /// `.if`, the value of which is asked for only where lines count.
    mutating func begin(_ isTrue: Bool) {
        blocks.append(Block(state: isSkipping ? .done : isTrue ? .taken : .pending))
    }

    /// `.elif` and `.else`; the problem in HAProxy's words, if there is one.
    mutating func turn(_ directive: String, _ isTrue: Bool) -> String? {
        guard let block = blocks.last else { return "lone '\(directive)' with no matching '.if'." }
        if block.hasElse { return "'\(directive)' after '.else' is not permitted." }
        if directive == ".else" { blocks[blocks.count - 1].hasElse = true }
        switch block.state {
        case .taken: blocks[blocks.count - 1].state = .done
        case .pending: if isTrue { blocks[blocks.count - 1].state = .taken }
        case .done: break
        }
        return nil
    }

    /// `.endif`
    mutating func end() -> String? {
        blocks.popLast() == nil ? "lone '.endif' with no matching '.if'." : nil
    }
}
