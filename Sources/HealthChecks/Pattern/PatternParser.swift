/// The tree of a regular expression.
indirect enum PatternTree {
    case empty
    case byte(ByteSet)
    case assertion(Pattern.Node)
    case sequence([PatternTree])
    case either([PatternTree])
    /// What a group has matched is told by its number.
    case group(Int, PatternTree)
    /// `most` nil: without end. Lazy: as few as possible.
    case repeated(PatternTree, least: Int, most: Int?, isLazy: Bool)
}

/// Reads a regular expression.
struct PatternParser {
    private let bytes: [UInt8]
    private var position = 0
    private var ignoresCase: Bool
    /// `.` also matches a newline.
    private var dotMatchesAll = false
    private var depth = 0
    /// Groups that have begun.
    private var groups = 0

    init(_ bytes: [UInt8], ignoresCase: Bool = false) {
        self.bytes = bytes
        self.ignoresCase = ignoresCase
    }

    mutating func parse() throws(Pattern.Problem) -> PatternTree {
        let tree = try alternatives()
        if position < bytes.count { throw Pattern.Problem(message: "unmatched closing parenthesis") }
        return tree
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func alternatives() throws(Pattern.Problem) -> PatternTree {
        depth += 1
        defer { depth -= 1 }
        if depth > 100 { throw Pattern.Problem(message: "parentheses are too deeply nested") }
        var list = [try sequence()]
        while take("|") { list.append(try sequence()) }
        return list.count == 1 ? list[0] : .either(list)
    }

    private mutating func sequence() throws(Pattern.Problem) -> PatternTree {
        var items: [PatternTree] = []
        while let byte = peek, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
            position += 1
            items.append(try quantified(try atom(byte)))
        }
        return items.count == 1 ? items[0] : .sequence(items)
    }

    private mutating func atom(_ byte: UInt8) throws(Pattern.Problem) -> PatternTree {
        switch byte {
        case UInt8(ascii: "."): return .byte(dotMatchesAll ? ByteSet().inverted : ByteSet([10]).inverted)
        case UInt8(ascii: "^"): return .assertion(.start)
        case UInt8(ascii: "$"): return .assertion(.end)
        case UInt8(ascii: "("): return try group()
        case UInt8(ascii: "["): return .byte(try brackets())
        case UInt8(ascii: "\\"): return try escape()
        case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"):
            throw Pattern.Problem(message: "quantifier does not follow a repeatable item")
        default: return .byte(cased(ByteSet([byte])))
        }
    }

    private func cased(_ set: ByteSet) -> ByteSet { ignoresCase ? set.ignoringCase : set }

    private mutating func group() throws(Pattern.Problem) -> PatternTree {
        let (outerCase, outerDot) = (ignoresCase, dotMatchesAll)
        var number: Int?
        if peek != UInt8(ascii: "?") {
            groups += 1
            number = groups
        }
        if take("?") {
            if take("<"), peek != UInt8(ascii: "="), peek != UInt8(ascii: "!") {
                groups += 1
                number = groups
                while let byte = peek, byte != UInt8(ascii: ">") { position += 1 }
                if !take(">") { throw Pattern.Problem(message: "missing terminator of a group's name") }
            } else {
                var isOn = true
                flags: while let byte = peek {
                    position += 1
                    switch byte {
                    case UInt8(ascii: ":"): break flags
                    case UInt8(ascii: "i"): ignoresCase = isOn
                    case UInt8(ascii: "s"): dotMatchesAll = isOn
                    case UInt8(ascii: "-"): isOn = false
                    case UInt8(ascii: ")"): return .empty
                    default:
                        throw Pattern.Problem(message: "this kind of group is not understood", isBeyond: true)
                    }
                }
            }
        }
        let tree = try alternatives()
        (ignoresCase, dotMatchesAll) = (outerCase, outerDot)
        if !take(")") { throw Pattern.Problem(message: "missing closing parenthesis") }
        return number.map { .group($0, tree) } ?? tree
    }

    private mutating func quantified(_ atom: PatternTree) throws(Pattern.Problem) -> PatternTree {
        var tree = atom
        while let byte = peek {
            let (least, most): (Int, Int?)
            switch byte {
            case UInt8(ascii: "*"): (least, most) = (0, nil)
            case UInt8(ascii: "+"): (least, most) = (1, nil)
            case UInt8(ascii: "?"): (least, most) = (0, 1)
            case UInt8(ascii: "{"):
                guard let (fewest, highest, length) = try counts() else { return tree }
                position += length - 1
                (least, most) = (fewest, highest)
            default: return tree
            }
            position += 1
            // Lazy matches the same texts; possessive does not.
            let isLazy = take("?")
            tree = .repeated(tree, least: least, most: most, isLazy: isLazy)
            if isLazy { continue }
            if peek == UInt8(ascii: "+") {
                throw Pattern.Problem(message: "possessive quantifiers are not understood", isBeyond: true)
            }
        }
        return tree
    }

