import Diagnostics

/// The text of a file with one value on a line, kept so that it can be written again with other values: comments, blank
/// lines, order and spelling stay, and a change touches the lines it is about.
struct LineDocument: Sendable, Hashable {
    private struct Line: Sendable, Hashable {
        /// Without its newline.
        var raw: String
        /// What the line says, in one spelling; nil for comments, blank lines and what could not be read.
        var value: String?
        /// Its value is not wanted any more; another may take its place.
        var isGoing = false
    }

    private var lines: [Line]

    /// A file that has no values yet.
    init(header: String) { self.init(SourceText(header, file: "")) }

    init(_ source: SourceText) { lines = source.lines.map { Line(raw: String($0)) } }

    /// Says what a line was read as.
    ///
    /// - Parameter line: Counted from 1.
    mutating func set(_ value: String, ofLine line: Int) { lines[line - 1].value = value }

    /// The text with exactly `values`, in their order. Between two lines that stay, new values take the places of those
    /// that go, and otherwise stand behind the value they follow.
    func text(_ values: [String]) -> String {
        var result = self
        let present = Set(lines.compactMap { $0.value })
        let wanted = Set(values)
        let isInOrder = values.filter { present.contains($0) } == firsts { wanted.contains($0) }
        for index in lines.indices {
            guard let value = lines[index].value else { continue }
            result.lines[index].isGoing = !isInOrder || !wanted.contains(value)
        }
        var cursor: Int?
        for value in values {
            if isInOrder, present.contains(value) {
                let start = cursor ?? 0
                cursor = (result.lines[start...].firstIndex { $0.value == value } ?? start) + 1
            } else {
                cursor = result.place(value, at: cursor)
            }
        }
        return result.lines.filter { !$0.isGoing }.map { $0.raw }.joined(separator: "\n")
    }

    /// Values in the order of the lines, each once.
    private func firsts(where condition: (String) -> Bool) -> [String] {
        var seen: Set<String> = []
        return lines.compactMap { line in
            line.value.flatMap { condition($0) && seen.insert($0).inserted ? $0 : nil }
        }
    }

    /// Writes a new value behind `cursor`; nil stands for "before every value". Gives where the next one goes.
    private mutating func place(_ value: String, at cursor: Int?) -> Int {
        let next = lines[(cursor ?? 0)...].firstIndex { $0.value != nil }
        if let next, lines[next].isGoing {
            lines[next] = Line(raw: value + ending(next), value: value)
            return next + 1
        }
        var index = cursor ?? next ?? lines.count
        // The empty text behind the last newline is no line.
        if index == lines.count, lines.last?.raw == "" { index -= 1 }
        if index == lines.count { lines.append(Line(raw: "")) }
        lines.insert(Line(raw: value + ending(max(index - 1, 0)), value: value), at: index)
        return index + 1
    }

    /// The carriage return that a file from elsewhere has on every line.
    private func ending(_ line: Int) -> String { lines[line].raw.utf8.last == UInt8(ascii: "\r") ? "\r" : "" }
}
