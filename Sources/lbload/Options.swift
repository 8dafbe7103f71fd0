/// What a client does with a connection. The first byte of a request tells the server.
enum Load: String {
    /// Connect, one request, one answer, closed by the server.
    case short
    /// One request after the other on connections that stay.
    case keepalive
    /// The server sends for as long as it is listened to.
    case bulk
    /// One request, and then silence.
    case idle

    /// Bytes of every request.
    static let requestSize = 128
    /// Bytes of every answer but that of ``bulk``.
    static let answerSize = 1024

    var firstByte: UInt8 {
        switch self {
        case .short: UInt8(ascii: "S")
        case .keepalive, .idle: UInt8(ascii: "K")
        case .bulk: UInt8(ascii: "B")
        }
    }
}

/// What the generator is told.
struct Options {
    var target = Endpoint(address: 0, port: 0)
    var connections = 64
    /// Seconds that are measured.
    var seconds = 1.0
    /// Seconds before.
    var warmUp = 0.2
    /// The first of ``sources`` addresses that follow one another; 0: the kernel chooses.
    var source: UInt32 = 0
    var sources: UInt32 = 1

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let name = rest.popFirst() {
            guard let text = rest.popFirst() else { throw UsageError(text: "\(name) wants a value") }
            switch name {
            case "--target": target = try Endpoint(text)
            case "--connections": connections = try Self.number(text, name)
            case "--seconds": seconds = try Self.number(text, name)
            case "--warm-up": warmUp = try Self.number(text, name)
            case "--source": source = try Endpoint(text + ":0").address
            case "--sources": sources = try Self.number(text, name)
            default: throw UsageError(text: "unknown option '\(name)'")
            }
        }
        guard target.port != 0, connections > 0, sources > 0 else {
            throw UsageError(text: "--target, connections and sources are needed")
        }
    }

    private static func number<Number: LosslessStringConvertible>(_ text: String, _ name: String) throws -> Number {
        guard let number = Number(text) else { throw UsageError(text: "\(name): '\(text)' is no number") }
        return number
    }
}