    /// `{2}`, `{2,}`, `{2,3}`; anything else is a brace like any other character.
    private func counts() throws(Pattern.Problem) -> (Int, Int?, Int)? {
        guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "}")) else { return nil }
        let text = String(decoding: bytes[(position + 1)..<end], as: UTF8.self)
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count <= 2, let least = Int(parts[0]), least >= 0 else { return nil }
        let length = end - position + 1
        if parts.count == 1 { return (least, least, length) }
        if parts[1].isEmpty { return (least, nil, length) }
        guard let most = Int(parts[1]) else { return nil }
        if most < least { throw Pattern.Problem(message: "numbers out of order in {} quantifier") }
        return (least, most, length)
    }

    private mutating func escape() throws(Pattern.Problem) -> PatternTree {
        guard let byte = peek else { throw Pattern.Problem(message: "\\ at end of pattern") }
        switch byte {
        case UInt8(ascii: "b"), UInt8(ascii: "B"):
            position += 1
            return .assertion(.wordBoundary(negated: byte == UInt8(ascii: "B")))
        case UInt8(ascii: "A"):
            position += 1
            return .assertion(.start)
        case UInt8(ascii: "Z"), UInt8(ascii: "z"):
            position += 1
            return .assertion(.end)
        default: return .byte(cased(try escapedSet()))
        }
    }

    /// What stands behind a backslash, outside and inside brackets.
    private mutating func escapedSet() throws(Pattern.Problem) -> ByteSet {
        guard let byte = peek else { throw Pattern.Problem(message: "\\ at end of pattern") }
        position += 1
        switch byte {
        case UInt8(ascii: "d"): return .digits
        case UInt8(ascii: "D"): return ByteSet.digits.inverted
        case UInt8(ascii: "s"): return .spaces
        case UInt8(ascii: "S"): return ByteSet.spaces.inverted
        case UInt8(ascii: "w"): return .word
        case UInt8(ascii: "W"): return ByteSet.word.inverted
        case UInt8(ascii: "n"): return ByteSet([10])
        case UInt8(ascii: "r"): return ByteSet([13])
        case UInt8(ascii: "t"): return ByteSet([9])
        case UInt8(ascii: "f"): return ByteSet([12])
        case UInt8(ascii: "v"): return ByteSet([11])
        case UInt8(ascii: "e"): return ByteSet([27])
        case UInt8(ascii: "0"): return ByteSet([0])
        case UInt8(ascii: "x"):
            var value = 0
            for _ in 0..<2 {
                guard let digit = peek, let number = Hex.value(digit) else { break }
                value = value * 16 + Int(number)
                position += 1
            }
            return ByteSet([UInt8(truncatingIfNeeded: value)])
        case _ where ByteSet.word.contains(byte) && byte != UInt8(ascii: "_"):
            let name = String(decoding: [byte], as: UTF8.self)
            throw Pattern.Problem(message: "\\\(name) is not understood", isBeyond: true)
        default: return ByteSet([byte])
        }
    }

    private mutating func brackets() throws(Pattern.Problem) -> ByteSet {
        let isNegated = take("^")
        var set = ByteSet()
        var isFirst = true
        while let byte = peek, isFirst || byte != UInt8(ascii: "]") {
            isFirst = false
            position += 1
            if byte == UInt8(ascii: "["), take(":") {
                set.formUnion(try named())
                continue
            }
            if byte == UInt8(ascii: "\\") {
                let escaped = peek == UInt8(ascii: "b") ? nil : try escapedSet()
                if escaped == nil { position += 1 }
                set.formUnion(escaped ?? ByteSet([8]))
                continue
            }
            let hasRange =
                position + 1 < bytes.count && bytes[position] == UInt8(ascii: "-")
                && bytes[position + 1] != UInt8(ascii: "]") && bytes[position + 1] != UInt8(ascii: "\\")
            guard hasRange else {
                set.insert(byte)
                continue
            }
            let last = bytes[position + 1]
            position += 2
            if last < byte { throw Pattern.Problem(message: "range out of order in character class") }
            set.formUnion(ByteSet(byte...last))
        }
        if !take("]") { throw Pattern.Problem(message: "missing terminating ] for character class") }
        set = cased(set)
        return isNegated ? set.inverted : set
    }

    /// `[:alpha:]` and its like.
    private mutating func named() throws(Pattern.Problem) -> ByteSet {
        let start = position
        while let byte = peek, byte != UInt8(ascii: ":") { position += 1 }
        let name = String(decoding: bytes[start..<position], as: UTF8.self)
        position += 2
        guard position <= bytes.count, let set = Self.classes[name] else {
            throw Pattern.Problem(message: "unknown POSIX class name")
        }
        return set
    }

    private static let classes: [String: ByteSet] = {
        func set(_ holds: (UInt8) -> Bool) -> ByteSet { ByteSet((UInt8(0)..<128).filter(holds)) }
        func isLetter(_ byte: UInt8) -> Bool {
            ByteSet.word.contains(byte) && !ByteSet.digits.contains(byte) && byte != 95
        }
        return [
            "alpha": set { isLetter($0) }, "digit": .digits, "space": .spaces, "word": .word,
            "alnum": set { ByteSet.word.contains($0) && $0 != 95 },
            "upper": set { isLetter($0) && $0 < 97 }, "lower": set { isLetter($0) && $0 >= 97 },
            "xdigit": set { Hex.value($0) != nil }, "blank": ByteSet([9, 32]),
            "cntrl": set { $0 < 32 || $0 == 127 }, "print": set { $0 >= 32 && $0 < 127 },
            "graph": set { $0 > 32 && $0 < 127 },
            "punct": set { $0 > 32 && $0 < 127 && !(ByteSet.word.contains($0) && $0 != 95) },
        ]
    }()
}

/// Hexadecimal text.
enum Hex {
    static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - 48
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - 87
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - 55
        default: nil
        }
    }

    /// The bytes of an even number of digits; nil for anything else.
    static func bytes(_ text: some Collection<UInt8>) -> [UInt8]? {
        var result: [UInt8] = []
        var high: UInt8?
        for digit in text {
            guard let value = value(digit) else { return nil }
            if let first = high {
                result.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return high == nil ? result : nil
    }

    /// Upper case, as HAProxy writes it.
    static func text(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }
}
