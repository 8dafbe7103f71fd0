/// Cuts the bytes of a haproxy.cfg into lines and sections.
struct DocumentReader {
    private(set) var preamble: [Line] = []
    private(set) var sections: [Section] = []
    /// New lines end as the first line does.
    private(set) var endsLinesWithReturn = false

    /// What lines hold: the bytes of the whole, counted anew for every stretch of sections.
    private var text: TextBytes
    private var stretchStart = 0
    private static let stretch = 1 << 16
    /// Where a line is; the lines themselves are made when their section ends.
    private struct Cut {
        var start: Int
        var end: Int
        var ending: Line.Ending
        var number: Int32
    }

    private var cuts: [Cut] = []
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
            let cut = Cut(start: start, end: end, ending: ending, number: number)
            if SectionKind.startsSection(UnsafeBufferPointer(rebasing: bytes[start..<end])) {
                finishSection()
                if start - stretchStart >= Self.stretch {
                    text = TextBytes(sharing: text)
                    stretchStart = start
                }
                header = line(cut)
            } else {
                cuts.append(cut)
            }
            start = next
        }
        finishSection(isLast: true)
    }

    /// Ends the section that was being read. The comments at its end that stand directly above the next header are
    /// left for that one; above the first header they are the preamble's, where the version line is.
    private mutating func finishSection(isLast: Bool = false) {
        defer { cuts.removeAll(keepingCapacity: true) }
        guard let header else {
            preamble = cuts.map { line($0) }
            return
        }
        var end = cuts.endIndex
        while !isLast, end > 0, text.buffer.dropFirst(cuts[end - 1].start).first == UInt8(ascii: "#") { end -= 1 }
        // As many lines as there are: thousands of sections have no room to spare.
        let lines = cuts[..<end].map { line($0) }
        sections.append(Section(leading: leading, header: header, lines: lines, isWhole: true))
        leading = cuts[end...].map { line($0) }
    }

    private func line(_ cut: Cut) -> Line {
        Line(text, cut.start..<cut.end, ending: cut.ending, number: cut.number)
    }
}
