/// A section of a haproxy.cfg: its header and the lines up to the next header.
///
/// Its lines are shared by all copies until one of them is changed: to copy a section, and to see that two are copies of
/// each other, costs nothing.
public struct Section: Sendable, Hashable {
    private final class Storage: @unchecked Sendable {
        var leading: [Line]
        var header: Line
        var lines: [Line]
        /// The lines below the header follow each other in the text that they were read from.
        var isWhole: Bool

        init(leading: [Line], header: Line, lines: [Line], isWhole: Bool) {
            self.leading = leading
            self.header = header
            self.lines = lines
            self.isWhole = isWhole
        }
    }

    // Changed only where no other section has it.
    private var storage: Storage

    /// Comment lines directly above the header, without a blank line between and without indentation: they speak of
    /// this section and are not among the lines of the one before.
    public var leading: [Line] {
        get { storage.leading }
        _modify {
            own()
            yield &storage.leading
        }
    }

    /// `frontend web`, `defaults base from common`.
    public var header: Line {
        get { storage.header }
        _modify {
            own()
            yield &storage.header
        }
    }

    /// Everything below the header, blank lines and comments too.
    public var lines: [Line] {
        get { storage.lines }
        _modify {
            own()
            yield &storage.lines
        }
    }

    /// A new section; its lines are written below a header without indentation.
    public init(kind: String, name: String?, lines: [Line] = []) {
        self.init(header: Line([kind] + (name.map { [$0] } ?? []), indentation: "", comment: nil), lines: lines)
    }

    init(leading: [Line] = [], header: Line, lines: [Line], isWhole: Bool = false) {
        storage = Storage(leading: leading, header: header, lines: lines, isWhole: isWhole)
    }

    private mutating func own() {
        if isKnownUniquelyReferenced(&storage) {
            storage.isWhole = false
        } else {
            storage = Storage(leading: leading, header: header, lines: lines, isWhole: false)
        }
    }

    /// The lines follow each other and the header in the text that they were read from.
    var isWhole: Bool { storage.isWhole }

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

    /// True if both are copies of one section that nobody changed since: sections that are not may be equal all the same.
    public func isCopy(of other: Section) -> Bool { storage === other.storage }

    /// True if both say the same, whatever the comments above them.
    func saysSame(as other: Section) -> Bool {
        if isCopy(of: other) { return true }
        guard storage.isWhole, other.storage.isWhole else { return header == other.header && lines == other.lines }
        return header.withBytes(through: lines.last ?? header) { bytes in
            other.header.withBytes(through: other.lines.last ?? other.header) { bytes.hasSameBytes(as: $0) } ?? false
        } ?? false
    }

    public static func == (a: Section, b: Section) -> Bool {
        a.isCopy(of: b) || (a.header == b.header && a.lines == b.lines && a.leading == b.leading)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(header)
        hasher.combine(lines)
        hasher.combine(leading)
    }

    /// Index behind the last line that is not blank.
    private var end: Int { (lines.lastIndex { !$0.isBlank } ?? -1) + 1 }
}
