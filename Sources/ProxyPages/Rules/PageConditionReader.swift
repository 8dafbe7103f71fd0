internal import Addresses
internal import HealthChecks

/// Reads conditions. The check of the configuration has found them right; here it is only asked what can be answered.
struct PageConditionReader {
    private var acls: [String: PageCondition] = [:]
    private let files: [String: [UInt8]]
    private let userlists: [PageDefinition.Userlist]
    /// The backend that a criterion without a name means.
    private let ownName: String

    init(_ definition: PageDefinition, name: String) {
        files = definition.files
        userlists = definition.userlists
        ownName = name
    }

    /// An `acl` line: several of a name are alternatives.
    mutating func define(_ words: ArraySlice<String>) throws(UnservablePage) {
        guard let name = words.first else { return }
        let condition = try expression(words.dropFirst())
        acls[name] = acls[name].map { .any([$0, condition]) } ?? condition
    }

    /// The condition behind `if` or `unless`; one that always holds without them.
    func condition(_ words: ArraySlice<String>) throws(UnservablePage) -> PageCondition {
        guard let keyword = words.first, keyword == "if" || keyword == "unless" else { return .constant(true) }
        let condition = try parse(Array(words.dropFirst()))
        return keyword == "if" ? condition : .not(condition)
    }

    private func parse(_ words: [String]) throws(UnservablePage) -> PageCondition {
        var alternatives: [[PageCondition]] = [[]]
        var index = 0
        var isNegated = false
        while index < words.count {
            var word = words[index][...]
            index += 1
            if word == "or" || word == "||" {
                alternatives.append([])
                continue
            }
            while word.first == "!" {
                isNegated.toggle()
                word = word.dropFirst()
            }
            if word.isEmpty { continue }
            let condition: PageCondition
            if word == "{" {
                let end = words[index...].firstIndex(of: "}") ?? words.count
                condition = try expression(words[index..<end])
                index = end + 1
            } else {
                condition = try named(String(word))
            }
            alternatives[alternatives.count - 1].append(isNegated ? .not(condition) : condition)
            isNegated = false
        }
        return alternatives.count == 1 ? .all(alternatives[0]) : .any(alternatives.map { .all($0) })
    }

    private func named(_ name: String) throws(UnservablePage) -> PageCondition {
        if let condition = acls[name] { return condition }
        switch name {
        case "TRUE", "HTTP": return .constant(true)
        case "FALSE": return .constant(false)
        case "LOCALHOST": return try expression(["src", "127.0.0.1/8", "::1"])
        case "HTTP_1.0", "HTTP_1.1", "HTTP_2.0": return try expression(["req.ver", String(name.dropFirst(5))])
        case "HTTP_URL_STAR": return try expression(["url", "*"])
        case "HTTP_URL_SLASH": return try expression(["url_beg", "/"])
        case "METH_GET": return try expression(["method", "GET", "HEAD"])
        case _ where name.hasPrefix("METH_"): return try expression(["method", String(name.dropFirst(5))])
        default: throw UnservablePage("the ACL '\(name)' is not answered for pages")
        }
    }

    /// `<criterion> [flags] [operator] <value>…`
    private func expression(_ words: ArraySlice<String>) throws(UnservablePage) -> PageCondition {
        guard let criterion = words.first else { return .constant(false) }
        if criterion == "always_true" || criterion == "always_false" { return .constant(criterion == "always_true") }
        let call = PageSampleCall(criterion)
        let (sample, usual) = try sample(call)
        var method = call.match ?? usual
        var ignoresCase = false
        var values: [String] = []
        var rest = words.dropFirst()
        while let word = rest.popFirst() {
            switch word {
            case "-i": ignoresCase = true
            case "-n": break
            case "-m":
                method = rest.popFirst() ?? method
            case "-f":
                values += Self.lines(files[rest.popFirst() ?? ""] ?? [])
            case "--":
                values += rest
                rest = []
            case _ where word.hasPrefix("-") && word.count == 2 && values.isEmpty && Int(word) == nil:
                throw UnservablePage("the flag '\(word)' of an ACL is not followed for pages")
            default:
                values += [word] + rest
                rest = []
            }
        }
        let match = try Self.match(method, values, call.isLowercase || ignoresCase)
        return .test(PageTest(sample: sample, match: match))
    }

