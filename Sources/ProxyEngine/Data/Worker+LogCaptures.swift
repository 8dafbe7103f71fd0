internal import Glibc

extension Worker {
    /// `%hr`, `%hrl`: what was captured, slot by slot; nothing where there are no slots.
    mutating func writeCaptures(
        _ connection: UnsafeMutablePointer<Connection>,
        _ flags: LineFormat.Flags,
        asList: Bool
    ) {
        guard let rules = connection.pointee.frontend.pointee.connectionRules, rules.pointee.captureCount > 0 else {
            return
        }
        let isQuoted = flags.contains(.quoted)
        if !asList {
            if isQuoted { log.line.byte(UInt8(ascii: "\"")) }
            log.line.byte(UInt8(ascii: "{"))
        }
        for slot in 0..<rules.pointee.captureCount {
            if slot > 0 { log.line.byte(asList ? 32 : UInt8(ascii: "|")) }
            if asList, isQuoted { log.line.byte(UInt8(ascii: "\"")) }
            if case .string(let text)? = connection.pointee.rare?.pointee.captures.value(UInt32(slot) + 1),
                !text.isEmpty
            {
                writeEncoded(text, flags)
            } else if asList, !isQuoted {
                log.line.byte(UInt8(ascii: "-"))
            }
            if asList, isQuoted { log.line.byte(UInt8(ascii: "\"")) }
        }
        if asList { return }
        log.line.byte(UInt8(ascii: "}"))
        if isQuoted { log.line.byte(UInt8(ascii: "\"")) }
    }

    /// As HAProxy writes what was captured: what cannot be printed, and what would end it, as `#7C`.
    private mutating func writeEncoded(_ text: UnsafeRawBufferPointer, _ flags: LineFormat.Flags) {
        for byte in text {
            if byte == 0 { return }
            switch byte {
            case 32...126 where !"\"#{|}".utf8.contains(byte):
                if flags.contains(.escaped), byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "]") {
                    log.line.byte(UInt8(ascii: "\\"))
                }
                log.line.byte(byte)
            default:
                log.line.byte(UInt8(ascii: "#"))
                let (high, low) = (byte >> 4, byte & 15)
                log.line.byte(high < 10 ? 48 + high : 55 + high)
                log.line.byte(low < 10 ? 48 + low : 55 + low)
            }
        }
    }
}
