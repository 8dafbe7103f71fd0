/// The entries of a file of patterns, in order: what HAProxy reads of it.
///
/// A line that begins with `#` is a comment, also behind no blank only; blanks before a pattern are of no account, and
/// neither are empty lines. Of one column the pattern goes to the end of its line, blanks included; of two a blank ends
/// the key, and the value has none at its ends.
public struct PatternLines: Sequence, IteratorProtocol {
    public struct Line: Equatable, Sendable {
        public var key: Range<Int>
        /// nil of one column.
        public var value: Range<Int>?
        /// The first is 1.
        public var number: Int
    }

    private let bytes: [UInt8]
    private let hasValues: Bool
    private var position = 0
    private var number = 0

    /// HAProxy's buffer, less the byte that ends a text: what is longer is more than one line.
    private static let longest = 16383

    public init(_ bytes: [UInt8], hasValues: Bool) {
        self.bytes = bytes
        self.hasValues = hasValues
    }

    public mutating func next() -> Line? {
        while position < bytes.count {
            let start = position
            let limit = Swift.min(bytes.count, start + Self.longest)
            let newline = bytes[start..<limit].firstIndex(of: Self.newline)
            position = newline.map { $0 + 1 } ?? limit
            number += 1
            guard bytes[start] != UInt8(ascii: "#") else { continue }
            // What is behind a NUL is not seen.
            let end = bytes[start..<(newline ?? limit)].firstIndex { $0 == 0 || $0 == Self.carriageReturn }
            if let line = line(start, end ?? newline ?? limit) { return line }
        }
        return nil
    }

    private func line(_ start: Int, _ end: Int) -> Line? {
        let first = bytes[start..<end].firstIndex { !Self.isBlank($0) } ?? end
        if first == end { return nil }
        guard hasValues else { return Line(key: first..<end, value: nil, number: number) }
        let keyEnd = bytes[first..<end].firstIndex { Self.isBlank($0) } ?? end
        let valueStart = bytes[keyEnd..<end].firstIndex { !Self.isBlank($0) } ?? end
        var valueEnd = end
        while valueEnd > valueStart, Self.isBlank(bytes[valueEnd - 1]) { valueEnd -= 1 }
        return Line(key: first..<keyEnd, value: valueStart..<valueEnd, number: number)
    }

    private static let newline = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
