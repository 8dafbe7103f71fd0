/// A bound on a property's value, as `ovf:qualifiers` has it: those of DSP0243 (9.5.1) that vSphere looks at.
public enum OVFQualifier: Sendable, Hashable {
    case leastLength(Int)
    case mostLength(Int)
    case least(Int)
    case most(Int)
    case oneOf([String])

    /// Reads `MinLen(6) MaxLen(128)` or `ValueMap{"a","b"}`.
    ///
    /// - Returns: nil for what is neither.
    static func list(_ text: String) -> [OVFQualifier]? {
        var rest = Substring(text)
        var result: [OVFQualifier] = []
        while true {
            rest = rest.drop { $0.isWhitespace || $0 == "," }
            guard let open = rest.firstIndex(where: { $0 == "(" || $0 == "{" }) else {
                return rest.isEmpty ? result : nil
            }
            let end: Character = rest[open] == "(" ? ")" : "}"
            guard let close = rest[open...].firstIndex(of: end),
                let qualifier = one(rest[..<open], rest[rest.index(after: open)..<close])
            else { return nil }
            result.append(qualifier)
            rest = rest[rest.index(after: close)...]
        }
    }

    private static func one(_ name: Substring, _ argument: Substring) -> OVFQualifier? {
        if name == "ValueMap" {
            let words = argument.split(separator: ",").map { word in
                String(word.drop { $0.isWhitespace || $0 == "\"" }.prefix { $0 != "\"" })
            }
            return .oneOf(words)
        }
        guard let number = Int(argument) else { return nil }
        switch name {
        case "MinLen": return .leastLength(number)
        case "MaxLen": return .mostLength(number)
        case "MinValue": return .least(number)
        case "MaxValue": return .most(number)
        default: return nil
        }
    }

    /// What a value must be that it does not allow; nil if it does.
    func remedy(for value: String) -> String? {
        switch self {
        case .leastLength(let least) where value.count < least: "give at least \(least) characters"
        case .mostLength(let most) where value.count > most: "give at most \(most) characters"
        case .least(let least) where (Int(value) ?? least) < least: "give at least \(least)"
        case .most(let most) where (Int(value) ?? most) > most: "give at most \(most)"
        case .oneOf(let values) where !values.contains(value):
            "give one of \(values.filter { !$0.isEmpty }.joined(separator: ", "))"
        default: nil
        }
    }
}

extension OVFDescriptor.Property {
    /// What a value must be for vSphere to take it, if it does not: before the machine ever sees it.
    public func remedy(for value: String) -> String? {
        switch type {
        case "boolean" where !["true", "false"].contains(value.lowercased()):
            return "write True or False"
        case "string", "boolean":
            return qualifiers.lazy.compactMap { $0.remedy(for: value) }.first
        default:
            guard Int(value) != nil else { return "give a number" }
            return qualifiers.lazy.compactMap { $0.remedy(for: value) }.first
        }
    }
}
