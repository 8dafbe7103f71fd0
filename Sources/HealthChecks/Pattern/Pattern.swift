/// A regular expression over bytes, in the syntax of PCRE as far as it describes a regular language: no back references
/// and no looking around. It says whether a text matches, in time proportional to the text, so that no answer of a
/// server can stall the checks.
public struct Pattern: Hashable, Sendable {
    enum Node: Hashable, Sendable {
        case byte(ByteSet)
        case start
        case end
        case wordBoundary(negated: Bool)
        /// Goes on at either, rather at the first.
        case split(Int, Int)
        /// The place in the text is noted under this number: that of a group's beginning is twice its own, and of its end one more.
        case note(Int)
        case jump(Int)
        case match
    }

    let nodes: [Node]

    public struct Problem: Error, Hashable, Sendable {
        public var message: String
        /// The syntax is right, and describes more than a regular language.
        public var isBeyond = false
    }

    /// The whole, and as many parts as HAProxy tells of.
    public static let mostGroups = 10

    /// Most states of one expression: `x{1000}{1000}` is refused.
    static let most = 20000

    /// - Parameter capturesGroups: Its ``program`` notes where the whole and its groups begin and end.
    public init(_ text: String, ignoresCase: Bool = false, capturesGroups: Bool = false) throws(Problem) {
        var parser = PatternParser(Array(text.utf8), ignoresCase: ignoresCase)
        let tree = try parser.parse()
        var compiler = PatternCompiler()
        compiler.capturesGroups = capturesGroups
        try compiler.add(capturesGroups ? .group(0, tree) : tree)
        compiler.nodes.append(.match)
        nodes = compiler.nodes
    }

    /// How large it is.
    public var states: Int { nodes.count }

    /// Matches nothing.
    static let never = Pattern()

    private init() { nodes = [.byte(ByteSet())] }

    /// Whether any part of `bytes` matches.
    public func matches(_ bytes: [UInt8]) -> Bool {
        var current = StateList(nodes.count)
        var next = StateList(nodes.count)
        for position in 0...bytes.count {
            // A match may begin anywhere.
            if follow(0, position, bytes, &current) { return true }
            guard position < bytes.count else { break }
            next.removeAll()
            for state in current.states {
                if case .byte(let set) = nodes[state], set.contains(bytes[position]),
                    follow(state + 1, position + 1, bytes, &next)
                {
                    return true
                }
            }
            swap(&current, &next)
        }
        return false
    }

    /// Adds a state and all that it reaches without a byte; true if the end of the expression is among them.
    private func follow(_ first: Int, _ position: Int, _ bytes: [UInt8], _ list: inout StateList) -> Bool {
        var open = [first]
        while let state = open.popLast() {
            guard list.insert(state) else { continue }
            switch nodes[state] {
            case .match: return true
            case .byte: break
            case .jump(let target): open.append(target)
            case .note: open.append(state + 1)
            case .split(let one, let other):
                open.append(other)
                open.append(one)
            case .start: if position == 0 { open.append(state + 1) }
            case .end:
                // As PCRE: also before a newline that ends the text.
                if position == bytes.count || position == bytes.count - 1 && bytes[position] == 10 {
                    open.append(state + 1)
                }
            case .wordBoundary(let negated):
                let before = position > 0 && ByteSet.word.contains(bytes[position - 1])
                let after = position < bytes.count && ByteSet.word.contains(bytes[position])
                if (before != after) != negated { open.append(state + 1) }
            }
        }
        return false
    }

    /// States, each once, in the order they were reached.
    private struct StateList {
        var states: [Int] = []
        private var has: [Bool]

        init(_ count: Int) { has = [Bool](repeating: false, count: count) }

        mutating func insert(_ state: Int) -> Bool {
            if has[state] { return false }
            has[state] = true
            states.append(state)
            return true
        }

        mutating func removeAll() {
            for state in states { has[state] = false }
            states.removeAll(keepingCapacity: true)
        }
    }
}

/// A set of byte values.
struct ByteSet: Hashable, Sendable {
    private(set) var low: UInt128 = 0
    private(set) var high: UInt128 = 0

    init() {}

    init(_ bytes: some Sequence<UInt8>) { for byte in bytes { insert(byte) } }

    func contains(_ byte: UInt8) -> Bool {
        byte < 128 ? low >> UInt128(byte) & 1 != 0 : high >> UInt128(byte - 128) & 1 != 0
    }

    mutating func insert(_ byte: UInt8) {
        if byte < 128 { low |= 1 << UInt128(byte) } else { high |= 1 << UInt128(byte - 128) }
    }

    mutating func formUnion(_ other: ByteSet) {
        low |= other.low
        high |= other.high
    }

    var inverted: ByteSet {
        var result = self
        result.low = ~low
        result.high = ~high
        return result
    }

    /// With the other case of every letter.
    var ignoringCase: ByteSet {
        var result = self
        for byte in UInt8(ascii: "a")...UInt8(ascii: "z") where contains(byte) || contains(byte - 32) {
            result.insert(byte)
            result.insert(byte - 32)
        }
        return result
    }

    static let digits = ByteSet(UInt8(ascii: "0")...UInt8(ascii: "9"))
    static let spaces = ByteSet([9, 10, 11, 12, 13, 32])
    static let word: ByteSet = {
        var set = digits
        set.formUnion(ByteSet(UInt8(ascii: "a")...UInt8(ascii: "z")))
        set.formUnion(ByteSet(UInt8(ascii: "A")...UInt8(ascii: "Z")))
        set.insert(UInt8(ascii: "_"))
        return set
    }()
}
