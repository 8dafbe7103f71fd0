/// The answer to `show stat`: a line of names and a line for each frontend, listener, server and backend (management guide,
/// 9.1). It stays as bytes; of thousands of rows only the places of the fields are noted.
public struct StatisticsTable: Sendable {
    public let bytes: [UInt8]
    /// Where what follows it begins: the empty line, or the end.
    public private(set) var end = 0
    /// The number of each column.
    private var columns: [String: Int] = [:]
    private var width = 0
    /// Where each field begins, and at the end of each row where it ends: `width` + 1 places for a row.
    private var places: [UInt32] = []

    /// By number.
    public var rows: Range<Int> { 0..<(width == 0 ? 0 : places.count / (width + 1)) }

    /// - Parameter bytes: What is no table has no rows.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        end = bytes.count
        guard bytes.starts(with: Array("# ".utf8)), let end = bytes.firstIndex(of: 10) else { return }
        for name in bytes[2..<end].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let name = String(decoding: name, as: UTF8.self)
            if !name.isEmpty, columns[name] == nil { columns[name] = width }
            width += 1
        }
        // Behind the last comma stands nothing.
        places.reserveCapacity(bytes.count / 3)
        var start = end + 1
        // An empty line ends it.
        while start < bytes.count, bytes[start] != 10 {
            let stop = addRow(start)
            start = stop + 1
        }
        self.end = min(start, bytes.count)
    }

    /// Notes the fields of the row that begins at `start`; where it ends.
    private mutating func addRow(_ start: Int) -> Int {
        bytes.withUnsafeBufferPointer { bytes in
            var index = start
            var isQuoted = false
            let first = places.count
            places.append(UInt32(truncatingIfNeeded: start))
            while index < bytes.count {
                let byte = bytes[index]
                if byte == UInt8(ascii: "\"") {
                    isQuoted.toggle()
                } else if byte == 10, !isQuoted {
                    break
                } else if byte == UInt8(ascii: ","), !isQuoted, places.count - first < width {
                    places.append(UInt32(truncatingIfNeeded: index + 1))
                }
                index += 1
            }
            // An empty line, or one with too little.
            if places.count - first < width {
                places.removeLast(places.count - first)
            } else {
                places.append(UInt32(truncatingIfNeeded: index + 1))
            }
            return index
        }
    }

    /// Where the table begins in an answer that has something before it.
    public static func start(in bytes: [UInt8]) -> Int {
        bytes.firstRange(of: Array("# pxname,".utf8))?.lowerBound ?? bytes.count
    }

    public func column(_ name: String) -> Int? { columns[name] }

    /// The bytes of a field as they stand there; empty for one that there is not.
    public func field(_ column: Int?, _ row: Int) -> ArraySlice<UInt8> {
        guard let column else { return [] }
        let place = row * (width + 1) + column
        return bytes[Int(places[place])..<max(Int(places[place]), Int(places[place + 1]) - 1)]
    }

    func isEmpty(_ column: Int, _ row: Int) -> Bool {
        let place = row * (width + 1) + column
        return places[place + 1] <= places[place] + 1
    }

    /// nil for one that there is not.
    func kind(_ row: Int) -> StatisticsRow.Kind? {
        number(columns["type"], row).flatMap { StatisticsRow.Kind(rawValue: UInt8(clamping: $0)) }
    }

    /// The whole line, with its end.
    public func line(_ row: Int) -> ArraySlice<UInt8> {
        bytes[Int(places[row * (width + 1)])..<min(bytes.count, Int(places[row * (width + 1) + width]))]
    }

    /// The line of names.
    public var header: ArraySlice<UInt8> { bytes.prefix { $0 != 10 } + [10] }

    /// A field's text without quotes; nil if it is empty.
    public subscript(_ name: String, _ row: Int) -> String? { text(column(name), row) }

    public func text(_ column: Int?, _ row: Int) -> String? {
        let field = field(column, row)
        if field.isEmpty { return nil }
        guard field.first == UInt8(ascii: "\"") else { return String(decoding: field, as: UTF8.self) }
        return String(decoding: field.dropFirst().dropLast(), as: UTF8.self).replacing("\"\"", with: "\"")
    }

    public func number(_ column: Int?, _ row: Int) -> Int? {
        let field = field(column, row)
        if field.isEmpty { return nil }
        var value = 0
        for byte in field.first == UInt8(ascii: "-") ? field.dropFirst() : field {
            guard (48...57).contains(byte) else { return nil }
            value = value &* 10 &+ Int(byte - 48)
        }
        return field.first == UInt8(ascii: "-") ? -value : value
    }
}
