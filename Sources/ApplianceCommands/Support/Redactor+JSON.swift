internal import DataPlaneModel

extension Redactor {
    /// JSON without secrets, and how many were taken out; nil if it is none. Members keep their names; what nothing is taken
    /// out of stays as it is, byte for byte.
    func redactJSON(_ text: ArraySlice<UInt8>) -> (text: ArraySlice<UInt8>, count: Int)? {
        guard let first = text.first(where: { $0 > 0x20 }), first == UInt8(ascii: "{") || first == UInt8(ascii: "["),
            let value = try? JSONParser.parse(Array(text))
        else { return nil }
        let (redacted, taken) = redact(value)
        var plain = text
        // Of a name that stands there twice only the last value was looked at.
        let count = taken > 0 ? taken : maskPlain(&plain)
        guard count > 0 else { return (text, 0) }
        let end: [UInt8] = text.last == UInt8(ascii: "\n") ? [UInt8(ascii: "\n")] : []
        return ((redacted.utf8 + end)[...], count)
    }

    private func redact(_ value: JSONValue) -> (JSONValue, Int) {
        var count = 0
        func counted(_ result: (JSONValue, Int)) -> JSONValue {
            count += result.1
            return result.0
        }
        switch value {
        case .string(let text):
            let (bytes, taken) = redact(Array(text.utf8))
            return (.string(String(decoding: bytes, as: UTF8.self)), taken)
        case .array(let values):
            // `["--password", "…"]`
            let before: [JSONValue?] = [nil] + values
            let redacted = zip(before, values).map { before, value in
                counted(Self.isName(before) ? Self.masked(value) : redact(value))
            }
            return (.array(redacted), count)
        case .object(let object):
            // `{"key": "root_pwd", "value": "…"}`
            let isTold = object.members.contains { Self.naming.contains($0.name) && Self.isName($0.value) }
            var result = JSONObject()
            for (name, value) in object.members {
                let isSecret = Self.isTelling(name) || (isTold && name == "value")
                // A name has no secret behind it, but may be one.
                let (known, taken) = redactKnown(name)
                count += taken
                result[known] = counted(isSecret ? Self.masked(value) : redact(value))
            }
            return (.object(result), count)
        case .null, .boolean, .integer, .number: return (value, 0)
        }
    }

    /// Members that hold a name, to which a member `value` belongs.
    private static let naming: Set<String> = ["key", "name", "id", "property", "header", "variable"]

    private static func isName(_ value: JSONValue?) -> Bool {
        guard let name = value?.string else { return false }
        return !name.utf8.contains(UInt8(ascii: " ")) && isTelling(name)
    }

    /// All of it; what says no more than yes or no, or nothing, stays.
    private static func masked(_ value: JSONValue) -> (JSONValue, Int) {
        switch value {
        case .null, .boolean: return (value, 0)
        case .string(""): return (value, 0)
        case .string, .integer, .number: return (.string(mask), 1)
        case .array(let values):
            let results = values.map { masked($0) }
            return (.array(results.map { $0.0 }), results.reduce(0) { $0 + $1.1 })
        case .object(let object):
            var (result, count) = (JSONObject(), 0)
            for (name, value) in object.members {
                let (value, taken) = masked(value)
                result[name] = value
                count += taken
            }
            return (.object(result), count)
        }
    }
}
