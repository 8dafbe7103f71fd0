/// One word of haproxy.cfg ⇄ one JSON value.
enum ValueCoding {
    /// The JSON value of a word; nil if the word is not one of this type.
    static func decode(_ word: String, _ type: FieldType) -> JSONValue? {
        switch type {
        case .string: .string(word)
        case .integer: Int(word).map { .integer($0) }
        case .time: milliseconds(word).map { .integer($0) }
        case .enumeration(let values): values.contains(word) ? .string(word) : nil
        case .list: .array(word.split(separator: ",").map { .string(String($0)) })
        case .boolean, .toggle, .object: nil
        }
    }

    /// The word of a valid JSON value.
    static func encode(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): text
        case .integer(let number): String(number)
        case .array(let values): values.map { encode($0) }.joined(separator: ",")
        case .boolean, .number, .null, .object: ""
        }
    }

    /// What a flag's presence or its opposite is in JSON.
    static func flag(_ isOn: Bool, _ type: FieldType) -> JSONValue {
        if case .toggle = type { return .string(isOn ? "enabled" : "disabled") }
        return .boolean(isOn)
    }

    /// A duration of HAProxy 2.4: digits and a unit, milliseconds without one. Microseconds are rounded up.
    static func milliseconds(_ word: String) -> Int? {
        let digits = word.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int(digits) else { return nil }
        let factor: Int
        switch word.dropFirst(digits.count) {
        case "us": return count / 1000 + (count % 1000 == 0 ? 0 : 1)
        case "", "ms": factor = 1
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
