internal import Patterns

/// What commands about patterns do, and what they answer: HAProxy's words.
struct PatternAnswers {
    let list: PatternList
    let book: PatternBook

    /// Words about the kind that the command is about.
    private struct Kind {
        let isMap: Bool
        var name: String { isMap ? "map" : "acl" }
        var title: String { isMap ? "map" : "ACL" }
        var unknown: String { "Unknown \(title) identifier. Please use #<id> or <file>.\n" }

        func fits(_ listed: PatternList.Listed) -> Bool { isMap ? listed.isMap : listed.isACL }
    }

    /// The answer as HAProxy gives it; it ends with a newline unless it is empty.
    func answer(_ command: PatternCommand) -> String {
        let kind = Kind(isMap: command.words[1] == "map")
        var words = Array(command.words.dropFirst(2))
        var version: UInt32?
        if let first = words.first, first.hasPrefix("@"), !["get", "set", "del", "prepare"].contains(command.words[0]) {
            version = Self.number(first.dropFirst())
            words.removeFirst()
        }
        func word(_ place: Int) -> String { place < words.count ? words[place] : "" }
        switch command.words[0] {
        case "show":
            if words.isEmpty, version == nil { return listing(kind) }
            guard let listed = list.find(word(0)), kind.fits(listed) else { return kind.unknown }
            return entries(listed.reference, version)
        case "get":
            guard words.count >= 2 else { return "Missing \(kind.title) identifier and/or key.\n" }
            guard let listed = list.find(word(0)) else { return kind.unknown }
            return look(listed.reference, word(1), kind)
        case "add": return add(words, version, command.payload, kind)
        case "del":
            guard words.count >= 2 else {
                return "This command expects two parameters: \(kind.title) identifier and key.\n"
            }
            // HAProxy speaks of a map here whatever it looked for.
            guard let listed = list.find(word(0)), kind.fits(listed) else { return Kind(isMap: true).unknown }
            return delete(word(1), listed.reference)
        case "set":
            guard words.count >= 3 else {
                return "'set map' expects three parameters: map identifier, key and value.\n"
            }
            guard let listed = list.find(word(0)) else { return kind.unknown }
            return set(word(1), word(2), listed.reference)
        case "clear":
            guard !words.isEmpty else { return "Missing \(kind.title) identifier.\n" }
            guard let listed = list.find(word(0)), kind.fits(listed) else { return kind.unknown }
            listed.reference.clear(version ?? listed.reference.version)
            return ""
        case "prepare":
            guard let listed = list.find(word(0)), kind.fits(listed) else { return kind.unknown }
            return "New version created: \(listed.reference.prepare())\n"
        default:
            guard let version else { return "Missing version number.\n" }
            guard !words.isEmpty else { return "Missing \(kind.title) identifier.\n" }
            guard let listed = list.find(word(0)), kind.fits(listed) else { return kind.unknown }
            guard listed.reference.canCommit(version) else { return "Version number out of range.\n" }
            listed.reference.commit(version)
            return ""
        }
    }

    /// Of what is no number, 0.
    private static func number(_ text: Substring) -> UInt32 {
        UInt32(text.prefix { $0.isASCII && $0.isNumber }) ?? 0
    }

    // MARK: - Reading

    private func listing(_ kind: Kind) -> String {
        var text = "# id (file) description\n"
        for listed in list.all where kind.fits(listed) {
            let reference = listed.reference
            text +=
                "\(listed.number) (\(reference.path ?? "")) \(listed.description). curr_ver=\(reference.version) "
                + "next_ver=\(reference.nextVersion) entry_cnt=\(reference.cells.count * lists(reference).count)\n"
        }
        return text
    }

    private func entries(_ reference: PatternReference, _ version: UInt32?) -> String {
        let version = version ?? reference.version
        var text = ""
        for cell in reference.cells where cell.pointee.generation == version {
            text += "0x\(String(cell.pointee.id, radix: 16)) \(cell.keyText)"
            if let value = cell.value { text += " \(value.text)" }
            text += "\n"
        }
        return text
    }

    /// HAProxy keeps one list for methods that read patterns alike, counts entries in each, and speaks of who asked for
    /// it first.
    private func lists(_ reference: PatternReference) -> [PatternExpression] {
        var lists: [PatternExpression] = []
        for expression in reference.expressions where !expression.isUnused {
            if !lists.contains(where: { $0.isKept(with: expression) }) { lists.append(expression) }
        }
        return lists
    }

    private func look(_ reference: PatternReference, _ text: String, _ kind: Kind) -> String {
        lists(reference).map { expression in
            let found = expression.find(Array(text.utf8), book.scratch)
            var line = "type=\(expression.method.name), case=\(expression.ignoresCase ? "in" : "")sensitive"
            line += kind.isMap ? ", found=" : ", match="
            guard found.isMatch else { return line + "no\n" }
            // What matches without a pattern is in a tree to HAProxy.
            let isTree = found.cell.map { expression.isTree($0) } ?? true
            line += "yes, idx=\(isTree ? "tree" : "list")" + (kind.isMap ? ", key=" : ", pattern=")
            guard let cell = found.cell else { return line + "unknown" + (kind.isMap ? ", value=none\n" : "\n") }
            line += "\"\(cell.keyText)\""
            return line + (kind.isMap ? value(of: cell, expression.output) : "") + "\n"
        }.joined()
    }

