/// A regular expression as a table: one step for each byte of a text. Not every expression has one of reasonable size.
public struct PatternAutomaton: Sendable {
    /// Of each byte, its column: bytes of one class lead to the same states.
    public private(set) var classes = [UInt8](repeating: 0, count: 256)
    public private(set) var classCount = 1
    /// A row for each state, the first of them for the beginning.
    public private(set) var next: [UInt16] = []
    /// States in which a text may end.
    public private(set) var acceptsEnd: [Bool] = []

    /// The state in which the expression has matched, whatever follows.
    public static let matched = UInt16.max

    private let nodes: [Pattern.Node]
    private var places: [[Int]: UInt16] = [:]
    private var sets: [[Int]] = []

    /// - Returns: nil if it needs more states, or looks at what is around a place.
    public init?(_ pattern: Pattern, mostStates: Int) {
        nodes = pattern.nodes
        for node in nodes { if case .wordBoundary = node { return nil } }
        guard divideBytes() else { return nil }
        guard let first = closure(of: [0], atStart: true) else {
            (next, acceptsEnd) = ([UInt16](repeating: Self.matched, count: classCount), [true])
            return
        }
        // The beginning is a state of its own: another one with the same nodes is not at the beginning.
        sets = [first]
        var state = 0
        while state < sets.count {
            guard sets.count <= mostStates, add(state) else { return nil }
            state += 1
        }
        places = [:]
        sets = []
    }

    /// Adds the row of a state; false if its end is more than an end.
    private mutating func add(_ state: Int) -> Bool {
        let nodes = sets[state]
        guard let accepts = endAccepts(nodes, atStart: state == 0) else { return false }
        acceptsEnd.append(accepts)
        for column in 0..<classCount {
            guard let byte = classes.firstIndex(of: UInt8(column)) else { return false }
            var reached = [0]
            for node in nodes {
                if case .byte(let set) = self.nodes[node], set.contains(UInt8(byte)) { reached.append(node + 1) }
            }
            guard let set = closure(of: reached, atStart: false) else {
                next.append(Self.matched)
                continue
            }
            if let known = places[set] {
                next.append(known)
            } else {
                let place = UInt16(truncatingIfNeeded: sets.count)
                places[set] = place
                sets.append(set)
                next.append(place)
            }
        }
        return true
    }

    /// All nodes that are reached without a byte; nil if the expression has matched.
    private func closure(of first: [Int], atStart: Bool, atEnd: Bool = false) -> [Int]? {
        var open = first
        var seen: Set<Int> = []
        while let node = open.popLast() {
            guard seen.insert(node).inserted else { continue }
            switch nodes[node] {
            case .match: return nil
            case .byte, .wordBoundary: continue
            case .jump(let target): open.append(target)
            case .note: open.append(node + 1)
            case .split(let one, let other): open += [one, other]
            case .start: if atStart { open.append(node + 1) }
            case .end: if atEnd { open.append(node + 1) }
            }
        }
        // What only leads on says nothing.
        return seen.filter {
            switch nodes[$0] {
            case .byte, .end: true
            default: false
            }
        }.sorted()
    }

    /// Whether a text may end here; nil if the expression goes on behind the end, which a last newline may be.
    private func endAccepts(_ state: [Int], atStart: Bool) -> Bool? {
        let ends = state.filter { if case .end = nodes[$0] { true } else { false } }
        if ends.isEmpty { return false }
        guard let behind = closure(of: ends, atStart: atStart, atEnd: true) else { return true }
        let goesOn = behind.contains { if case .byte = nodes[$0] { true } else { false } }
        return goesOn ? nil : false
    }

    /// Puts bytes that no part of the expression tells apart into one class.
    private mutating func divideBytes() -> Bool {
        for node in nodes {
            guard case .byte(let set) = node else { continue }
            var numbers: [Int: UInt8] = [:]
            var count = 0
            for byte in 0..<256 {
                let key = Int(classes[byte]) * 2 + (set.contains(UInt8(byte)) ? 1 : 0)
                if let known = numbers[key] {
                    classes[byte] = known
                } else {
                    if count == 256 { return false }
                    numbers[key] = UInt8(count)
                    classes[byte] = UInt8(count)
                    count += 1
                }
            }
            classCount = count
        }
        return true
    }
}

extension PatternAutomaton {
    /// Whether any part of `bytes` matches, as ``Pattern/matches(_:)`` says.
    public func matches(_ bytes: [UInt8]) -> Bool {
        var state = 0
        for (place, byte) in bytes.enumerated() {
            if acceptsEnd[state], place == bytes.count - 1, byte == UInt8(ascii: "\n") { return true }
            let step = next[state * classCount + Int(classes[Int(byte)])]
            if step == Self.matched { return true }
            state = Int(step)
        }
        return acceptsEnd[state]
    }
}

extension Pattern {
    /// A state of the expression for those who run it in memory of their own.
    public enum State: Sendable {
        case byte(low: UInt128, high: UInt128)
        case start
        case end
        case wordBoundary(negated: Bool)
        case split(Int, Int)
        case jump(Int)
        /// The place in the text is noted under this number.
        case note(Int)
        case match
    }

    /// In order; the first is the beginning.
    public var program: [State] {
        nodes.map { node in
            switch node {
            case .byte(let set): .byte(low: set.low, high: set.high)
            case .start: .start
            case .end: .end
            case .wordBoundary(let negated): .wordBoundary(negated: negated)
            case .split(let one, let other): .split(one, other)
            case .jump(let target): .jump(target)
            case .note(let number): .note(number)
            case .match: .match
            }
        }
    }
}
