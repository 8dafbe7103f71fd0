/// One word of haproxy.cfg ⇄ one JSON value.
enum ValueCoding {
    /// The JSON value of a word; nil if the word is not one of this type.
    static func decode(_ word: String, _ type: FieldType) -> JSONValue? {
        switch type {
        case .string: return .string(word)
        case .integer: return Int(word).map { .integer($0) }
        case .number(let values):
            guard let number = Int(word), values.contains(number) else { return nil }
            return .integer(number)
        case .time(let unit, _): return milliseconds(word, unit: unit).map { .integer($0) }
        case .size: return size(word).map { .integer($0) }
        case .enumeration(let values): return values.contains(word) ? .string(word) : nil
        case .toggle: return word == "enabled" || word == "disabled" ? .string(word) : nil
        case .list(let element):
            var values: [JSONValue] = []
            for part in word.split(separator: ",") {
                guard let value = decode(String(part), element) else { return nil }
                values.append(value)
            }
            return .array(values)
        case .boolean, .object, .map, .free: return nil
        }
    }

    /// The word of a valid JSON value.
    static func encode(_ value: JSONValue, _ type: FieldType = .text) -> String {
        switch (value, type) {
        case (.string(let text), _): return text
        case (.integer(let number), .time(let unit, _)) where unit != 1:
            return number % 1000 == 0 ? "\(number / 1000)s" : "\(number)ms"
        case (.integer(let number), _): return String(number)
        case (.array(let values), _): return values.map { encode($0) }.joined(separator: ",")
        default: return ""
        }
    }

    /// What a flag's presence or its opposite is in JSON.
    static func flag(_ isOn: Bool, _ type: FieldType) -> JSONValue {
        switch type {
        case .boolean: .boolean(isOn)
        case .enumeration(let values): .string(isOn ? values.first ?? "" : values.last ?? "")
        default: .string(isOn ? "enabled" : "disabled")
        }
    }

    /// A number of bytes or entries: `100k` is 102,400.
    private static func size(_ word: String) -> Int? {
        let digits = word.prefix { $0.isASCII && $0.isNumber }
        let shifts = ["": 0, "k": 10, "m": 20, "g": 30]
        guard let count = Int(digits), let shift = shifts[word.dropFirst(digits.count).lowercased()] else { return nil }
        let (product, overflow) = count.multipliedReportingOverflow(by: 1 << shift)
        return overflow ? nil : product
    }

    /// A duration of HAProxy 2.4: digits and a unit. Microseconds are rounded up.
    ///
    /// - Parameter unit: Milliseconds that a number without a unit counts for.
    static func milliseconds(_ word: String, unit: Int = 1) -> Int? {
        let digits = word.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int(digits) else { return nil }
        let factor: Int
        switch word.dropFirst(digits.count) {
        case "us": return count / 1000 + (count % 1000 == 0 ? 0 : 1)
        case "": factor = unit
        case "ms": factor = 1
        case "s": factor = 1000
        case "m": factor = 60_000
        case "h": factor = 3_600_000
        case "d": factor = 86_400_000
        default: return nil
        }
        let (product, overflow) = count.multipliedReportingOverflow(by: factor)
        return overflow ? nil : product
    }
}
