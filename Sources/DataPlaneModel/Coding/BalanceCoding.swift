/// The `balance` line, whose algorithms take their arguments in ways of their own (HAProxy 4.2, `balance`).
enum BalanceCoding {
    private static let options: LineGrammar = {
        guard case .object(let fields) = Field.balance.type else { return LineGrammar([]) }
        return LineGrammar(fields.filter { !$0.form.isBalance && $0.form.place == nil })
    }()

    /// Reads `balance hdr(host) …`; nil for a line that is not understood.
    static func decode(_ words: [String]) -> JSONObject? {
        guard words.count >= 2, words[0] == "balance" else { return nil }
        var algorithm = words[1]
        var argument: String?
        if let open = algorithm.firstIndex(of: "("), algorithm.hasSuffix(")") {
            argument = String(algorithm[algorithm.index(after: open)...].dropLast())
            algorithm = String(algorithm[..<open])
        }
        guard Field.balanceAlgorithms.contains(algorithm) else { return nil }
        var object: JSONObject = ["algorithm": .string(algorithm)]
        var rest = Array(words.dropFirst(2))
        switch algorithm {
        case "hdr": object["hdr_name"] = argument.map { .string($0) }
        case "random": object["random_draws"] = argument.flatMap { Int($0) }.map { .integer($0) }
        case "rdp-cookie": object["rdp_cookie_name"] = argument.map { .string($0) }
        case "hash":
            object["hash_expression"] = .string(Words.join(rest))
            rest = []
        case "url_param":
            guard !rest.isEmpty else { return nil }
            object["url_param"] = .string(rest.removeFirst())
        default: break
        }
        let (members, unknown) = options.decode([""] + rest)
        guard unknown.isEmpty else { return nil }
        for member in members.members { object[member.name] = member.value }
        return object
    }

    static func encode(_ object: JSONObject) -> [String] {
        let algorithm = object["algorithm"]?.string ?? ""
        var words = ["balance", algorithm]
        func argument(_ member: String) {
            if let value = object[member] { words[1] += "(\(ValueCoding.encode(value)))" }
        }
        switch algorithm {
        case "hdr": argument("hdr_name")
        case "random": argument("random_draws")
        case "rdp-cookie": argument("rdp_cookie_name")
        case "hash": words += object["hash_expression"]?.string.flatMap { Words.split($0) } ?? []
        case "url_param": words += object["url_param"]?.string.map { [$0] } ?? []
        default: break
        }
        return words + options.encode(object)
    }
}

extension Form {
    var isBalance: Bool {
        if case .balance = self { return true }
        return false
    }
}
