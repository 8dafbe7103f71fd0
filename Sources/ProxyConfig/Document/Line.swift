public import Diagnostics

/// One physical line of a haproxy.cfg. HAProxy has no continuation lines: a trailing backslash is a character.
///
/// ``raw`` is the truth; everything else is read out of it. Two lines are equal if their text is.
public struct Line: Sendable, Hashable {
    /// What ends a line in the file.
    enum Ending: UInt8, Sendable, Hashable {
        case newline
        case carriageReturnNewline
        /// The last line of a file that does not end with a newline.
        case endOfFile
        /// A new line: as the other lines of its file.
        case unset
    }

    /// The exact text without its newline. Text behind a newline in a new value is dropped.
    public var raw: String {
        didSet { raw = Line.firstLine(of: raw) }
    }
    var ending: Ending
    /// Number of the line in the text it was parsed from, from 1; 0 for a line made anew.
    var number: Int32

    /// A line as it is written.
    public init(raw: String) {
        self.init(raw: Line.firstLine(of: raw), ending: .unset, number: 0)
    }

    /// A new line: two blanks of indentation, and every word quoted where HAProxy's lexer needs it.
    public init(_ words: [String]) {
        self.init(words, indentation: "  ", comment: nil)
    }

    public init(_ words: [String], indentation: String = "  ", comment: String?) {
        let text = words.map { Quoting.quoted($0) }.joined(separator: " ")
        let remark = comment.map { Line.remark($0) }
        self.init(raw: indentation + [text, remark ?? ""].filter { !$0.isEmpty }.joined(separator: " "))
    }

    /// A line without any text.
    public static let blank = Line(raw: "")

    init(raw: String, ending: Ending, number: Int32) {
        self.raw = raw
        self.ending = ending
        self.number = number
    }

    /// The arguments, unquoted; empty for a blank line, for a comment and for a line with an unmatched quote.
    ///
    /// Environment variables are not expanded: `"${PORT}"` is the word `${PORT}`. New words keep the indentation, the
    /// comment and the spelling of every word that does not change.
    public var words: [String] {
        get {
            let lexer = Lexer(raw)
            return lexer.problem == nil ? lexer.words : []
        }
        set { replaceWords(newValue) }
    }

    /// Where each word starts in the file the line was parsed from; line 0 for a line made anew.
    public var wordPositions: [SourcePosition] {
        Lexer(raw).spans.map { SourcePosition(line: Int(number), column: $0.lowerBound + 1) }
    }

    /// The comment at the end of the line, or the line if it is a comment, without `#` and without blanks around it.
    public var comment: String? {
        get {
            guard let start = Lexer(raw).comment else { return nil }
            return Line.trimmed(raw.utf8.dropFirst(start + 1))
        }
        set {
            let bytes = raw.utf8
            let text = Lexer(raw).comment.map { bytes.prefix($0) } ?? bytes[...]
            let kept = String(decoding: text, as: UTF8.self)
            guard let newValue else {
                raw = Line.trimmedEnd(kept)
                return
            }
            let blank = kept.utf8.last.map { !Lexer.isBlank($0) } ?? false
            raw = kept + (blank ? " " : "") + Line.remark(newValue)
        }
    }

    /// True if the line holds nothing but blanks.
    public var isBlank: Bool { raw.utf8.allSatisfy { Lexer.isBlank($0) || $0 == Lexer.carriageReturn } }

    /// True if the line is a comment and nothing else.
    public var isComment: Bool { raw.utf8.first { !Lexer.isBlank($0) } == UInt8(ascii: "#") }

    /// The blanks at the start of the line.
    public var indentation: String {
        String(decoding: raw.utf8.prefix { Lexer.isBlank($0) }, as: UTF8.self)
    }

    public static func == (a: Line, b: Line) -> Bool { a.raw == b.raw }

    public func hash(into hasher: inout Hasher) { hasher.combine(raw) }
}

extension Line {
    private mutating func replaceWords(_ new: [String]) {
        let lexer = Lexer(raw)
        let bytes = Array(raw.utf8)
        var text = indentation
        // A word that moves keeps its spelling too: `"${PORT}"` is expanded, `${PORT}` is not.
        let spelled = new.enumerated().map { index, word in
            let isInPlace = index < lexer.words.count && lexer.words[index] == word
            guard let former = isInPlace ? index : lexer.words.firstIndex(of: word) else { return Quoting.quoted(word) }
            return String(decoding: bytes[lexer.spans[former]], as: UTF8.self)
        }
        text += spelled.joined(separator: " ")
        if let start = lexer.comment {
            let gapStart = lexer.spans.last?.upperBound ?? start
            text += spelled.isEmpty ? "" : String(decoding: bytes[gapStart..<start], as: UTF8.self)
            text += String(decoding: bytes[start...], as: UTF8.self)
        }
        raw = text
    }

    private static func remark(_ comment: String) -> String { comment.isEmpty ? "#" : "# " + comment }

    private static func firstLine(of text: String) -> String {
        guard let newline = text.utf8.firstIndex(of: UInt8(ascii: "\n")) else { return text }
        return String(text[..<newline])
    }

    private static func trimmed(_ bytes: Substring.UTF8View) -> String {
        trimmedEnd(String(decoding: bytes.drop { Lexer.isBlank($0) }, as: UTF8.self))
    }

    private static func trimmedEnd(_ text: String) -> String {
        let count = text.utf8.reversed().prefix { Lexer.isBlank($0) || $0 == Lexer.carriageReturn }.count
        return String(decoding: text.utf8.dropLast(count), as: UTF8.self)
    }
}
