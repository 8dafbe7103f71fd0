/// Reads the requests of one connection out of bytes as they come (RFC 9112). Bounded: the head and the body of a request
/// have ``most`` bytes together, as HAProxy's buffer has.
public struct HTTPReader: Sendable {
    /// Bytes of a request at most.
    public static let most = 16384

    public enum Outcome: Hashable, Sendable {
        /// There is more to come.
        case incomplete
        case request(HTTPRequest)
        /// What came is no request, or is longer than any may be.
        case malformed
    }

    private var bytes: [UInt8] = []
    /// Of empty lines before a request.
    private var passed = 0
    /// As many of them have no end of a line among them: they are not looked through again for each byte that comes.
    private var searched = 0
    /// Of the head that is read already; nil before.
    private var head: HTTPRequest?
    private var body = Body.none
    /// Bytes of an answered request that are still to come, and are of no use.
    private enum Body: Hashable {
        case none
        case length(Int)
        case chunks
    }

    public init() {}

    /// Nothing of a next request has come.
    public var isEmpty: Bool { bytes.isEmpty && head == nil }

    public mutating func take(_ new: some Collection<UInt8>) { bytes += new }

    /// What the bytes so far make. After a request that is not whole (``HTTPRequest/isBodyTooLong``), and after what is
    /// malformed, nothing more can be read.
    public mutating func next() -> Outcome {
        if head == nil {
            // Empty lines before a request are passed over (RFC 9112, section 2.2).
            let start = bytes.firstIndex { $0 != 13 && $0 != 10 } ?? bytes.count
            if start > 0 { bytes.removeFirst(start) }
            passed += start
            if passed > Self.most { return .malformed }
            if searched > 0, !bytes[searched...].contains(10) {
                searched = bytes.count
                return bytes.count >= Self.most ? .malformed : .incomplete
            }
            defer { searched = head == nil ? bytes.count : 0 }
            guard let end = endOfHead else {
                if isHopeless { return .malformed }
                return bytes.count >= Self.most ? .malformed : .incomplete
            }
            guard end <= Self.most, let request = HTTPHead.request(bytes[..<end]), let body = Self.body(of: request)
            else { return .malformed }
            bytes.removeFirst(end)
            (head, passed) = (request, 0)
            self.body = body
        }
        return readBody()
    }

    /// Behind the empty line that ends the head.
    private var endOfHead: Int? {
        var index = 0
        while let newline = bytes[index...].firstIndex(of: 10) {
            index = newline + 1
            if index < bytes.count, bytes[index] == 10 { return index + 1 }
            if index + 1 < bytes.count, bytes[index] == 13, bytes[index + 1] == 10 { return index + 2 }
        }
        return nil
    }

    /// No request begins like this: nobody waits for the rest.
    private var isHopeless: Bool {
        for byte in bytes {
            if byte == UInt8(ascii: " ") { break }
            if !HTTPHead.isToken(byte) { return true }
        }
        guard let newline = bytes.firstIndex(of: 10) else { return false }
        return HTTPHead.request(bytes[..<newline]) == nil
    }

    private static func body(of request: HTTPRequest) -> Body? {
        let codings = request.values(of: "transfer-encoding")
        if !codings.isEmpty {
            return codings.count == 1 && codings[0].lowercased() == "chunked" && request.isModern ? .chunks : nil
        }
        let lengths = Set(request.values(of: "content-length"))
        guard let first = lengths.first else { return Body.none }
        guard lengths.count == 1, !first.isEmpty, first.utf8.allSatisfy({ (48...57).contains($0) }),
            let length = Int(first)
        else { return nil }
        return length == 0 ? Body.none : .length(length)
    }

    private mutating func readBody() -> Outcome {
        guard var request = head else { return .incomplete }
        switch body {
        case .none: break
        case .length(let length):
            if length > Self.most {
                request.isBodyTooLong = true
            } else {
                guard bytes.count >= length else { return .incomplete }
                request.body = Array(bytes[..<length])
                bytes.removeFirst(length)
            }
        case .chunks:
            switch HTTPChunks.read(bytes, most: Self.most) {
            // What chunks have beside their content counts too.
            case .incomplete where bytes.count > Self.most: request.isBodyTooLong = true
            case .incomplete: return .incomplete
            case .malformed: return .malformed
            case .tooLong: request.isBodyTooLong = true
            case .whole(let body, let count):
                request.body = body
                bytes.removeFirst(count)
            }
        }
        (head, body) = (nil, .none)
        return .request(request)
    }
}

/// A body in chunks (RFC 9112, section 7.1).
enum HTTPChunks {
    enum Outcome: Hashable {
        case incomplete
        case malformed
        case tooLong
        /// The body, and how many bytes it took.
        case whole([UInt8], Int)
    }

    static func read(_ bytes: [UInt8], most: Int) -> Outcome {
        var body: [UInt8] = []
        var index = 0
        while true {
            guard let end = bytes[index...].firstIndex(of: 10) else {
                return bytes.count - index > 1024 ? .malformed : .incomplete
            }
            let digits = bytes[index..<end].prefix { $0.isHexadecimal }
            guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16) else { return .malformed }
            index = end + 1
            if size > most - body.count { return .tooLong }
            if size == 0 { return trailer(bytes, index, body) }
            guard bytes.count >= index + size + 2 else { return .incomplete }
            body += bytes[index..<index + size]
            index += size
            guard bytes[index] == 13, bytes[index + 1] == 10 else { return .malformed }
            index += 2
        }
    }

    /// Behind the last chunk: fields that nobody looks at, and an empty line.
    private static func trailer(_ bytes: [UInt8], _ start: Int, _ body: [UInt8]) -> Outcome {
        var index = start
        while let end = bytes[index...].firstIndex(of: 10) {
            let line = bytes[index..<end].filter { $0 != 13 }
            index = end + 1
            if line.isEmpty { return .whole(body, index) }
        }
        return bytes.count - start > 8192 ? .malformed : .incomplete
    }
}

extension UInt8 {
    fileprivate var isHexadecimal: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
            || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20)
    }
}
