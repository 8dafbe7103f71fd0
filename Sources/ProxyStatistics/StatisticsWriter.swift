/// Writes rows of `show stat` as HAProxy does.
public struct StatisticsWriter: Sendable {
    public let format: StatisticsFormat
    /// `desc`: typed lines and JSON say what each field means.
    public let describes: Bool
    private var buffer = TextBuffer()
    private var isFirst = true
    private let constants: FieldConstants
    private let kinds = StatisticsWriter.kindsOfFields
    private let quietCells = StatisticsWriter.quietCells()
    /// What is in each field, without a look at its description.
    private static let kindsOfFields: [CellKind] = StatisticsField.allCases.map {
        $0.type.map { $0 == .s32 ? .signed : .unsigned } ?? .text
    }
    private static let separator = StatisticsField.lastOfProxies.rawValue

    private enum CellKind: UInt8, Sendable {
        case unsigned
        case signed
        case text
    }

    /// - Parameter hasHeader: CSV begins with the names of its columns.
    public init(_ format: StatisticsFormat = .plain, describes: Bool = false, hasHeader: Bool = true) {
        self.format = format
        self.describes = describes
        constants = FieldConstants(format)
        switch format {
        case .plain: if hasHeader { header() }
        case .typed: break
        case .json: buffer.byte("[")
        }
    }

    /// Bytes that were written and not taken.
    public var size: Int { buffer.bytes.count }

    /// What was written since it was asked last.
    public mutating func take() -> [UInt8] { buffer.take() }

    /// There is no further row.
    public mutating func end() {
        if format == .json { buffer.byte("]") }
    }

    /// All that was written.
    public consuming func finished() -> [UInt8] {
        end()
        return buffer.bytes
    }

    private mutating func header() {
        buffer.text("# ")
        for field in StatisticsField.allCases {
            buffer.text(field.name)
            buffer.byte(",")
            if field == .lastOfProxies { buffer.text("-,") }
        }
        buffer.byte("\n")
    }

    public mutating func append(_ row: borrowing StatisticsRow) {
        switch format {
        case .plain: appendCells(row)
        case .typed: appendLines(row)
        case .json: appendObjects(row)
        }
        isFirst = false
    }

    /// Room for the numbers and commas of a row; a text that does not fit beside them is written on its own.
    private static let scratchSize = 8192
    private static let longestText = 256

    /// Of thousands of services there are tens of thousands of rows: what is written of one goes into the buffer at once, and four
    /// cells that have nothing or zero are one store.
    private mutating func appendCells(_ row: borrowing StatisticsRow) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.scratchSize) { scratch in
            guard let start = scratch.baseAddress else { return }
            var end = start
            cells(
                row,
                0..<64,
                UInt64(truncatingIfNeeded: row.present),
                UInt64(truncatingIfNeeded: row.busy),
                &end,
                start
            )
            cells(
                row,
                64..<StatisticsField.count,
                UInt64(truncatingIfNeeded: row.present >> 64),
                UInt64(truncatingIfNeeded: row.busy >> 64),
                &end,
                start
            )
            end.pointee = UInt8(ascii: "\n")
            buffer.bytes(UnsafeBufferPointer(start: start, count: end + 1 - start))
        }
    }

    /// The cells of some fields.
    ///
    /// - Parameters:
    ///   - present: A bit for each that has a value.
    ///   - busy: A bit for each whose value is a text or not zero.
    private mutating func cells(
        _ row: borrowing StatisticsRow,
        _ places: Range<Int>,
        _ present: UInt64,
        _ busy: UInt64,
        _ end: inout UnsafeMutablePointer<UInt8>,
        _ start: UnsafeMutablePointer<UInt8>
    ) {
        var (place, present, busy) = (places.lowerBound, present, busy)
        while place < places.upperBound {
            let isQuiet = busy & 15 == 0 && place + 4 <= places.upperBound
            if isQuiet, place > Self.separator || place + 4 <= Self.separator {
                let four = Int(truncatingIfNeeded: present & 15)
                UnsafeMutableRawPointer(end).storeBytes(of: quietCells[four].littleEndian, as: UInt64.self)
                end += 4 + four.nonzeroBitCount
                place += 4
                present >>= 4
                busy >>= 4
                continue
            }
            if present & 1 != 0 { write(row, place, at: &end, from: start) }
            end.pointee = UInt8(ascii: ",")
            end += 1
            if place == Self.separator {
                end[0] = UInt8(ascii: "-")
                end[1] = UInt8(ascii: ",")
                end += 2
            }
            place += 1
            present >>= 1
            busy >>= 1
        }
    }

    /// One cell. A text that does not fit goes into the buffer at once, behind all that was written before it.
    @inline(__always)
    private mutating func write(
        _ row: borrowing StatisticsRow,
        _ place: Int,
        at end: inout UnsafeMutablePointer<UInt8>,
        from start: UnsafeMutablePointer<UInt8>
    ) {
        switch kinds[place] {
        case .unsigned: end = TextBuffer.write(row.numbers[place], at: end)
        case .signed: end = TextBuffer.write(Int32(truncatingIfNeeded: row.numbers[place]), at: end)
        case .text:
            let text = row.rawText(place)
            let room = start + (Self.scratchSize - 4096) - end
            if let next = TextBuffer.write(text, at: end, most: min(room, Self.longestText)) {
                end = next
            } else {
                buffer.bytes(UnsafeBufferPointer(start: start, count: end - start))
                end = start
                buffer.cell(text)
            }
        }
    }

    /// What is written for four cells of which each is empty or zero, by a bit for each that is zero; the first byte is the least.
    private static func quietCells() -> InlineArray<16, UInt64> {
        InlineArray { present in
            var (bytes, shift) = (UInt64(0), UInt64(0))
            for place in 0..<4 {
                if present >> place & 1 != 0 {
                    bytes |= UInt64(UInt8(ascii: "0")) << shift
                    shift += 8
                }
                bytes |= UInt64(UInt8(ascii: ",")) << shift
                shift += 8
            }
            return bytes
        }
    }

    private mutating func appendLines(_ row: borrowing StatisticsRow) {
        row.forEachPresent { field in
            buffer.byte(row.kind.letter)
            buffer.byte(".")
            buffer.number(row.number(.iid))
            buffer.byte(".")
            buffer.number(row.number(.sid))
            buffer.bytes(constants[row.kind, field])
            value(row, field)
            if describes {
                buffer.text(":\"")
                buffer.text(field.meaning)
                buffer.byte("\"")
            }
            buffer.byte("\n")
        }
    }

    private mutating func value(_ row: borrowing StatisticsRow, _ field: StatisticsField) {
        switch kinds[field.rawValue] {
        case .text: buffer.text(row.text(field))
        case .signed: buffer.signed(Int32(truncatingIfNeeded: row.number(field)))
        case .unsigned: buffer.number(row.number(field))
        }
    }

    private mutating func appendObjects(_ row: borrowing StatisticsRow) {
        buffer.text(isFirst ? "[" : ",[")
        var isFirstField = true
        row.forEachPresent { field in
            buffer.text(isFirstField ? "{\"objType\":\"" : ",{\"objType\":\"")
            isFirstField = false
            buffer.text(row.kind.word)
            buffer.text("\",\"proxyId\":")
            buffer.number(row.number(.iid))
            buffer.text(",\"id\":")
            buffer.number(row.number(.sid))
            buffer.bytes(constants[row.kind, field])
            if kinds[field.rawValue] == .text { buffer.quoted(row.text(field)) } else { value(row, field) }
            buffer.text("}}")
        }
        buffer.byte("]")
    }
}
