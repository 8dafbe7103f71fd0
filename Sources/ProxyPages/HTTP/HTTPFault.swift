/// What was wrong with a request, as `show errors` tells it.
public struct HTTPFault: Hashable, Sendable {
    /// What there was of it, at most what HAProxy's buffer has.
    public var bytes: [UInt8]
    /// Of the byte that is wrong; behind the last one where that is another.
    public var position: Int
    /// Bytes of earlier requests that came with it.
    public var passed: Int
    /// There was no room for more.
    public var isFull = false
    /// It was answered all the same (`option accept-invalid-http-request`).
    public var isAccepted = false
    public var isFirst = true
    /// 400, or 422 for one in a coding that nobody reads, or 413 for a body that may not be there.
    public var status = 400
    var state: HTTPState
    var flags: UInt32
    /// Of what is read now, and of all of the body that is known.
    var length: UInt64
    var bodyLength: UInt64

    /// What HAProxy's buffer has for a message, and all of it; where it ends when it began at its beginning.
    static let most = 16320
    private static let size = 16384
    private static let end = 16336

    /// The part of an event that tells of the message.
    public func text() -> String {
        let stream: UInt32 = (isAccepted ? 0x10 : 0x810) | (isFirst ? 0 : 0x80)
        return "  buffer starts at 0 (including 0 out), \(Self.size - bytes.count) free,\n"
            + "  len \(bytes.count), wraps at \(Self.end - passed), error at position \(position)\n"
            + "  H1 connection flags \(Self.hexadecimal(isFull ? 0x120 : 0x100)), "
            + "H1 stream flags \(Self.hexadecimal(stream))\n"
            + "  H1 msg state \(state.name)(\(state.rawValue)), H1 msg flags \(Self.hexadecimal(flags))\n"
            + "  H1 chunk len \(length) bytes, H1 body len \(bodyLength) bytes :\n  \n" + dump()
    }

    private static func hexadecimal(_ value: UInt32) -> String { "0x" + padded(String(value, radix: 16), 8) }

    private static func padded(_ text: String, _ width: Int) -> String {
        String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }

    /// The bytes, a line of theirs in each, or several.
    private func dump() -> String {
        var text = ""
        var index = 0
        var goesOn = false
        while index < bytes.count {
            text += "  " + Self.padded("\(index)", 5) + (goesOn ? "+ " : "  ")
            var width = 0
            goesOn = true
            while index < bytes.count {
                let byte = bytes[index]
                let shown = Self.shown(byte)
                // 70 columns, of which the longest of them has four.
                if width + shown.utf8.count > 70 { break }
                text += shown
                width += shown.utf8.count
                index += 1
                if byte == 10 {
                    goesOn = false
                    break
                }
            }
            text += "\n"
        }
        return text
    }

    private static func shown(_ byte: UInt8) -> String {
        switch byte {
        case 9: "\\t"
        case 10: "\\n"
        case 13: "\\r"
        case 27: "\\e"
        case UInt8(ascii: "\\"): "\\\\"
        case 32..<127: String(UnicodeScalar(byte))
        default: "\\x" + padded(String(byte, radix: 16).uppercased(), 2)
        }
    }
}
