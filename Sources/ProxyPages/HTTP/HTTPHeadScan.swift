/// Reads the head of a request byte by byte, and judges it as HAProxy 2.6 does: what it lets pass passes, and what it refuses
/// is refused at the same byte. It goes on where it was when more bytes have come.
struct HTTPHeadScan {
    enum Outcome: Hashable {
        case incomplete
        case whole
        /// The byte at ``errorPosition`` is where it is wrong.
        case invalid
        /// It is a request, but none that can be served.
        case unprocessable
        /// A body where a client of HTTP/1.0 can have none.
        case unwelcome
    }

    /// What of a message is known; the bits are HAProxy's, which `show errors` shows.
    enum Flag {
        static let length: UInt32 = 0x1
        static let chunks: UInt32 = 0x2
        static let modern: UInt32 = 0x10
        static let close: UInt32 = 0x20
        static let keepAlive: UInt32 = 0x40
        static let upgrade: UInt32 = 0x80
        static let sized: UInt32 = 0x100
        static let coded: UInt32 = 0x200
        static let webSocket: UInt32 = 0x8000
        static let codedInChunks: UInt32 = 0x10000
        static let codedOtherwise: UInt32 = 0x20000
        /// Of every message: how HAProxy keeps its head.
        static let initial: UInt32 = 0x1400
    }

    /// Fields at most (`tune.http.maxhdr`).
    static let mostFields = 101
    /// Bytes that HAProxy's form of a head may have beside what it has for itself.
    private static let mostContent = 15275
    /// What each field takes there beside its bytes.
    private static let fieldOverhead = 8

    private(set) var state = HTTPState.before
    /// Where it goes on; behind the head when that is whole.
    private(set) var index = 0
    var flags = Flag.initial
    /// `option accept-invalid-http-request`: some bytes that should not be there are noted only.
    let isLenient: Bool
    /// Where it is wrong, or the first place where it should be otherwise.
    private(set) var errorPosition: Int?
    /// What `Content-Length` says.
    var bodyLength: UInt64 = 0
    var method = 0..<0
    var target = 0..<0
    private var version = 0..<0
    private var start = 0
    private var colon = 0
    private var valueStart = 0
    private var valueEnd = 0
    /// Those that are kept: of a field that must not differ from an earlier one of its name, the first.
    var fields: [(name: Range<Int>, value: Range<Int>)] = []
    /// Of `Host`, among ``fields``.
    var host: Int?

    /// Fields behind a body are read, too.
    private let isTrailer: Bool

    init(isLenient: Bool = false) {
        self.isLenient = isLenient
        isTrailer = false
    }

    /// - Parameter index: Where fields begin that stand behind the chunks of a body.
    init(trailerAt index: Int) {
        (isLenient, isTrailer) = (false, true)
        (self.index, state) = (index, .firstField)
    }

    /// - Parameters:
    ///   - bytes: All from the beginning on. Ends of lines within a value become spaces.
    ///   - most: As many of them are read.
    mutating func scan(_ bytes: inout [UInt8], atMost most: Int = .max) -> Outcome {
        while index < min(bytes.count, most) {
            switch step(bytes[index], &bytes) {
            case .goesOn: continue
            case .ends: return isTrailer ? .whole : finish(bytes)
            case .fails(let position): return fail(at: position)
            }
        }
        return .incomplete
    }

    private enum Step {
        case goesOn
        /// The head's last byte was read.
        case ends
        case fails(at: Int)
    }

