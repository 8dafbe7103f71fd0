/// `unique-id-format`, as far as connections have something to say: its parts in order (HAProxy's manual, 8.2.6).
public struct UniqueIDFormat: Hashable, Sendable {
    public struct Part: Hashable, Sendable {
        public enum Kind: UInt8, Hashable, Sendable {
            case text = 0
            /// `%ci`, `%cp`, `%fi`, `%fp`
            case clientAddress = 1
            case clientPort = 2
            case frontendAddress = 3
            case frontendPort = 4
            /// `%Ts`: seconds since 1970 at accept.
            case seconds = 5
            /// `%ms`: the milliseconds behind them.
            case milliseconds = 6
            /// `%rt`: a number that counts up.
            case counter = 7
            /// `%pid`
            case process = 8
        }

        public var kind: Kind
        /// `+X`
        public var isHexadecimal: Bool
        /// Of ``Kind/text``.
        public var text: String

        public init(_ kind: Kind, isHexadecimal: Bool = false, text: String = "") {
            self.kind = kind
            self.isHexadecimal = isHexadecimal
            self.text = text
        }
    }

    public var parts: [Part]

    public init(parts: [Part]) { self.parts = parts }

    /// - Parameter format: As haproxy.cfg has it, without its quotes.
    /// - Returns: nil for a format with what is not known here.
    public init?(_ format: String) {
        parts = []
        var isHexadecimal = false
        var text = ""
        var rest = Substring(format)
        while let first = rest.popFirst() {
            guard first == "%" else {
                // One space for many, and none at the start, as in HAProxy.
                let isSpared = text.isEmpty ? parts.isEmpty : text.last == " "
                if first != " " || !isSpared { text.append(first) }
                continue
            }
            if rest.first == "%" {
                text.append(rest.removeFirst())
                continue
            }
            var flags: Substring?
            if rest.first == "{" {
                flags = rest.dropFirst().prefix { $0 != "}" }
                rest = rest.dropFirst((flags?.count ?? 0) + 2)
            }
            guard flags == nil || flags == "+X" || flags == "-X" else { return nil }
            if rest.first == "o", !(rest.dropFirst().first?.isLetter ?? false) {
                rest.removeFirst()
                if let flags { isHexadecimal = flags == "+X" }
                continue
            }
            guard let (name, kind) = Self.kinds.first(where: { rest.hasPrefix($0.0) }) else { return nil }
            rest = rest.dropFirst(name.count)
            if !text.isEmpty { parts.append(Part(.text, text: text)) }
            text = ""
            parts.append(Part(kind, isHexadecimal: flags.map { $0 == "+X" } ?? isHexadecimal))
        }
        if !text.isEmpty { parts.append(Part(.text, text: text)) }
    }

    private static let kinds: [(String, Part.Kind)] = [
        ("pid", .process), ("ci", .clientAddress), ("cp", .clientPort), ("fi", .frontendAddress), ("fp", .frontendPort),
        ("Ts", .seconds), ("ms", .milliseconds), ("rt", .counter),
    ]
}
