/// A field of a message's head.
public struct HTTPField: Hashable, Sendable {
    /// In lower case.
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// A request that was read whole (RFC 9112).
public struct HTTPRequest: Hashable, Sendable {
    public var method: String
    /// As the client wrote it: printable ASCII, or more where that is allowed.
    public var target: String
    /// The same byte by byte where some are no ASCII; empty otherwise.
    var targetBytes: [UInt8] = []
    /// `HTTP/1.1`
    public var version: String
    public var fields: [HTTPField] = []
    public var body: [UInt8] = []
    /// There is more of it than is taken.
    public var isBodyTooLong = false

    public init(method: String, target: String, version: String = "HTTP/1.1") {
        self.method = method
        self.target = target
        self.version = version
        isModern = version != "HTTP/1.0"
    }

    public var isHead: Bool { method == "HEAD" }
    /// Chunks and connections that stay came with HTTP/1.1.
    public var isModern: Bool

    /// `GET /path HTTP/1.1`
    public var line: String { "\(method) \(loggedTarget) \(version)" }

    /// As HAProxy logs it: bytes that could be taken for something else in a line are `#` and two digits.
    var loggedTarget: String {
        var text = ""
        for byte in targetBytes.isEmpty ? Array(target.utf8) : targetBytes {
            if (32...126).contains(byte), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "#") {
                text.unicodeScalars.append(UnicodeScalar(byte))
            } else {
                text += "#" + (byte < 16 ? "0" : "") + String(byte, radix: 16).uppercased()
            }
        }
        return text
    }

    public func values(of name: String) -> [String] { fields.filter { $0.name == name }.map { $0.value } }

    /// Whether the client lets the connection stay.
    public var keepsAlive: Bool {
        let words = values(of: "connection").flatMap { $0.split(separator: ",") }.map {
            $0.filter { $0 != " " && $0 != "\t" }.lowercased()
        }
        if words.contains("close") || isBodyTooLong { return false }
        return isModern || words.contains("keep-alive")
    }

    /// The target without scheme and authority: `/path?query`.
    public var pathAndQuery: Substring {
        guard !target.hasPrefix("/") else { return target[...] }
        guard let scheme = target.firstRange(of: "://") else { return target[...] }
        let rest = target[scheme.upperBound...]
        return rest.firstIndex { $0 == "/" || $0 == "?" }.map { rest[$0...] } ?? "/"
    }

    /// The path alone; `*` and authorities have none.
    public var path: Substring {
        let text = pathAndQuery
        guard text.hasPrefix("/") else { return "" }
        return text.prefix { $0 != "?" && $0 != "#" }
    }

    public var query: Substring {
        let text = pathAndQuery
        return text.firstIndex(of: "?").map { text[text.index(after: $0)...] } ?? ""
    }

    /// The user and the password of `Authorization: Basic` (RFC 7617).
    public var credentials: (user: String, password: String)? {
        guard let value = values(of: "authorization").first else { return nil }
        let words = value.split(separator: " ", maxSplits: 1)
        guard words.count == 2, words[0].lowercased() == "basic",
            let bytes = Base64.decoded(words[1].utf8.filter { $0 != UInt8(ascii: " ") })
        else { return nil }
        let parts = bytes.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        return (String(decoding: parts[0], as: UTF8.self), String(decoding: parts[1], as: UTF8.self))
    }
}
