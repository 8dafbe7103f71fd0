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
    private var scan: HTTPHeadScan
    private let isLenient: Bool
    /// Of the head that is read already; nil before.
    private var head: HTTPRequest?
    /// Its bytes, while what comes behind them came with them.
    private var headBytes: [UInt8] = []
    private var body = Body.none
    /// Bytes of requests that were read since there was nothing to read last.
    private var passed = 0
    private var count = 0
    /// What was wrong with what ``next()`` has given last, whether it was malformed or taken nevertheless; nil: nothing.
    public private(set) var fault: HTTPFault?
    /// Bytes of an answered request that are still to come, and are of no use.
    private enum Body: Hashable {
        case none
        case length(Int)
        case chunks
    }

    /// - Parameter isLenient: Some bytes that should not be there are passed over (`option accept-invalid-http-request`).
    public init(isLenient: Bool = false) {
        self.isLenient = isLenient
        scan = HTTPHeadScan(isLenient: isLenient)
    }

    /// Nothing of a next request has come.
    public var isEmpty: Bool { head == nil && bytes.allSatisfy { $0 == 13 || $0 == 10 } }

    public mutating func take(_ new: some Collection<UInt8>) {
        if bytes.isEmpty, head == nil { passed = 0 }
        bytes += new
    }

    /// What the bytes so far make. After a request that is not whole (``HTTPRequest/isBodyTooLong``), and after what is
    /// malformed, nothing more can be read.
    public mutating func next() -> Outcome {
        fault = nil
        headBytes = []
        if head == nil {
            let result = scan.scan(&bytes, atMost: HTTPFault.most)
            switch result {
            case .incomplete:
                guard bytes.count >= HTTPFault.most else { return .incomplete }
                let outcome = fail(at: HTTPFault.most, scan.state)
                fault?.isFull = true
                return outcome
            case .invalid: return fail(at: scan.errorPosition ?? 0, scan.state)
            case .unprocessable, .unwelcome:
                let outcome = fail(at: scan.errorPosition ?? 0, scan.state)
                fault?.status = result == .unwelcome ? 413 : 422
                return outcome
            case .whole: break
            }
            let request = scan.request(bytes)
            // The preface of HTTP/2 (RFC 9113, section 3.4).
            if request.method == "PRI", request.version == "HTTP/2.0" { return fail(at: 0, .before) }
            if let position = scan.errorPosition {
                _ = fail(at: position, scan.state)
                fault?.isAccepted = true
            }
            headBytes = Array(bytes[..<scan.index])
            body =
                scan.state == .chunkSize
                ? .chunks : scan.bodyLength == 0 ? .none : .length(Int(clamping: scan.bodyLength))
            head = request
            bytes.removeFirst(scan.index)
        }
        return readBody()
    }

    private mutating func fail(at position: Int, _ state: HTTPState) -> Outcome {
        let all = headBytes + bytes
        fault = HTTPFault(
            bytes: Array(all.prefix(HTTPFault.most)),
            position: position,
            passed: passed,
            isFirst: count == 0,
            state: state,
            flags: scan.flags,
            length: scan.bodyLength,
            bodyLength: scan.bodyLength
        )
        return .malformed
    }

    private mutating func readBody() -> Outcome {
        guard var request = head else { return .incomplete }
        let before = bytes.count
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
            case .malformed(let place, let state, let size):
                let outcome = fail(at: headBytes.count + place, state)
                fault?.bodyLength = UInt64(size)
                return outcome
            case .tooLong: request.isBodyTooLong = true
            case .whole(let body, let count):
                request.body = body
                bytes.removeFirst(count)
            }
        }
        (head, body) = (nil, .none)
        passed += scan.index + before - bytes.count
        scan = HTTPHeadScan(isLenient: isLenient)
        count += 1
        return .request(request)
    }
}
