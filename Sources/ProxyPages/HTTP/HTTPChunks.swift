/// A body in chunks (RFC 9112, section 7.1).
enum HTTPChunks {
    enum Outcome: Hashable {
        case incomplete
        /// Where, what was read there, and how long the chunks so far are.
        case malformed(Int, HTTPState, Int)
        case tooLong
        /// The body, and how many bytes it took.
        case whole([UInt8], Int)
    }

    private enum Size {
        case incomplete
        /// And where the chunk begins.
        case bytes(Int, Int)
        case malformed(Int)
    }

    /// Digits of a size at most, as HAProxy has it.
    private static let mostDigits = 13

    static func read(_ bytes: [UInt8], most: Int) -> Outcome {
        var body: [UInt8] = []
        var index = 0
        var total = 0
        while true {
            let size: Int
            switch Self.size(bytes, index) {
            case .incomplete: return bytes.count - index > 1024 ? .malformed(index, .chunkSize, total) : .incomplete
            case .malformed(let place): return .malformed(place, .chunkSize, total)
            case .bytes(let count, let next): (size, index) = (count, next)
            }
            if size > most - body.count { return .tooLong }
            if size == 0 { return trailer(bytes, index, body) }
            total += size
            guard bytes.count > index + size else { return .incomplete }
            body += bytes[index..<index + size]
            index += size
            // A newline is enough.
            if bytes[index] == 13 { index += 1 }
            guard index < bytes.count else { return .incomplete }
            guard bytes[index] == 10 else { return .malformed(index, .chunkEnd, total) }
            index += 1
        }
    }

    /// A line with the size of a chunk, and extensions that nobody looks at.
    private static func size(_ bytes: [UInt8], _ start: Int) -> Size {
        let digits = bytes[start...].prefix { $0.isHexadecimal }
        if digits.count > mostDigits { return .malformed(start + mostDigits) }
        var index = start + digits.count
        while index < bytes.count, bytes[index].isBlank { index += 1 }
        if index < bytes.count, bytes[index] == UInt8(ascii: ";") {
            while index < bytes.count, bytes[index] != 13, bytes[index] != 10 { index += 1 }
        }
        guard index < bytes.count else { return .incomplete }
        guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16) else { return .malformed(start) }
        if bytes[index] == 13 {
            index += 1
            guard index < bytes.count else { return .incomplete }
        }
        return bytes[index] == 10 ? .bytes(size, index + 1) : .malformed(index)
    }

    /// Behind the last chunk: fields, and an empty line.
    private static func trailer(_ bytes: [UInt8], _ start: Int, _ body: [UInt8]) -> Outcome {
        var scan = HTTPHeadScan(trailerAt: start)
        var copy = bytes
        switch scan.scan(&copy) {
        case .whole: return .whole(body, scan.index)
        case .incomplete where bytes.count - start <= 8192: return .incomplete
        case .incomplete, .invalid, .unprocessable, .unwelcome: return .malformed(0, .trailers, body.count)
        }
    }
}

extension UInt8 {
    fileprivate var isHexadecimal: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
            || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20)
    }
}
