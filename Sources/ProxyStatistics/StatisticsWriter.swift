/// Writes rows of `show stat` as HAProxy does.
public struct StatisticsWriter {
    public let format: StatisticsFormat
    /// `desc`: typed lines and JSON say what each field means.
    public let describes: Bool
    private var buffer = TextBuffer()
    private var isFirst = true

    public init(_ format: StatisticsFormat = .plain, describes: Bool = false) {
        self.format = format
        self.describes = describes
        switch format {
        case .plain: header()
        case .typed: break
        case .json: buffer.byte("[")
        }
    }

    /// Makes room for so many bytes.
    public mutating func reserve(_ count: Int) { buffer.reserve(count) }

    /// All that was written.
    public consuming func finished() -> [UInt8] {
        if format == .json { buffer.byte("]") }
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

    private mutating func appendCells(_ row: StatisticsRow) {
        var next = 0
        func commas(to place: Int) {
            let separator = StatisticsField.lastOfProxies.rawValue
            while next < place {
                buffer.byte(",")
                if next == separator { buffer.text("-,") }
                next += 1
            }
        }
        row.forEachPresent { field in
            commas(to: field.rawValue)
            switch field.type {
            case nil: buffer.cell(row.text(field))
            case .s32?: buffer.signed(Int32(truncatingIfNeeded: row.number(field)))
            case .u32?, .u64?, .flt?: buffer.number(row.number(field))
            }
        }
        commas(to: StatisticsField.count)
        buffer.byte("\n")
    }

    private mutating func appendLines(_ row: StatisticsRow) {
        row.forEachPresent { field in
            buffer.byte(row.kind.letter)
            buffer.byte(".")
            buffer.number(row.number(.iid))
            buffer.byte(".")
            buffer.number(row.number(.sid))
            buffer.byte(".")
            buffer.number(UInt64(field.rawValue))
            buffer.byte(".")
            buffer.text(field.name)
            buffer.text(".1:")
            buffer.text(field.tag(on: row.kind).letters)
            buffer.byte(":")
            buffer.text(field.type?.name ?? "str")
            buffer.byte(":")
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
        switch field.type {
        case nil: buffer.text(row.text(field))
        case .s32?: buffer.signed(Int32(truncatingIfNeeded: row.number(field)))
        case .u32?, .u64?, .flt?: buffer.number(row.number(field))
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
            buffer.text(",\"field\":{\"pos\":")
            buffer.number(UInt64(field.rawValue))
            buffer.text(",\"name\":\"")
            buffer.text(field.name)
            buffer.text("\"},\"processNum\":1,")
            buffer.tags(field.tag(on: row.kind))
            buffer.text(",\"value\":{\"type\":\"")
            buffer.text(field.type?.name ?? "str")
            buffer.text("\",\"value\":")
            if field.type == nil { buffer.quoted(row.text(field)) } else { value(row, field) }
            buffer.text("}}")
        }
        buffer.byte("]")
    }
}
