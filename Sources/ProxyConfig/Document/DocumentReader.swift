/// Cuts the bytes of a haproxy.cfg into lines and sections.
struct DocumentReader {
    private(set) var preamble: [Line] = []
    private(set) var sections: [Section] = []
    /// New lines end as the first line does.
    private(set) var endsLinesWithReturn = false

    private let text: TextBytes
    private var lines: [Line] = []
    private var header: Line?
    private var leading: [Line] = []

    init(_ text: TextBytes) { self.text = text }

    mutating func read() {
        let bytes = text.buffer
        var start = 0
        var number: Int32 = 0
        while start < bytes.count {
            number += 1
            let newline = bytes.offset(of: UInt8(ascii: "\n"), from: start)
            var end = newline ?? bytes.count
            let next = end + 1
            var ending = newline == nil ? Line.Ending.endOfFile : .newline
            if newline != nil, end > start, bytes[end - 1] == Lexer.carriageReturn {
                ending = .carriageReturnNewline
                end -= 1
                if number == 1 { endsLinesWithReturn = true }
            }
            let line = Line(text, start..<end, ending: ending, number: number)
            if SectionKind.startsSection(UnsafeBufferPointer(rebasing: bytes[start..<end]), line) {
                finishSection()
                header = line
            } else {
                lines.append(line)
            }
            start = next
        }
        finishSection(isLast: true)
    }

    /// Ends the section that was being read. The comments at its end that stand directly above the next header are
    /// left for that one; above the first header they are the preamble's, where the version line is.
    private mutating func finishSection(isLast: Bool = false) {
        defer { lines.removeAll(keepingCapacity: true) }
        guard let header else {
            preamble = Array(lines[...])
            return
        }
        var end = lines.endIndex
        while !isLast, end > 0, lines[end - 1].withBytes({ $0.first }) == UInt8(ascii: "#") { end -= 1 }
        // The slices have no room to spare.
        sections.append(Section(leading: leading, header: header, lines: Array(lines[..<end])))
        leading = Array(lines[end...])
    }
}
