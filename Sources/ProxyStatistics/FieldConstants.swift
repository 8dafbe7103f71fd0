/// What typed lines and JSON say of a field between its object's numbers and its value, which is the same in each row of a kind.
struct FieldConstants: Sendable {
    private var bytes: [UInt8] = []
    /// Where those of a kind and field begin, and behind the last where they end; empty in CSV, which has none.
    private var places: [Int] = [0]

    init(_ format: StatisticsFormat) {
        if format == .plain { return }
        var buffer = TextBuffer()
        for kind in StatisticsRow.Kind.allCases {
            for field in StatisticsField.allCases {
                if format == .typed { Self.line(kind, field, &buffer) } else { Self.object(kind, field, &buffer) }
                places.append(buffer.bytes.count)
            }
        }
        bytes = buffer.bytes
    }

    /// `.4.scur.1:MGP:u32:`
    private static func line(_ kind: StatisticsRow.Kind, _ field: StatisticsField, _ buffer: inout TextBuffer) {
        buffer.byte(".")
        buffer.number(UInt64(field.rawValue))
        buffer.byte(".")
        buffer.text(field.name)
        buffer.text(".1:")
        buffer.text(field.tag(on: kind).letters)
        buffer.byte(":")
        buffer.text(field.type?.name ?? "str")
        buffer.byte(":")
    }

    /// `,"field":{…},"processNum":1,"tags":{…},"value":{"type":"u32","value":`
    private static func object(_ kind: StatisticsRow.Kind, _ field: StatisticsField, _ buffer: inout TextBuffer) {
        buffer.text(",\"field\":{\"pos\":")
        buffer.number(UInt64(field.rawValue))
        buffer.text(",\"name\":\"")
        buffer.text(field.name)
        buffer.text("\"},\"processNum\":1,")
        buffer.tags(field.tag(on: kind))
        buffer.text(",\"value\":{\"type\":\"")
        buffer.text(field.type?.name ?? "str")
        buffer.text("\",\"value\":")
    }

    subscript(_ kind: StatisticsRow.Kind, _ field: StatisticsField) -> ArraySlice<UInt8> {
        let place = Int(kind.rawValue) * StatisticsField.count + field.rawValue
        return bytes[places[place]..<places[place + 1]]
    }
}
