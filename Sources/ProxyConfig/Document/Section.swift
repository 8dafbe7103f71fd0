/// A section of a haproxy.cfg: its header and the lines up to the next header.
public struct Section: Sendable, Hashable {
    /// Comment lines directly above the header, without a blank line between and without indentation: they speak of
    /// this section and are not among the lines of the one before.
    public var leading: [Line]
    /// `frontend web`, `defaults base from common`.
    public var header: Line
    /// Everything below the header, blank lines and comments too.
    public var lines: [Line]

    /// A new section; its lines are written below a header without indentation.
    public init(kind: String, name: String?, lines: [Line] = []) {
        self.init(header: Line([kind] + (name.map { [$0] } ?? []), indentation: "", comment: nil), lines: lines)
    }

    init(leading: [Line] = [], header: Line, lines: [Line]) {
        self.leading = leading
        self.header = header
        self.lines = lines
    }

    /// The keyword of the header: `frontend`.
    public var kind: String {
        get { header.words.first ?? "" }
        set { header.words = [newValue] + header.words.dropFirst() }
    }

    /// The word behind the keyword; nil for `global` and for a `defaults` without a name.
    public var name: String? {
        get {
            let words = header.words
            return words.count > 1 ? words[1] : nil
        }
        set { header.words = [kind] + (newValue.map { [$0] } ?? []) + header.words.dropFirst(2) }
    }

    /// Adds a line below the last one that says something: above the blank lines that separate sections.
    public mutating func append(_ line: Line) {
        lines.insert(line, at: end)
    }

    /// Adds a line below the last one that starts with `keyword`, else as ``append(_:)`` does.
    public mutating func append(_ line: Line, afterLast keyword: String) {
        let last = lines.lastIndex { $0.words.first == keyword }
        lines.insert(line, at: last.map { $0 + 1 } ?? end)
    }

    /// Indices of the lines whose words start with `words`.
    public func indices(of words: String...) -> [Int] {
        lines.indices.filter { lines[$0].words.starts(with: words) }
    }

    /// Index behind the last line that is not blank.
    private var end: Int { (lines.lastIndex { !$0.isBlank } ?? -1) + 1 }
}
