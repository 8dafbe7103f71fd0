/// Writes rows of `show stat` as HAProxy does.
public struct StatisticsWriter: Sendable {
    public let format: StatisticsFormat
    /// `desc`: typed lines and JSON say what each field means.
    public let describes: Bool
    private var buffer = TextBuffer()
    private var isFirst = true
    private let constants: FieldConstants
    private let kinds = StatisticsWriter.kindsOfFields
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

    public mutating func append(_ row: StatisticsRow) {
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

    /// Of thousands of services there are tens of thousands of rows: what is written of one goes into the buffer at once.
    private mutating func appendCells(_ row: StatisticsRow) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.scratchSize) { scratch in
            guard let start = scratch.baseAddress else { return }
            var end = start
            row.withStorage { present, numbers, texts in
                var halves = (UInt64(truncatingIfNeeded: present), UInt64(truncatingIfNeeded: present >> 64))
                for place in 0..<StatisticsField.count {
                    let isPresent = halves.0 & 1 != 0
                    halves.0 >>= 1
                    if place == 63 { halves.0 = halves.1 }
                    if isPresent {
                        switch kinds[place] {
                        case .unsigned: end = TextBuffer.write(numbers[place], at: end)
                        case .signed: end = TextBuffer.write(Int32(truncatingIfNeeded: numbers[place]), at: end)
                        case .text:
                            let room = start + (Self.scratchSize - 4096) - end
                            if let next = TextBuffer.write(texts[place], at: end, most: min(room, Self.longestText)) {
                                end = next
                            } else {
                                buffer.bytes(UnsafeBufferPointer(start: start, count: end - start))
                                end = start
                                buffer.cell(texts[place])
                            }
                        }
                    }
                    end.pointee = UInt8(ascii: ",")
                    end += 1
                    if place == Self.separator {
                        end[0] = UInt8(ascii: "-")
                        end[1] = UInt8(ascii: ",")
                        end += 2
                    }
                }
            }
            end.pointee = UInt8(ascii: "\n")
            buffer.bytes(UnsafeBufferPointer(start: start, count: end + 1 - start))
        }
    }

    private mutating func appendLines(_ row: StatisticsRow) {
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

    private mutating func value(_ row: StatisticsRow, _ field: StatisticsField) {
        switch kinds[field.rawValue] {
        case .text: buffer.text(row.text(field))
        case .signed: buffer.signed(Int32(truncatingIfNeeded: row.number(field)))
        case .unsigned: buffer.number(row.number(field))
        }
    }

    private mutating func appendObjects(_ row: StatisticsRow) {
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
