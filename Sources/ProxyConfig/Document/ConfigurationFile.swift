/// A haproxy.cfg as it is written. ``text`` is what was read, byte for byte, but for what was changed.
///
/// ```swift
/// var file = ConfigurationFile(text, file: "/etc/haproxy/haproxy.cfg")
/// file.update("backend", "web") { $0.append(Line(["server", "s1", "10.0.0.1:80", "check"])) }
/// file.version += 1
/// ```
///
/// Reading never fails: what HAProxy would refuse is kept as text, and ``checked(environment:)`` speaks of it.
///
/// A section is found by its kind and name without a look at the others, and copies share what neither has changed: a copy
/// of thousands of sections, one of them changed, is cheap. Two sections of the same place in two copies that nobody
/// changed are each other's ``Section/isCopy(of:)``.
public struct ConfigurationFile: Sendable, Hashable {
    /// The name that diagnostics carry.
    public var file: String
    /// The lines above the first section.
    public var preamble: [Line]
    /// Changes made through ``update(_:_:_:)``, ``append(_:)`` and ``remove(_:_:)`` are cheaper than changes made here, after
    /// which all sections are looked at.
    public var sections: [Section] {
        get { list }
        _modify {
            defer { index = SectionIndex(list) }
            yield &list
        }
    }
    private var list: [Section]
    private var index: SectionIndex
    /// How new lines end.
    private var newline: String

    public init(_ text: String, file: String) {
        var text = text
        self.init(text.withUTF8 { TextBytes($0) }, file: file)
    }

    /// Bytes that are not UTF-8 become U+FFFD.
    public init(_ bytes: [UInt8], file: String) {
        // What is only ASCII, as nearly every file, need not become a string.
        let text = bytes.withUnsafeBufferPointer { $0.isASCII ? TextBytes($0) : nil }
        if let text {
            self.init(text, file: file)
        } else {
            self.init(String(decoding: bytes, as: UTF8.self), file: file)
        }
    }

    private init(_ text: TextBytes, file: String) {
        var reader = DocumentReader(text)
        reader.read()
        self.file = file
        preamble = reader.preamble
        list = reader.sections
        index = SectionIndex(list)
        newline = reader.endsLinesWithReturn ? "\r\n" : "\n"
    }

    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// ``text`` in UTF-8, without making a string of it.
    public var bytes: [UInt8] {
        // What was read, and a little that is new.
        let capacity = (list.first?.header.textLength ?? 0) + 4096
        var writer = DocumentWriter(newline: newline, capacity: capacity)
        preamble.forEach { writer.write($0) }
        for section in list { writer.write(section) }
        return writer.finished()
    }

    public static func == (a: ConfigurationFile, b: ConfigurationFile) -> Bool {
        a.file == b.file && a.newline == b.newline && a.preamble == b.preamble && a.list == b.list
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(file)
        hasher.combine(preamble)
        hasher.combine(list)
    }

    /// The first section of this kind and name. A nil name finds a section without a name.
    public func section(_ kind: String, _ name: String?) -> Section? {
        index.place(kind, name, list).map { list[$0] }
    }

    /// The place of the first section that has the kind and the name of `header`.
    func place(of header: Line) -> Int? { index.place(of: header, list) }

    /// The proxies behind the last section that is none.
    var proxiesAtEnd: Range<Int> {
        var start = 0
        for kind in SectionKind.allCases where !kind.isProxy {
            if let place = index.lastPlace(kind.rawValue, list) { start = max(start, place + 1) }
        }
        return start..<list.count
    }

    /// Changes the first section of this kind and name; false if there is none.
    @discardableResult
    public mutating func update(_ kind: String, _ name: String?, _ body: (inout Section) -> Void) -> Bool {
        guard let place = index.place(kind, name, list) else { return false }
        body(&list[place])
        // It may have another name now.
        if index.place(kind, name, list) != place { index = SectionIndex(list) }
        return true
    }

    /// Adds a section behind the last one of its kind, else at the end, with one blank line between.
    public mutating func append(_ section: Section) {
        let place = index.lastPlace(section.kind, list).map { $0 + 1 } ?? list.count
        var section = section
        let above = place > 0 ? list[place - 1].last : preamble.last
        if let above, !above.isBlank { section.leading.insert(.blank, at: 0) }
        if place < list.count, !section.last.isBlank { section.lines.append(.blank) }
        list.insert(section, at: place)
        index.insert(at: place, list)
    }

    /// Removes the first section of this kind and name; false if there is none. Comments above it and comments directly
    /// above the next section stay: somebody wrote them for a reader.
    @discardableResult
    public mutating func remove(_ kind: String, _ name: String?) -> Bool {
        guard let place = index.place(kind, name, list) else { return false }
        let removed = list.remove(at: place)
        index.remove(at: place, list)
        var kept = removed.leading.filter { $0.isComment }
        if place < list.count, !kept.isEmpty { kept.append(.blank) }
        guard place > 0 else {
            preamble += kept
            return true
        }
        if !kept.isEmpty { list[place - 1].lines += kept }
        // The blank line that set the last section off from the others goes with it. A section that was made anew has it
        // among its own.
        let isRead = removed.header.number > 0
        if isRead, place == list.count, !removed.last.isBlank, list[place - 1].lines.last?.isBlank == true {
            list[place - 1].lines.removeLast()
        }
        return true
    }
}

extension Section {
    /// The last line of the section.
    var last: Line { lines.last ?? header }
}
