/// One request, as much of HTTP as the API needs.
public struct APIRequest: Sendable {
    /// The major versions that are served.
    public enum Version: Int, Sendable, Hashable {
        /// As far as Cluster API's first load balancers call it.
        case v1 = 1
        case v2
        case v3
    }

    public var method: String
    /// The path's components, percent-decoded; `//` and a trailing `/` have left none.
    public var path: [String]
    public var query: [(name: String, value: String)]
    /// By the first component of the path; v2 where that names none.
    public var version: Version
    /// Media type of the body, lower case, without parameters.
    public var contentType: String?
    public var body: [UInt8]
    /// The header of that name: the media types that the client takes.
    public var accept: String?
    /// When it came.
    let arrival = ContinuousClock.now

    /// - Parameter target: The request target: `/v2/info?x=y`.
    public init(_ method: String, _ target: String, contentType: String? = nil, body: [UInt8] = []) {
        self.method = method
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = (parts.first ?? "").split(separator: "/").map { Self.decoded($0, plusIsBlank: false) }
        query = (parts.count > 1 ? parts[1] : "").split(separator: "&").map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = Self.decoded(sides.first ?? "", plusIsBlank: true)
            return (name, sides.count > 1 ? Self.decoded(sides[1], plusIsBlank: true) : "")
        }
        switch path.first {
        case "v1": version = .v1
        case "v3": version = .v3
        default: version = .v2
        }
        let type = contentType?.split(separator: ";").first.map { $0.lowercased().filter { $0 != " " } }
        self.contentType = type == "" ? nil : type
        self.body = body
    }

    /// The query parameter's value; nil if it is absent or empty.
    func parameter(_ name: String) -> String? {
        query.first { $0.name == name }.map { $0.value }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A parameter of type boolean.
    func flag(_ name: String) throws(APIError) -> Bool {
        switch parameter(name)?.lowercased() {
        case nil, "false", "0", "f", "no", "off": return false
        case "true", "1", "t", "yes", "on": return true
        default: throw .violation(.type, "\(name) in query must be of type boolean")
        }
    }

    /// A parameter of type integer; 0 counts as not given.
    func number(_ name: String) throws(APIError) -> Int? {
        guard let text = parameter(name) else { return nil }
        guard let number = Int(text) else { throw .violation(.type, "\(name) in query must be of type integer") }
        return number == 0 ? nil : number
    }

    /// Whether the client takes an answer of this media type (RFC 9110, 12.5.1).
    func accepts(_ type: String) -> Bool {
        guard let accept else { return true }
        let ranges = accept.split(separator: ",").map { (range: Substring) -> [String] in
            range.split(separator: ";").map { String($0.lowercased().filter { $0 != " " && $0 != "\t" }) }
        }
        guard ranges.contains(where: { !$0.isEmpty }) else { return true }
        let wildcard = String(type.prefix { $0 != "/" }) + "/*"
        // The most specific range says whether it is wanted: `q=0` is none.
        for name in [type, wildcard, "*/*"] {
            guard let range = ranges.first(where: { $0.first == name }) else { continue }
            let quality = range.first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) }
            return quality ?? 1 > 0
        }
        return false
    }

    private static func decoded(_ text: Substring, plusIsBlank: Bool) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let high = Character(Unicode.Scalar(rest[rest.startIndex])).hexDigitValue,
                let low = Character(Unicode.Scalar(rest[rest.index(after: rest.startIndex)])).hexDigitValue
            {
                bytes.append(UInt8(high << 4 | low))
                rest = rest.dropFirst(2)
            } else {
                bytes.append(plusIsBlank && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
