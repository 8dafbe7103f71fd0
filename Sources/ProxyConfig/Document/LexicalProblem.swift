/// Why a line cannot be split into words.
struct LexicalProblem: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case unmatchedQuote
        case unmatchedBrace
        case invalidHexadecimal
        case invalidVariableName
        case invalidExpansion
    }

    var kind: Kind
    /// Offset of bytes in the line.
    var offset: Int

    init(_ kind: Kind, at offset: Int) {
        self.kind = kind
        self.offset = offset
    }

    /// HAProxy's words, but for the position.
    var message: String {
        switch kind {
        case .unmatchedQuote: "unmatched quote"
        case .unmatchedBrace: "unmatched brace in environment variable name"
        case .invalidHexadecimal: "truncated or invalid hexadecimal sequence"
        case .invalidVariableName: "forbidden first char in environment variable name"
        case .invalidExpansion: "truncated or invalid word expansion sequence"
        }
    }

    var remedy: String {
        switch kind {
        case .unmatchedQuote: "close the quote on the same line, or write \\\" or \\' for a quote that is meant as text"
        case .unmatchedBrace: "close the variable's name with }"
        case .invalidHexadecimal: "write two hexadecimal digits behind \\x"
        case .invalidVariableName: "name a variable behind $, or write \\$ for a dollar sign"
        case .invalidExpansion: "write [*] before the closing }"
        }
    }
}
