/// Lays the tree of a regular expression out as states.
struct PatternCompiler {
    var nodes: [Pattern.Node] = []
    /// Where groups begin and end is noted.
    var capturesGroups = false

    mutating func add(_ tree: PatternTree) throws(Pattern.Problem) {
        if nodes.count > Pattern.most { throw Pattern.Problem(message: "regular expression is too large") }
        switch tree {
        case .empty: break
        case .byte(let set): nodes.append(.byte(set))
        case .assertion(let node): nodes.append(node)
        case .sequence(let items): for item in items { try add(item) }
        case .either(let list): try addEither(list[...])
        case .repeated(let item, let least, let most, let isLazy): try addRepeated(item, least, most, isLazy)
        case .group(let number, let item):
            let isTold = capturesGroups && number < Pattern.mostGroups
            if isTold { nodes.append(.note(2 * number)) }
            try add(item)
            if isTold { nodes.append(.note(2 * number + 1)) }
        }
    }

    private mutating func addEither(_ list: ArraySlice<PatternTree>) throws(Pattern.Problem) {
        guard let first = list.first else { return }
        if list.count == 1 {
            try add(first)
            return
        }
        let split = nodes.count
        nodes.append(.match)
        try add(first)
        let jump = nodes.count
        nodes.append(.match)
        nodes[split] = .split(split + 1, nodes.count)
        try addEither(list.dropFirst())
        nodes[jump] = .jump(nodes.count)
    }

    /// What is preferred comes first.
    private mutating func split(_ place: Int, _ isLazy: Bool) {
        nodes[place] = isLazy ? .split(nodes.count, place + 1) : .split(place + 1, nodes.count)
    }

    private mutating func addRepeated(
        _ item: PatternTree,
        _ least: Int,
        _ most: Int?,
        _ isLazy: Bool
    ) throws(Pattern.Problem) {
        if least > 1000 || (most ?? 0) > 1000 {
            throw Pattern.Problem(message: "regular expression is too large")
        }
        for _ in 0..<least { try add(item) }
        guard let most else {
            let split = nodes.count
            nodes.append(.match)
            try add(item)
            nodes.append(.jump(split))
            self.split(split, isLazy)
            return
        }
        var splits: [Int] = []
        for _ in 0..<max(0, most - least) {
            splits.append(nodes.count)
            nodes.append(.match)
            try add(item)
        }
        for split in splits { self.split(split, isLazy) }
    }
}
