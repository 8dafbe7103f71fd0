/// Writes lines one behind the other. What was read as one piece is written as one.
struct DocumentWriter {
    private var bytes: [UInt8] = []
    /// The first and the last line of the piece that is not written yet.
    private var piece: (first: Line, last: Line)?
    private let newline: [UInt8]

    /// - Parameter capacity: About how many bytes there will be.
    init(newline: String, capacity: Int = 0) {
        self.newline = Array(newline.utf8)
        bytes.reserveCapacity(capacity)
    }

    mutating func write(_ section: Section) {
        for line in section.leading { write(line) }
        write(section.header)
        if section.isWhole, let last = section.lines.last {
            piece?.last = last
        } else {
            for line in section.lines { write(line) }
        }
    }

    mutating func write(_ line: Line) {
        if let last = piece?.last {
            if last.isFollowed(by: line) {
                piece?.last = line
                return
            }
            finishPiece()
            // The former last line gets its newline only if another line follows it now.
            if last.ending == .endOfFile { bytes += newline }
        }
        piece = (line, line)
    }

    private mutating func finishPiece() {
        guard let (first, last) = piece else { return }
        piece = nil
        if last.ending == .unset {
            last.withBytes { bytes.append(contentsOf: $0) }
            bytes += newline
        } else {
            first.withBytes(through: last) { bytes.append(contentsOf: $0) }
        }
    }

    /// All that was written.
    consuming func finished() -> [UInt8] {
        finishPiece()
        return bytes
    }
}