    private mutating func step(_ byte: UInt8, _ bytes: inout [UInt8]) -> Step {
        switch state {
        case .before where byte.isToken: (start, state) = (index, .method)
        case .before where byte == 10: index += 1
        case .before where byte == 13: advance(.beforeCR)
        case .beforeCR where byte == 10: advance(.before)
        case .method where byte.isToken: index += 1
        case .method where byte.isBlank:
            method = start..<index
            advance(.methodSpace)
        case .method where byte.isLineEnd:
            method = start..<index
            target = index..<index
            endLine(byte, version: index..<index, bytes)
        case .methodSpace where byte.isBlank: index += 1
        case .methodSpace where byte.isLineEnd:
            target = index..<index
            endLine(byte, version: index..<index, bytes)
        case .methodSpace: (start, state) = (index, .target)
        case .target where byte.isBlank:
            target = start..<index
            advance(.targetSpace)
        case .target where byte.isLineEnd:
            target = start..<index
            endLine(byte, version: index..<index, bytes)
        case .target where (33...126).contains(byte) && byte != UInt8(ascii: "#"): index += 1
        case .target where byte >= 128 || byte == UInt8(ascii: "#"): return tolerate()
        case .targetSpace where byte.isBlank: index += 1
        case .targetSpace where byte.isLineEnd: endLine(byte, version: index..<index, bytes)
        case .targetSpace: (start, state) = (index, .version)
        case .version where byte.isOfVersion: index += 1
        case .version where byte.isLineEnd: endLine(byte, version: start..<index, bytes)
        // Without a version there are no fields either (HTTP/0.9).
        case .lineEnd where version.isEmpty: state = .lastLF
        case .lineEnd where byte == 10: advance(.firstField)
        default: return stepInFields(byte, &bytes)
        }
        return .goesOn
    }

    private mutating func stepInFields(_ byte: UInt8, _ bytes: inout [UInt8]) -> Step {
        switch state {
        case .firstField: beginLine(byte)
        case .fieldName where byte.isToken: index += 1
        case .fieldName where byte == UInt8(ascii: ":"):
            if index == start { return .fails(at: index) }
            colon = index
            advance(.valueSpace)
        case .fieldName where byte != 10: return tolerate()
        case .valueSpace where byte.isBlank: index += 1
        case .valueSpace:
            valueStart = index
            if byte == 13 { advance(.valueLF) } else { state = byte == 10 ? .valueLF : .value }
        case .valueLF where byte == 10: advance(.valueFold)
        case .valueFold where byte.isBlank:
            blank(valueStart..<index, &bytes)
            state = .valueSpace
        case .valueFold:
            valueEnd = valueStart
            return endField(byte, bytes)
        case .value where byte.isLineEnd:
            valueEnd = index
            if byte == 13 { advance(.nextLF) } else { state = .nextLF }
        case .value: index += 1
        case .nextLF where byte == 10: advance(.nextFold)
        case .nextFold where byte.isBlank:
            blank(valueEnd..<index, &bytes)
            state = .value
        case .nextFold: return endField(byte, bytes)
        case .lastLF where byte == 10:
            index += 1
            return .ends
        default: return .fails(at: index)
        }
        return .goesOn
    }

    private mutating func advance(_ next: HTTPState) {
        index += 1
        state = next
    }

    /// Passes over a byte that should not be there, if that is asked for.
    private mutating func tolerate() -> Step {
        guard isLenient else { return .fails(at: index) }
        if errorPosition == nil { errorPosition = index }
        index += 1
        return .goesOn
    }

    private func blank(_ range: Range<Int>, _ bytes: inout [UInt8]) {
        for index in range { bytes[index] = 32 }
    }

    private mutating func endLine(_ byte: UInt8, version: Range<Int>, _ bytes: [UInt8]) {
        self.version = version
        if version.count == 8 {
            let (major, minor) = (bytes[version.lowerBound + 5], bytes[version.lowerBound + 7])
            if major > 49 || major == 49 && minor >= 49 { flags |= Flag.modern }
        }
        if byte == 13 { index += 1 }
        state = .lineEnd
    }

    /// Of a field, or the empty one behind them.
    private mutating func beginLine(_ byte: UInt8) {
        start = index
        if byte == 13 { advance(.lastLF) } else { state = byte == 10 ? .lastLF : .fieldName }
    }

    private mutating func endField(_ byte: UInt8, _ bytes: [UInt8]) -> Step {
        state = .nextFold
        var end = valueEnd
        while end > valueStart, bytes[end - 1].isBlank { end -= 1 }
        if let wrong = take(start..<colon, valueStart..<end, bytes) { return .fails(at: wrong) }
        beginLine(byte)
        return .goesOn
    }

    private mutating func fail(at position: Int, _ outcome: Outcome = .invalid) -> Outcome {
        // What was passed over before is of no interest then.
        errorPosition = position
        return outcome
    }