    private static func lines(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: 10).map { String(decoding: $0, as: UTF8.self) }.map { line in
            String(line.drop { $0 == " " || $0 == "\t" }.filter { $0 != "\r" })
        }.filter { !$0.isEmpty && !$0.hasPrefix("#") }
    }

    private func sample(_ call: PageSampleCall) throws(UnservablePage) -> (PageTest.Sample, String) {
        let argument = call.arguments.first ?? ""
        switch call.name {
        case "path": return (.path, "str")
        case "pathq": return (.pathAndQuery, "str")
        case "url", "capture.req.uri": return (.url, "str")
        case "query": return (.query, "str")
        case "method": return (.method, "str")
        case "req.ver", "req_ver": return (.version, "str")
        case "hdr", "req.hdr": return (.field(argument.lowercased(), isWhole: false), "str")
        case "req.fhdr": return (.field(argument.lowercased(), isWhole: true), "str")
        case "url_param", "urlp": return (.parameter(argument), "str")
        case "src": return (.source, "ip")
        case "dst": return (.destination, "ip")
        case "src_port": return (.sourcePort, "int")
        case "dst_port": return (.destinationPort, "int")
        case "nbsrv": return (.usableServers(argument.isEmpty ? ownName : argument), "int")
        case "srv_is_up":
            let parts = argument.split(separator: "/", maxSplits: 1).map { String($0) }
            guard let server = parts.last else { break }
            return (.isUp(server, backend: parts.count == 2 ? parts[0] : ownName), "bool")
        case "ssl_fc": return (.no, "bool")
        case "http_auth": return (.authenticated(try accounts(argument)), "bool")
        case "http_auth_group": return (.groups(try accounts(argument)), "str")
        default: break
        }
        throw UnservablePage("the criterion '\(call.text)' is not answered for pages")
    }

    private func accounts(_ name: String) throws(UnservablePage) -> [PageAccount] {
        guard let list = userlists.first(where: { $0.name == name }) else {
            throw UnservablePage("the passwords of the userlist '\(name)' are hashed, which is not followed for pages")
        }
        return list.accounts
    }

    private static func match(
        _ method: String,
        _ values: [String],
        _ ignoresCase: Bool
    ) throws(UnservablePage) -> PageTest.Match {
        switch method {
        case "found": return .found
        case "bool": return .isTrue
        case "int": return values.isEmpty ? .isTrue : .numbers(ranges(values))
        case "len": return .length(ranges(values))
        case "ip": return .networks(values.compactMap { network($0) })
        case "reg":
            var patterns: [Pattern] = []
            for value in values {
                do throws(Pattern.Problem) {
                    patterns.append(try Pattern(ignoresCase ? "(?i)" + value : value))
                } catch {
                    throw UnservablePage("the regular expression '\(value)' is not followed: \(error.message)")
                }
            }
            return .patterns(patterns)
        default:
            guard let place = PageTest.Place(rawValue: method) else {
                throw UnservablePage("the method '-m \(method)' is not followed for pages")
            }
            return .texts(place, values, ignoresCase: ignoresCase)
        }
    }

    private static func ranges(_ values: [String]) -> [ClosedRange<Int>] {
        var result: [ClosedRange<Int>] = []
        var relation = "eq"
        for value in values {
            if ["eq", "ge", "gt", "le", "lt"].contains(value) {
                relation = value
                continue
            }
            let ends = value.split(separator: ":", omittingEmptySubsequences: false)
            let low = Int(ends.first ?? "") ?? Int.min
            let high = ends.count == 1 ? low : Int(ends[1]) ?? Int.max
            switch relation {
            case "ge": result.append(low...Int.max)
            case "gt": if low < Int.max { result.append(low + 1...Int.max) }
            case "le": result.append(Int.min...low)
            case "lt": if low > Int.min { result.append(Int.min...low - 1) }
            default: if low <= high { result.append(low...high) }
            }
        }
        return result
    }

    private static func network(_ text: String) -> IPNetwork? {
        let parts = text.split(separator: "/", maxSplits: 1)
        guard let first = parts.first, let address = IPAddress(first) else { return nil }
        guard parts.count == 2 else { return IPNetwork(address) }
        if let length = Int(parts[1]) { return IPNetwork(containing: address, prefixLength: length) }
        guard let mask = IPAddress(parts[1]), mask.family == .v4, address.family == .v4 else { return nil }
        let bits = UInt32(truncatingIfNeeded: mask.number)
        return IPNetwork(containing: address, prefixLength: (~bits).leadingZeroBitCount)
    }
}

/// `hdr_beg(host),lower`: the fetch method, what its name says of the match, its arguments, and converters.
struct PageSampleCall {
    let text: String
    private(set) var name: String
    private(set) var arguments: [String] = []
    private(set) var match: String?
    private(set) var isLowercase = false

    private static let methods: Set<String> = ["beg", "dir", "dom", "end", "len", "reg", "sub"]
    private static let families: Set<String> = ["path", "url", "hdr", "urlp", "url_param", "req.hdr"]

    init(_ text: String) {
        self.text = text
        var rest = text[...]
        name = String(rest.prefix { $0 != "(" && $0 != "," })
        rest = rest.dropFirst(name.count)
        if rest.first == "(", let end = rest.firstIndex(of: ")") {
            arguments = rest[rest.index(after: rest.startIndex)..<end].split(
                separator: ",",
                omittingEmptySubsequences: false
            ).map { String($0) }
            rest = rest[rest.index(after: end)...]
        }
        if let underline = name.lastIndex(of: "_") {
            let family = String(name[..<underline])
            let method = String(name[name.index(after: underline)...])
            if Self.families.contains(family), Self.methods.contains(method) { (name, match) = (family, method) }
        }
        // A converter that is not known makes a criterion that is not.
        if rest == ",lower" { isLowercase = true } else if !rest.isEmpty { name = text }
    }
}
