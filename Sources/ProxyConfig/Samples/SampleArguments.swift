internal import Patterns

/// What single methods and converters ask of their arguments beyond their types.
enum SampleArguments {
    /// The problem in HAProxy's words; nil if there is none.
    static func problem(
        _ values: [String],
        of name: String,
        isConverter: Bool,
        _ surroundings: Surroundings
    ) -> String? {
        let value = values.first ?? ""
        guard isConverter else {
            switch name {
            case "bool":
                return ["true", "false", "0", "1"].contains(value) ? nil : "Expects 'true', 'false', '0' or '1'"
            case "bin" where value.isEmpty: return "(null)"
            case "bin":
                let wrong = value.utf8.first { Lexer.hexadecimal($0) == nil }
                if wrong == nil, value.utf8.count % 2 == 1 { return "an even number of hex digit is expected" }
                return wrong.map { "an hex digit is expected (found '\(String(decoding: [$0], as: UTF8.self))')" }
            case "var": return problem(variable: value)
            case "date" where values.count > 1: return problem(unit: values[1])
            case "uuid": return values.isEmpty || Int(value) == 4 ? nil : "Unsupported UUID version: '\(value)'"
            default: return nil
            }
        }
        switch name {
        case "field", "word":
            if Int(value) == 0 { return "Unexpected value 0 for index" }
            return values.count > 1 && values[1].isEmpty ? "Empty separators list" : nil
        case "be2dec", "be2hex": return problem(chunks: values, isDecimal: name == "be2dec")
        case "http_date" where values.count > 1: return problem(unit: values[1])
        case "url_enc":
            return value.isEmpty || value == "query" ? nil : "Unexpected encode type. Allowed value is 'query'"
        case "add_item":
            if values.dropFirst().allSatisfy({ $0.isEmpty }) {
                return "one of the optional arguments has to be nonempty"
            }
            return values[1].isEmpty || problem(variable: values[1]) == nil
                ? nil : "failed to register variable name '\(values[1])'"
        case "json_query", "jwt_header_query", "jwt_payload_query":
            if value.isEmpty, name == "json_query" { return "json_path must not be empty" }
            return values.count < 2 || values[1].isEmpty || values[1] == "int"
                ? nil : "output_type only supports \"int\" as argument"
        case "jwt_verify":
            if value.hasPrefix("PS"), jwtSizes.contains(String(value.dropFirst(2))) {
                return "RSASSA-PSS JWS signing not managed yet"
            }
            let isKnown =
                value == "none"
                || ["HS", "RS", "ES"].contains(value.prefix(2)) && jwtSizes.contains(String(value.dropFirst(2)))
            return isKnown || problem(variable: value) == nil ? nil : "unknown JWT algorithm: \(value)"
        case "fix_tag_value":
            return value.isEmpty || (Int(value) ?? 1) <= 0 ? "Unknown FIX tag name '\(value)'" : nil
        case "mqtt_field_value": return MQTTFields.problem(packet: value, field: values.count > 1 ? values[1] : "")
        case "add", "sub", "mul", "div", "mod", "and", "or", "xor":
            return value.isEmpty || Int(value) != nil || problem(variable: value) == nil
                ? nil : "expects an integer or a variable name"
        case "set-var" where problem(variable: value) == nil: return problem(conditions: values.dropFirst())
        case "set-var", "unset-var": return problem(variable: value)
        case "strcmp", "secure_memcmp":
            if value.isEmpty { return "missing variable name" }
            return problem(variable: value) == nil ? nil : "failed to register variable name '\(value)'"
        case "concat":
            guard values.count > 1, !values[1].isEmpty else { return nil }
            return problem(variable: values[1]) == nil ? nil : "failed to register variable name '\(values[1])'"
        case "json":
            return ["", "ascii", "utf8", "utf8s", "utf8p", "utf8ps"].contains(value)
                ? nil
                : "Unexpected input code type. Allowed value are 'ascii', 'utf8', 'utf8s', 'utf8p' and 'utf8ps'"
        case "digest", "hmac":
            guard digests.contains(value.lowercased()) else {
                return "algorithm must be a valid OpenSSL message digest name."
            }
            guard values.count > 1 else { return nil }
            return isBase64(values[1]) || problem(variable: values[1]) == nil
                ? nil
                : "failed to parse key : argument needs to be base64 encoded, and can either be a string or a variable"
        case "sha2":
            return values.isEmpty || ["224", "256", "384", "512"].contains(value)
                ? nil : "Unsupported number of bits: '\(value)'"
        case "regsub":
            if let problem = RegexText.problem(value) { return problem }
            let wrong = values.count > 2 ? values[2].first { $0 != "i" && $0 != "g" } : nil
            return wrong.map { "invalid regex flag '\($0)', only 'i' and 'g' are supported" }
        default: return nil
        }
    }

    private static let jwtSizes: Set<String> = ["256", "384", "512"]

    private static func problem(unit: String) -> String? {
        ["s", "ms", "us"].contains(unit) ? nil : "expects 's', 'ms' or 'us', got '\(unit)'"
    }

    /// `<separator>[,<size>[,<truncate>]]` of big endian numbers.
    private static func problem(chunks values: [String], isDecimal: Bool) -> String? {
        let size = values.count > 1 ? Int(values[1]) ?? 0 : 0
        if isDecimal, !(1...8).contains(size) { return "chunk_size out of [1..8] range (\(size))" }
        // Without a separator there is one piece.
        if !isDecimal, values.first?.isEmpty == false, size < 1 { return "chunk_size needs to be positive (\(size))" }
        guard values.count > 2, let truncate = Int(values[2]), !(0...1).contains(truncate) else { return nil }
        return "Unsupported truncate value (\(truncate))"
    }

    private static let digests: Set<String> = [
        "md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha512-224", "sha512-256", "sha3-224", "sha3-256",
        "sha3-384", "sha3-512", "shake128", "shake256", "blake2b512", "blake2s256", "sm3", "ripemd160", "md5-sha1",
    ]

    private static func isBase64(_ text: String) -> Bool {
        text.utf8.count % 4 == 0
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
                    true
                default: false
                }
            }
    }

    /// When a variable is set.
    static func problem(conditions: some Sequence<String>) -> String? {
        let known: Set<String> = [
            "ifexists", "ifnotexists", "ifempty", "ifnotempty", "ifset", "ifnotset", "ifgt", "iflt",
        ]
        return conditions.first { !known.contains($0) }.map { "unknown condition \"\($0)\"" }
    }

    /// `txn.name`: a scope and a name.
    static func problem(variable name: String) -> String? {
        problem(scopeOf: name)
            ?? strange(inVariable: name).map {
                "invalid syntax at char '\(String(decoding: name.utf8.dropFirst($0), as: UTF8.self))'"
            }
    }

    static func problem(scopeOf name: String) -> String? {
        let parts = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        if name.isEmpty { return "Empty variable name cannot be accepted" }
        guard parts.count == 2, !parts[1].isEmpty, ["proc", "sess", "txn", "req", "res", "check"].contains(parts[0])
        else {
            return
                "invalid variable name '\(name)'. A variable name must be start by its scope. The scope can be 'proc', "
                + "'sess', 'txn', 'req', 'res' or 'check'"
        }
        return nil
    }

    /// How many characters stand before the first that no name of a variable has.
    static func strange(inVariable name: String) -> Int? {
        name.utf8.enumerated().first { entry in
            switch entry.element {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."):
                false
            default: true
            }
        }?.offset
    }
}
