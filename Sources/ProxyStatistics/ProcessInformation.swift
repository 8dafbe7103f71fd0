/// What `show info` tells, as values.
public struct ProcessInformation: Sendable {
    private var present = [Bool](repeating: false, count: InformationField.most)
    private var numbers = [UInt64](repeating: 0, count: InformationField.most)
    private var texts = [String](repeating: "", count: InformationField.most)
    /// Millionths, in place of ``numbers``, for `float`.
    private var millionths = [UInt64?](repeating: nil, count: InformationField.most)

    public init() {}

    public mutating func set(_ field: InformationField, _ value: UInt64) {
        numbers[field.rawValue] = value
        present[field.rawValue] = true
    }

    public mutating func set(_ field: InformationField, _ value: Int) { set(field, UInt64(clamping: value)) }

    public mutating func set(_ field: InformationField, _ value: UInt32) { set(field, UInt64(value)) }

    public mutating func set(_ field: InformationField, _ value: String) {
        texts[field.rawValue] = value
        present[field.rawValue] = true
    }

    /// A number that `float` shows to the millionth.
    public mutating func set(_ field: InformationField, millionths value: UInt64) {
        set(field, value / 1_000_000)
        millionths[field.rawValue] = value
    }

    /// nil if it is not told.
    public subscript(field: InformationField) -> StatisticsValue? {
        guard present[field.rawValue] else { return nil }
        let number = numbers[field.rawValue]
        switch field.description.type {
        case nil: return .text(texts[field.rawValue])
        case .u32?, .s32?: return .u32(UInt32(truncatingIfNeeded: number))
        case .u64?, .flt?: return .u64(number)
        }
    }

    /// As HAProxy writes it.
    ///
    /// - Parameters:
    ///   - floats: `float`: ages and rates with their fractions.
    public func text(_ format: StatisticsFormat = .plain, describes: Bool = false, floats: Bool = false) -> [UInt8] {
        var buffer = TextBuffer()
        var isFirst = true
        if format == .json { buffer.byte("[") }
        for field in InformationField.allCases where present[field.rawValue] {
            switch format {
            case .plain:
                buffer.text(field.name)
                buffer.text(": ")
                value(field, floats, &buffer)
            case .typed:
                buffer.number(UInt64(field.rawValue))
                buffer.byte(".")
                buffer.text(field.name)
                buffer.text(".1:")
                buffer.text(field.tag(asFloat: floats).letters)
                buffer.byte(":")
                buffer.text(type(field, floats))
                buffer.byte(":")
                value(field, floats, &buffer)
            case .json:
                buffer.text(isFirst ? "{\"field\":{\"pos\":" : ",{\"field\":{\"pos\":")
                buffer.number(UInt64(field.rawValue))
                buffer.text(",\"name\":\"")
                buffer.text(field.name)
                buffer.text("\"},\"processNum\":1,")
                buffer.tags(field.tag(asFloat: floats))
                buffer.text(",\"value\":{\"type\":\"")
                buffer.text(type(field, floats))
                buffer.text("\",\"value\":")
                if field.description.type == nil {
                    buffer.quoted(texts[field.rawValue])
                } else {
                    value(field, floats, &buffer)
                }
                buffer.text("}}")
            }
            isFirst = false
            if format == .json { continue }
            if describes {
                buffer.text(":\"")
                buffer.text(field.meaning)
                buffer.byte("\"")
            }
            buffer.byte("\n")
        }
        if format == .json { buffer.byte("]") }
        return buffer.bytes
    }

    private func type(_ field: InformationField, _ floats: Bool) -> StaticString {
        guard let type = field.description.type else { return "str" }
        return floats && field.isFloating ? NumberType.flt.name : type.name
    }

    private func value(_ field: InformationField, _ floats: Bool, _ buffer: inout TextBuffer) {
        guard field.description.type != nil else { return buffer.text(texts[field.rawValue]) }
        buffer.number(numbers[field.rawValue])
        guard floats, field.isFloating, let millionths = millionths[field.rawValue] else { return }
        var (rest, digits) = (millionths % 1_000_000, 6)
        if rest == 0 { return }
        // As HAProxy: no zeros at the end.
        while rest % 10 == 0 { (rest, digits) = (rest / 10, digits - 1) }
        buffer.byte(".")
        let text = "\(rest)"
        buffer.text(String(repeating: "0", count: digits - text.utf8.count) + text)
    }
}
