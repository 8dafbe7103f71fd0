/// A haproxy.cfg as it is written. ``text`` is what was read, byte for byte, but for what was changed.
///
/// ```swift
/// var file = ConfigurationFile(text, file: "/etc/haproxy/haproxy.cfg")
/// file.update("backend", "web") { $0.append(Line(["server", "s1", "10.0.0.1:80", "check"])) }
/// file.version += 1
/// ```
///
/// Reading never fails: what HAProxy would refuse is kept as text, and ``checked(environment:)`` speaks of it.
public struct ConfigurationFile: Sendable, Hashable {
    /// The name that diagnostics carry.
    public var file: String
    /// The lines above the first section.
    public var preamble: [Line]
    public var sections: [Section]
    /// How new lines end.
    private var newline: String

    public init(_ text: String, file: String) {
        var reader = DocumentReader()
        var text = text
        text.withUTF8 { reader.read($0) }
        self.file = file
        preamble = reader.preamble
        sections = reader.sections
        newline = reader.newline
    }

    public var text: String {
        var bytes: [UInt8] = []
        var pending: String?
        func write(_ line: Line) {
            if let pending { bytes.append(contentsOf: pending.utf8) }
            bytes.append(contentsOf: line.raw.utf8)
            switch line.ending {
            case .newline: bytes.append(UInt8(ascii: "\n"))
            case .carriageReturnNewline: bytes.append(contentsOf: "\r\n".utf8)
            case .unset: bytes.append(contentsOf: newline.utf8)
            case .endOfFile: break
            }
            // The former last line gets its newline only if another line follows it now.
            pending = line.ending == .endOfFile ? newline : nil
        }
        preamble.forEach(write)
        for section in sections {
            section.leading.forEach(write)
            write(section.header)
            section.lines.forEach(write)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The first section of this kind and name. A nil name finds a section without a name.
    public func section(_ kind: String, _ name: String?) -> Section? {
        index(kind, name).map { sections[$0] }
    }

    /// Changes the first section of this kind and name; false if there is none.
    @discardableResult
    public mutating func update(_ kind: String, _ name: String?, _ body: (inout Section) -> Void) -> Bool {
        guard let index = index(kind, name) else { return false }
        body(&sections[index])
        return true
    }

    /// Adds a section behind the last one of its kind, else at the end, with one blank line between.
    public mutating func append(_ section: Section) {
        let kind = section.kind
        let index = (sections.lastIndex { $0.kind == kind }).map { $0 + 1 } ?? sections.count
        var section = section
        let above = index > 0 ? sections[index - 1].last : preamble.last
        if let above, !above.isBlank { section.leading.insert(.blank, at: 0) }
        if index < sections.count, !section.last.isBlank { section.lines.append(.blank) }
        sections.insert(section, at: index)
    }

    /// Removes the first section of this kind and name; false if there is none. Comments above it and comments directly
    /// above the next section stay: somebody wrote them for a reader.
    @discardableResult
    public mutating func remove(_ kind: String, _ name: String?) -> Bool {
        guard let index = index(kind, name) else { return false }
        let removed = sections.remove(at: index)
        var kept = removed.leading.filter { $0.isComment }
        if index < sections.count, !kept.isEmpty { kept.append(.blank) }
        if index > 0 {
            sections[index - 1].lines += kept
            // The blank line that set the last section off from the others goes with it. A section that was made anew
            // has it among its own.
            let isRead = removed.header.number > 0
            if isRead, index == sections.count, !removed.last.isBlank, sections[index - 1].lines.last?.isBlank == true {
                sections[index - 1].lines.removeLast()
            }
        } else {
            preamble += kept
        }
        return true
    }

    private func index(_ kind: String, _ name: String?) -> Int? {
        sections.firstIndex {
            let words = $0.header.words
            return words.first == kind && (words.count > 1 ? words[1] : nil) == name
        }
    }
}

extension Section {
    /// The last line of the section.
    var last: Line { lines.last ?? header }
}
