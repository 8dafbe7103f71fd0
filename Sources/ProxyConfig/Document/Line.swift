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

        /// What is written; nothing where the file says.
        var bytes: StaticString {
            switch self {
            case .newline: "\n"
            case .carriageReturnNewline: "\r\n"
            case .endOfFile, .unset: ""
            }
        }
    }

    /// Where the text of the line is: among that of its whole file, until it is changed.
    private let bytes: TextBytes
    private let start: Int32
    private let count: Int32
    /// Number of the line in the text it was parsed from, from 1; 0 for a line made anew.
    let number: Int32
    let ending: Ending

    /// The exact text without its newline. Text behind a newline in a new value is dropped.
    public var raw: String {
        get { withBytes { String(decoding: $0, as: UTF8.self) } }
        set { self = Line(raw: newValue, ending: ending, number: number) }
    }

    /// A line as it is written.
    public init(raw: String) {
        self.init(raw: raw, ending: .unset, number: 0)
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

    private init(raw: String, ending: Ending, number: Int32) {
        var raw = raw
        // The newline stands behind the line here too.
        bytes = raw.withUTF8 { text in
            let end = text.offset(of: UInt8(ascii: "\n"), from: 0)
            return TextBytes(UnsafeBufferPointer(rebasing: text[..<(end ?? text.count)]), ending.bytes)
        }
        start = 0
        count = Int32(bytes.count - ending.bytes.utf8CodeUnitCount)
        self.ending = ending
        self.number = number
    }

    /// A line of a file.
    init(_ bytes: TextBytes, _ range: Range<Int>, ending: Ending, number: Int32) {
        self.bytes = bytes
        start = Int32(range.lowerBound)
        count = Int32(range.count)
        self.ending = ending
        self.number = number
    }

    /// The bytes of ``raw``.
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
        defer { withExtendedLifetime(bytes) {} }
        return try body(UnsafeBufferPointer(start: bytes.start + Int(start), count: Int(count)))
    }

    /// The text from the start of this line to the end of `last`, newlines and all, if they were cut from the same text.
    func withBytes<Result>(through last: Line, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result? {
        let end = Int(last.start + last.count) + last.ending.bytes.utf8CodeUnitCount
        guard bytes.start == last.bytes.start, Int(start) <= end else { return nil }
        defer { withExtendedLifetime(bytes) {} }
        return body(UnsafeBufferPointer(start: bytes.start + Int(start), count: end - Int(start)))
    }

    /// True if the text of `next` begins where this line and its newline end.
    func isFollowed(by next: Line) -> Bool {
        guard bytes.start == next.bytes.start, ending != .unset else { return false }
        return Int(start) + Int(count) + ending.bytes.utf8CodeUnitCount == Int(next.start)
    }

    /// Bytes of ``raw``.
    var length: Int { Int(count) }

    /// Bytes of the text that the line was cut from.
    var textLength: Int { bytes.count }

    /// The arguments, unquoted; empty for a blank line, for a comment and for a line with an unmatched quote.
    ///
    /// Environment variables are not expanded: `"${PORT}"` is the word `${PORT}`. New words keep the indentation, the
    /// comment and the spelling of every word that does not change.
    public var words: [String] {
        get {
            let lexer = Lexer(self)
            return lexer.problem == nil ? lexer.words : []
        }
        set { replaceWords(newValue) }
    }

    /// The first of ``words`` without a look at the others; empty where there are none. A line that cannot be split may have
    /// one all the same.
    public var keyword: String {
        let plain: String? = withBytes { bytes in
            guard let start = bytes.firstIndex(where: { !Lexer.isBlank($0) }) else { return "" }
            let end = bytes[start...].firstIndex { Lexer.isSpecial($0) } ?? bytes.count
            guard end == bytes.count || Lexer.endsPlainWord(bytes[end]) else { return nil }
            return String(decoding: bytes[start..<end], as: UTF8.self)
        }
        return plain ?? words.first ?? ""
    }

    /// The arguments as HAProxy reads them: `"$NAME"` and `"${NAME}"` between double quotes are the variable's value, and
    /// nothing else is. The word of a variable that is not set vanishes. Empty as ``words``.
    public func words(expanding variable: @escaping @Sendable (String) -> String?) -> [String] {
        let lexer = Lexer(self, variables: Variables(variable))
        return lexer.problem == nil ? lexer.words : []
    }

    /// Where each word starts in the file the line was parsed from; line 0 for a line made anew.
    public var wordPositions: [SourcePosition] {
        Lexer(self).spans.map { SourcePosition(line: Int(number), column: $0.lowerBound + 1) }
    }

    /// The comment at the end of the line, or the line if it is a comment, without `#` and without blanks around it.
    public var comment: String? {
        get {
            // Many ask lines that are no comment and hold none.
            guard withBytes({ $0.offset(of: UInt8(ascii: "#"), from: 0) }) != nil,
                let start = Lexer(self).comment
            else { return nil }
            return Line.trimmed(raw.utf8.dropFirst(start + 1))
        }
        set {
            let bytes = raw.utf8
            let text = Lexer(self).comment.map { bytes.prefix($0) } ?? bytes[...]
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
    public var isBlank: Bool {
        withBytes { $0.allSatisfy { Lexer.isBlank($0) || $0 == Lexer.carriageReturn } }
    }

    /// True if the line is a comment and nothing else.
    public var isComment: Bool { withBytes { $0.first { !Lexer.isBlank($0) } } == UInt8(ascii: "#") }

    /// The blanks at the start of the line.
    public var indentation: String {
        withBytes { String(decoding: $0.prefix { Lexer.isBlank($0) }, as: UTF8.self) }
    }

    public static func == (a: Line, b: Line) -> Bool {
        a.withBytes { a in b.withBytes { a.hasSameBytes(as: $0) } }
    }

    public func hash(into hasher: inout Hasher) {
        withBytes {
            hasher.combine($0.count)
            hasher.combine(bytes: UnsafeRawBufferPointer($0))
        }
    }
}

extension Line {
    private mutating func replaceWords(_ new: [String]) {
        let lexer = Lexer(self)
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

    private static func trimmed(_ bytes: Substring.UTF8View) -> String {
        trimmedEnd(String(decoding: bytes.drop { Lexer.isBlank($0) }, as: UTF8.self))
    }

    private static func trimmedEnd(_ text: String) -> String {
        let count = text.utf8.reversed().prefix { Lexer.isBlank($0) || $0 == Lexer.carriageReturn }.count
        return String(decoding: text.utf8.dropLast(count), as: UTF8.self)
    }
}
