/// One way to write an object as a line, in a notation of its own:
///
/// - `timeout` stands for itself, `{name}` for the word with that member, `{expr*}` for one word or more;
/// - `{action=accept}` is the word `accept`, which says that the member is that word (or true, for a boolean);
///   `{enabled:disabled=redispatch}` is the word `redispatch`, which says that the member is `disabled`;
/// - these may be parts of a word: `{action=set-var}({var_scope}.{var_name})`;
/// - `{@address,port}` is an address word, of which the members are parts;
/// - `[…]` may be left out, `<[…] […]>` may be in any order, `?` is `[{cond} {cond_test*}]`.
///
/// `%headers hdr {name} {fmt}%` is there for each element of a list, `{codes*}` may be a list of words.
/// A member of a member is `{httpchk_params.uri}`.
public struct Template: Sendable, ExpressibleByStringInterpolation {
    indirect enum Element: Sendable {
        case word([Piece])
        case rest(Slot)
        case optional([Element])
        case anyOrder([[Element]])
        /// A list of objects, one behind the other.
        case each(Slot, [Element])
    }

    enum Piece: Sendable {
        case literal(String)
        case member(Slot)
        case constant(Slot, JSONValue?, word: String)
        case endpoint([Slot])
    }

    /// A member, by the names that lead to it.
    struct Slot: Sendable {
        var path: [String]
        var type: FieldType

        init(_ path: some StringProtocol, type: FieldType = .text) {
            self.path = path.split(separator: ".").map { String($0) }
            self.type = type
        }
    }

    /// As it was written, for those who read.
    let text: String
    var elements: [Element]

    public init(stringLiteral text: String) { self.init(text) }

    init(_ text: String) {
        self.text = text
        var tokens = Self.tokens(text)[...]
        elements = Self.elements(&tokens, until: nil)
    }

    /// The words that every such line begins with.
    var head: [String] {
        var words: [String] = []
        for element in elements {
            guard case .word(let pieces) = element, pieces.count == 1, let piece = pieces.first else { break }
            switch piece {
            case .literal(let word), .constant(_, _, let word): words.append(word)
            default: return words
            }
        }
        return words
    }

    /// What its first word begins with, up to its arguments in parentheses.
    var keyword: String? {
        guard case .word(let pieces)? = elements.first, case .literal(let text)? = pieces.first else { return nil }
        return text.split(separator: "(").first.map { String($0) }
    }

    // MARK: - The notation

    private static func tokens(_ text: String) -> [String] {
        var tokens: [String] = []
        var current = ""
        var isInside = false
        for character in text {
            switch character {
            case "{", "}":
                isInside = character == "{"
                current.append(character)
            case "%" where !isInside && !current.isEmpty:
                tokens += [current, "%"]
                current = ""
            case " ", "[", "]", "<", ">", "?":
                guard !isInside else {
                    current.append(character)
                    continue
                }
                if !current.isEmpty { tokens.append(current) }
                current = ""
                if character == "?" {
                    tokens += ["[", "{cond}", "{cond_test*}", "]"]
                } else if character != " " {
                    tokens.append(String(character))
                }
            default: current.append(character)
            }
        }
        return current.isEmpty ? tokens : tokens + [current]
    }

    private static func elements(_ tokens: inout ArraySlice<String>, until end: String?) -> [Element] {
        var elements: [Element] = []
        while let token = tokens.popFirst(), token != end {
            switch token {
            case "[": elements.append(.optional(Self.elements(&tokens, until: "]")))
            case "<":
                let groups = Self.elements(&tokens, until: ">").map { element in
                    if case .optional(let group) = element { return group }
                    return [element]
                }
                elements.append(.anyOrder(groups))
            default:
                if token.first == "%" {
                    elements.append(.each(Slot(token.dropFirst()), Self.elements(&tokens, until: "%")))
                } else {
                    elements.append(word(token))
                }
            }
        }
        return elements
    }

    private static func word(_ token: String) -> Element {
        if token.hasPrefix("{"), token.hasSuffix("*}") { return .rest(Slot(token.dropFirst().dropLast(2))) }
        var pieces: [Piece] = []
        var rest = token[...]
        while let open = rest.firstIndex(of: "{") {
            if open > rest.startIndex { pieces.append(.literal(String(rest[..<open]))) }
            let close = rest.firstIndex(of: "}") ?? rest.endIndex
            pieces.append(piece(rest[rest.index(after: open)..<close]))
            rest = close < rest.endIndex ? rest[rest.index(after: close)...] : ""
        }
        if !rest.isEmpty { pieces.append(.literal(String(rest))) }
        return .word(pieces)
    }

    private static func piece(_ text: Substring) -> Piece {
        if text.first == "@" { return .endpoint(text.dropFirst().split(separator: ",").map { Slot($0) }) }
        guard let equal = text.firstIndex(of: "=") else { return .member(Slot(text)) }
        let word = String(text[text.index(after: equal)...])
        let sides = text[..<equal].split(separator: ":", maxSplits: 1)
        let value = sides.count > 1 ? JSONValue.string(String(sides[1])) : nil
        return .constant(Slot(sides.first ?? ""), value, word: word)
    }
}
