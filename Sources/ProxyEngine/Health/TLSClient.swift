internal import CTLS

/// The TLS contexts of the checks, one for each kind of settings; the library is loaded with the first. Belongs to the
/// checker's thread.
struct TLSContexts {
    private struct Key: Hashable {
        var authorities: String?
        var protocols: String?
    }

    private var contexts: [Key: UnsafeMutableRawPointer] = [:]

    /// Loads the library now, while there is a file system to load it from. False if there is none.
    static func load() -> Bool { ctls_load() == 0 }

    /// A session on a connected socket; nil if the library or the authorities cannot be used.
    mutating func session(_ socket: CInt, _ settings: TLSSettings, authorities: String?) -> TLSSession? {
        let key = Key(authorities: authorities, protocols: settings.protocols)
        let known = contexts[key]
        guard let context = known ?? Self.context(authorities, settings.protocols) else { return nil }
        contexts[key] = context
        let raw =
            settings.serverName.map { name in name.withCString { ctls_session_new(context, socket, $0) } }
            ?? ctls_session_new(context, socket, nil)
        return raw.map { TLSSession(raw: $0) }
    }

    private static func context(_ authorities: String?, _ protocols: String?) -> UnsafeMutableRawPointer? {
        // ALPN: each name behind its length (RFC 7301).
        let names = (protocols ?? "").split(separator: ",").flatMap { name in
            [UInt8(truncatingIfNeeded: name.utf8.count)] + Array(name.utf8)
        }
        let text = authorities.map { Array($0.utf8) }
        return names.withUnsafeBufferPointer { names in
            let list = names.isEmpty ? nil : names.baseAddress
            guard let text else { return ctls_context_new(nil, 0, list, UInt32(names.count)) }
            return text.withUnsafeBytes { bytes in
                let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
                return ctls_context_new(start, CInt(clamping: bytes.count), list, UInt32(names.count))
            }
        }
    }

    mutating func free() {
        for context in contexts.values { ctls_context_free(context) }
        contexts = [:]
    }
}

/// TLS on one socket.
struct TLSSession {
    let raw: UnsafeMutableRawPointer

    enum Outcome {
        case done(Int)
        case again
        case closed
        case failed
    }

    /// The certificate is for another name than the one that was asked for.
    var nameDiffers: Bool { ctls_name_differs(raw) != 0 }

    func handshake() -> Outcome { Self.outcome(Int(ctls_handshake(raw))) }

    func read(_ buffer: UnsafeMutableRawBufferPointer) -> Outcome {
        Self.outcome(ctls_read(raw, buffer.baseAddress, CInt(clamping: buffer.count)))
    }

    func write(_ buffer: UnsafeRawBufferPointer) -> Outcome {
        Self.outcome(ctls_write(raw, buffer.baseAddress, CInt(clamping: buffer.count)))
    }

    func free() { ctls_session_free(raw) }

    private static func outcome(_ code: Int) -> Outcome {
        if code > 0 { return .done(code) }
        if code == Int(CTLS_AGAIN) { return .again }
        return code == Int(CTLS_CLOSED) ? .closed : .failed
    }
}
