import Addresses
import Diagnostics

extension Checker {
    /// `stick {on|match|store-request|store-response} <pattern> [table <name>] [{if|unless} <condition>]`
    mutating func checkStick() {
        let (matches, stores): (Bool, Bool)
        switch word(1) {
        case "on": (matches, stores) = (true, true)
        case "match": (matches, stores) = (true, false)
        case "store", "store-request", "store-response": (matches, stores) = (false, true)
        default:
            error(at: 1, "'stick' expects 'on', 'match', or 'store'.", remedy: "write one of these")
            return
        }
        let isOfResponse = word(1) == "store-response"
        guard let (pattern, end) = stickPattern(at: 2, isOfResponse: isOfResponse) else { return }
        var index = end
        var table = draft?.name ?? ""
        if word(index) == "table" {
            table = word(index + 1)
            index += 2
        }
        var rule = StickRule(
            matches: matches,
            stores: stores,
            pattern: pattern,
            table: table,
            position: placeInSection(0)
        )
        rule.isOfResponse = isOfResponse
        if word(index) == "if" || word(index) == "unless" {
            guard
                let parsed = condition(
                    from: index + 1,
                    at: .init(isOfResponse ? .storing : .serverChoice),
                    { message, _ in "'stick': error detected while parsing sticking condition : \(message)" }
                )
            else { return }
            rule.quarantine = parsed.quarantine
            rule.condition = word(index) == "unless" ? .not(parsed.condition) : parsed.condition
        } else if !word(index).isEmpty {
            error(at: index, "'stick': unknown keyword '\(word(index))'.", remedy: "write table, if or unless")
            return
        }
        draft?.backend.stickRules.append(rule)
    }

    /// A fetch method and its converters, and where they end.
    private mutating func stickPattern(at index: Int, isOfResponse: Bool) -> (StickRule.Pattern, Int)? {
        let (text, end) = SampleExpression.words(Array(words(from: 0)), from: index)
        return stickPattern(text, at: index, isOfResponse: isOfResponse).map { ($0, end) }
    }

    private mutating func stickPattern(_ text: String, at index: Int, isOfResponse: Bool) -> StickRule.Pattern? {
        guard !text.isEmpty else {
            error(at: index, "'stick' expects a fetch method.", remedy: "write what is the key, such as src")
            return nil
        }
        let expression: SampleExpression
        do throws(SampleExpression.Failure) {
            let place = position(0)
            expression = try SampleExpression(text, surroundings: surroundings)
            draft?.references += expression.references.map { .init($0, in: "'stick' expression", at: place) }
        } catch {
            self.error(at: index, "'stick': \(error.message)", remedy: "use a fetch method of the manual's chapter 7")
            return nil
        }
        guard !expression.places.isDisjoint(with: .init(isOfResponse ? .storing : .serverChoice)) else {
            let name = expression.fetch.name
            self.error(
                at: index,
                "'stick': fetch method '\(name)' extracts information from '\(SampleSources.label(name))', none of which is "
                    + "available \(isOfResponse ? "for 'store-response'" : "during request").",
                remedy: isOfResponse
                    ? "use what is known when the server has answered" : "use what is known before a server is chosen"
            )
            return nil
        }
        let parts = Self.outerParts(text)
        guard let fetch = parts.first else { return nil }
        let other =
            AnsweredSamples.problem(expression) == nil ? StickRule.Pattern.expression(expression) : .other(text)
        guard parts.count <= 2 else { return other }
        var bits: (v4: Int, v6: Int?) = (32, 128)
        if parts.count == 2 {
            guard parts[1].name == "ipmask", let mask = Self.mask(parts[1].argument) else { return other }
            bits = mask
        }
        switch (fetch.name, parts.count) {
        case ("src", _): return .source(bitsV4: bits.v4, bitsV6: bits.v6)
        case ("dst", _): return .destination(bitsV4: bits.v4, bitsV6: bits.v6)
        case ("src_port", 1): return .sourcePort
        case ("dst_port", 1): return .destinationPort
        case ("str", 1): return .text(fetch.argument)
        case ("int", 1): return Int(fetch.argument).map { .integer($0) } ?? other
        default: return other
        }
    }

    /// `a(b,c),d` in parts: names, and what stands in their parentheses.
    private static func outerParts(_ text: String) -> [(name: String, argument: String)] {
        var parts: [(name: String, argument: String)] = []
        var rest = Substring(text)
        while true {
            let name = rest.prefix { $0 != "(" && $0 != "," }
            rest = rest.dropFirst(name.count)
            var argument = Substring()
            if rest.first == "(" {
                argument = rest.dropFirst().prefix { $0 != ")" }
                rest = rest.dropFirst(argument.count + 2)
            }
            parts.append((String(name), String(argument)))
            guard rest.first == "," else { return parts }
            rest = rest.dropFirst()
        }
    }

    /// `24`, `255.255.255.0`, `24,64`; nil for a mask with holes.
    private static func mask(_ text: String) -> (v4: Int, v6: Int?)? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        func bits(_ text: Substring, _ family: IPAddress.Family) -> Int? {
            if let number = Int(text) { return (0...family.bits).contains(number) ? number : nil }
            guard let address = IPAddress(text), address.family == family else { return nil }
            let ones = (0..<family.bits).prefix { address.number >> UInt128(family.bits - 1 - $0) & 1 == 1 }.count
            return IPNetwork(containing: address, prefixLength: ones)?.address == address ? ones : nil
        }
        guard let first = parts.first, let v4 = bits(first, .v4), parts.count <= 2 else { return nil }
        guard parts.count == 2 else { return (v4, nil) }
        return bits(parts[1], .v6).map { (v4, $0) }
    }

    /// Tables that rules name, and the peers that tables name, are known when the whole file is read.
    mutating func checkSticks(_ draft: ProxyDraft) {
        for rule in draft.backend.stickRules where stickTables[rule.table] == nil {
            report(
                .error,
                at: draft.place(of: rule.position),
                "Proxy '\(draft.name)': unable to find stick-table '\(rule.table)'.",
                remedy: "write a stick-table line in that section, or name one that has it"
            )
        }
    }

    mutating func checkPeersOfTables() {
        for table in model.stickTables {
            guard let peers = table.peers, !peersNames.contains(peers) else { continue }
            report(
                .error,
                at: table.position,
                "Proxy '\(table.name)': unable to find sync peers '\(peers)'.",
                remedy: "add the section 'peers \(peers)', or remove the word"
            )
        }
    }
}