    private func value(of cell: UnsafeMutablePointer<PatternCell>, _ output: MapLookup.Output?) -> String {
        guard let value = cell.value, let output else { return ", value=none" }
        let type =
            switch output {
            case .string: "str"
            case .integer: "sint"
            case .address: value.pointee.family == 6 ? "ipv6" : "ipv4"
            }
        return ", value=\"\(value.text)\", type=\"\(type)\""
    }

    // MARK: - Changing

    private func add(_ words: [String], _ version: UInt32?, _ payload: String?, _ kind: Kind) -> String {
        if kind.isMap {
            guard payload == nil ? words.count >= 3 : !words.isEmpty else {
                return "'add map' expects three parameters (map identifier, key and value) or one parameter "
                    + "(map identifier) and a payload\n"
            }
        } else if words.count < 2 {
            return "'add acl' expects two parameters: ACL identifier and pattern.\n"
        }
        guard let reference = list.find(words[0])?.reference else { return kind.unknown }
        if let version, Int32(bitPattern: version &- reference.nextVersion) > 0 {
            return "Version number in the future, please use 'prepare \(kind.name)' before.\n"
        }
        if !kind.isMap, reference.hasValues {
            return
                "This ACL is shared with a map containing samples. You must use the command 'add map' to add values.\n"
        }
        var entries: [PatternEntryText] = []
        var problem = ""
        if let payload {
            (entries, problem) = Self.entries(payload, kind.isMap)
        } else {
            entries = [PatternEntryText(key: words[1], value: kind.isMap ? words[2] : nil)]
        }
        do throws(MatchPattern.Problem) {
            try reference.add(entries, version: version)
        } catch {
            return error.message + ".\n"
        }
        return problem
    }

    /// Lines with a key and a value each; what stands before the first line that has none, and what to say of it.
    private static func entries(_ payload: String, _ isMap: Bool) -> ([PatternEntryText], String) {
        var entries: [PatternEntryText] = []
        var rest = Substring(payload).utf8
        while !rest.isEmpty {
            let key = rest.prefix { !isBlank($0) }
            rest = rest.dropFirst(key.count)
            if rest.isEmpty, isMap {
                return (entries, "Missing value for key '\(String(Substring(key)))'.\n")
            }
            rest = rest.drop { isBlank($0) }
            let value = rest.prefix { $0 != UInt8(ascii: "\n") }
            rest = rest.dropFirst(value.count + 1)
            entries.append(PatternEntryText(key: String(Substring(key)), value: isMap ? String(Substring(value)) : nil))
        }
        return (entries, "")
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private static let malformed = "Malformed identifier. Please use #<id> or <file>.\n"

    private func delete(_ name: String, _ reference: PatternReference) -> String {
        if name.hasPrefix("#0x") {
            guard let id = UInt64(name.dropFirst(3), radix: 16) else { return Self.malformed }
            guard let cell = reference.entry(id) else { return "Key not found.\n" }
            reference.delete([cell])
            return ""
        }
        let cells = reference.entries(name)
        reference.delete(cells)
        return cells.isEmpty ? "Key not found.\n" : ""
    }

    private func set(_ name: String, _ value: String, _ reference: PatternReference) -> String {
        var cells: [UnsafeMutablePointer<PatternCell>]
        if name.hasPrefix("#0x") {
            guard let id = UInt64(name.dropFirst(3), radix: 16) else { return Self.malformed }
            cells = reference.entry(id).map { [$0] } ?? []
            if cells.isEmpty { return "key or pattern not found.\n" }
        } else {
            cells = reference.entries(name)
            if cells.isEmpty { return "entry not found.\n" }
        }
        do throws(MatchPattern.Problem) {
            try reference.set(cells, value)
        } catch {
            return error.message + ".\n"
        }
        return ""
    }
}

extension PatternExpression {
    fileprivate func isKept(with other: PatternExpression) -> Bool {
        func group(_ method: MatchMethod) -> MatchMethod {
            switch method {
            case .dir, .dom, .end: .sub
            case .len: .int
            case .bool: .found
            default: method
            }
        }
        return group(method) == group(other.method) && ignoresCase == other.ignoresCase && output == other.output
    }

    /// HAProxy keeps the entry in a tree.
    fileprivate func isTree(_ cell: UnsafeMutablePointer<PatternCell>) -> Bool {
        guard method.isTree(ignoringCase: ignoresCase) else { return false }
        if method == .ip, case .masked? = try? pattern(cell.keyText, nil) { return false }
        return true
    }
}
