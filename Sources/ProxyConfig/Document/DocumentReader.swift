/// Cuts the bytes of a haproxy.cfg into lines and sections.
struct DocumentReader {
    private(set) var preamble: [Line] = []
    private(set) var sections: [Section] = []
    /// The ending of the first line: that of new lines.
    private(set) var newline = "\n"

    private var lines: [Line] = []
    private var header: Line?
    private var leading: [Line] = []
    private var number: Int32 = 0

    mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) {
        var start = 0
        while start < bytes.count {
            let rest = UnsafeBufferPointer(rebasing: bytes[start...])
            let length = rest.firstIndex(of: UInt8(ascii: "\n"))
            let line = UnsafeBufferPointer(rebasing: rest[..<(length ?? rest.count)])
            add(line, hasNewline: length != nil)
            start += line.count + 1
        }
        finishSection(isLast: true)
    }

    private mutating func add(_ bytes: UnsafeBufferPointer<UInt8>, hasNewline: Bool) {
        number += 1
        var ending = Line.Ending.endOfFile
        var text = bytes
        if hasNewline {
            ending = .newline
            if bytes.last == Lexer.carriageReturn {
                ending = .carriageReturnNewline
                text = UnsafeBufferPointer(rebasing: bytes.dropLast())
                if number == 1 { newline = "\r\n" }
            }
        }
        let line = Line(raw: String(decoding: text, as: UTF8.self), ending: ending, number: number)
        if SectionKind.startsSection(text, line) {
            finishSection()
            header = line
        } else {
            lines.append(line)
        }
    }

    /// Ends the section that was being read. The comments at its end that stand directly above the next header are
    /// left for that one; above the first header they are the preamble's, where the version line is.
    private mutating func finishSection(isLast: Bool = false) {
        guard let header else {
            preamble = lines
            lines = []
            return
        }
        var next: [Line] = []
        while !isLast, let last = lines.last, last.raw.utf8.first == UInt8(ascii: "#") {
            next.append(last)
            lines.removeLast()
        }
        sections.append(Section(leading: leading, header: header, lines: lines))
        leading = next.reversed()
        lines = []
    }
}