    private func text(_ range: Range<Int>, _ bytes: [UInt8]) -> String { String(decoding: bytes[range], as: UTF8.self) }

    private mutating func finish(_ bytes: [UInt8]) -> Outcome {
        if fields.count >= Self.mostFields { return fail(at: index) }
        if let wrong = authorityProblem(bytes) {
            if !isLenient { return fail(at: wrong) }
            errorPosition = errorPosition ?? wrong
        }
        state = flags & Flag.coded != 0 && flags & Flag.chunks != 0 ? .chunkSize : .data
        if flags & Flag.coded != 0, flags & Flag.chunks == 0 { return fail(at: index) }
        if state == .chunkSize { flags &= ~Flag.length }
        // Nothing is trusted behind a coding that HTTP/1.0 does not know.
        if flags & Flag.coded != 0, flags & Flag.modern == 0 { flags |= Flag.close }
        if !hasGoodVersion(bytes) { return fail(at: version.lowerBound) }
        let content = fields.reduce(method.count + target.count + version.count) {
            $0 + Self.fieldOverhead + $1.name.count + $1.value.count
        }
        if content > Self.mostContent { return fail(at: index) }
        flags |= Flag.sized
        if state == .data, bodyLength == 0 { state = .done }
        let isWebSocket = flags & Flag.upgrade != 0 && flags & Flag.webSocket != 0
        if isWebSocket, !hasWebSocketKey(bytes) { return fail(at: index) }
        let hasBody = state == .chunkSize || bodyLength > 0
        if hasBody, flags & Flag.modern == 0, ["GET", "HEAD", "DELETE"].contains(text(method, bytes)) {
            return fail(at: index, .unwelcome)
        }
        return flags & Flag.codedOtherwise == 0 ? .whole : fail(at: index, .unprocessable)
    }

    private func hasGoodVersion(_ bytes: [UInt8]) -> Bool {
        if isLenient {
            // HTTP/0.9 (RFC 1945, section 5.1).
            return !version.isEmpty || bytes[method].elementsEqual("GET".utf8) && !target.isEmpty
        }
        let text = Array(bytes[version])
        return text.count == 8 && text.starts(with: Array("HTTP/".utf8)) && text[6] == UInt8(ascii: ".")
            && (48...57).contains(text[5]) && (48...57).contains(text[7])
    }

    /// Without a port that the scheme says already, or a colon that has none behind it (RFC 3986, section 6.2.3).
    private static func normalized(_ target: String) -> String {
        let scheme = target.prefix { $0 != ":" }
        let rest = target.dropFirst(scheme.count)
        guard scheme.first?.isLetter == true, rest.hasPrefix("://") else { return target }
        let authority = rest.dropFirst(3).prefix { $0 != "/" }
        let usual =
            switch scheme.lowercased() {
            case "http": ":80"
            case "https": ":443"
            default: ":"
            }
        guard let port = [":", usual].first(where: { authority.hasSuffix($0) }) else { return target }
        return scheme + "://" + authority.dropLast(port.count) + rest.dropFirst(3 + authority.count)
    }

    /// What was read, once it is whole.
    func request(_ bytes: [UInt8]) -> HTTPRequest {
        var request = HTTPRequest(
            method: text(method, bytes),
            target: Self.normalized(text(target, bytes)),
            version: version.isEmpty ? "HTTP/1.0" : text(version, bytes)
        )
        if !bytes[target].allSatisfy({ $0 < 128 }) { request.targetBytes = Array(bytes[target]) }
        request.isModern = flags & Flag.modern != 0
        request.fields = fields.map { HTTPField(text($0.name, bytes).lowercased(), text($0.value, bytes)) }
        return request
    }
}

extension UInt8 {
    /// RFC 9110, section 5.6.2.
    var isToken: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(self)
        }
    }

    var isBlank: Bool { self == 32 || self == 9 }

    fileprivate var isLineEnd: Bool { self == 13 || self == 10 }

    /// Of `HTTP/1.1`, and of other protocols that HAProxy reads as far.
    fileprivate var isOfVersion: Bool { (46...57).contains(self) || (65...90).contains(self) }
}
