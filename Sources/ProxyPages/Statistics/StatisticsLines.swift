/// The bytes of an answer as they are, without the empty line behind it.
struct StatisticsLines: Sendable {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        // Other answers may have stood before it.
        let start = bytes.firstIndex { $0 != 10 } ?? bytes.count
        let end = bytes.suffix(2).elementsEqual([10, 10]) ? bytes.count - 1 : bytes.count
        self.bytes = Array(bytes[start..<max(start, end)])
    }

    mutating func add(to part: inout [UInt8], enough: Int) {
        let stop = min(bytes.count, position + enough)
        part += bytes[position..<stop]
        position = stop
    }
}
