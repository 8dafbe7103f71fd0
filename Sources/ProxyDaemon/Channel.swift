internal import CLinux
internal import Glibc
internal import ProxyEngine
internal import Syscalls

/// One message between master and worker: a kind, bytes, and descriptors.
struct ChannelMessage {
    enum Kind: UInt32 {
        /// Master: who to be and where to be locked in.
        case setup = 1
        /// Master: serve this snapshot; the descriptors are its new listeners.
        case serve = 2
        /// Master: accept no more, end when the last connection has.
        case finish = 3
        /// Worker: the last message has taken effect.
        case done = 4
        /// Master: show that all threads turn.
        case beat = 5
        /// Master: answer this ``EngineQuestion``; the answer is in the `done`.
        case ask = 6
    }

    var kind: Kind
    var bytes: [UInt8] = []
    var descriptors: [CInt] = []
}

/// A stream socket between master and worker that carries ``ChannelMessage``s.
struct Channel: ~Copyable {
    let socket: FileDescriptor
    private static let most: UInt32 = 256 << 20

    init(owning raw: CInt) { socket = FileDescriptor(owning: raw) }

    func send(_ message: ChannelMessage) throws(SystemError) {
        var header = ByteOrder.bytes(message.kind.rawValue)
        header += ByteOrder.bytes(UInt32(message.bytes.count)) + ByteOrder.bytes(UInt32(message.descriptors.count))
        try sendAll(header)
        var rest = message.descriptors[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(Int(CLINUX_DESCRIPTORS_MOST)))
            rest = rest.dropFirst(part.count)
            let raw = socket.raw
            try syscall("pass listeners") { clinux_send_descriptors(raw, part, CInt(part.count)) }
        }
        try sendAll(message.bytes)
    }

    /// The next message; nil when the other end has gone.
    func receive() throws(SystemError) -> ChannelMessage? {
        guard let header = try receiveAll(12) else { return nil }
        let size = ByteOrder.number(header, at: 4)
        let descriptors = ByteOrder.number(header, at: 8)
        guard let kind = ChannelMessage.Kind(rawValue: ByteOrder.number(header, at: 0)), size <= Self.most,
            descriptors <= 1 << 20
        else {
            throw SystemError(code: EPROTO, operation: "read the channel")
        }
        var message = ChannelMessage(kind: kind)
        while message.descriptors.count < Int(descriptors) {
            var part = [CInt](repeating: -1, count: Int(CLINUX_DESCRIPTORS_MOST))
            let raw = socket.raw
            let count = try syscall("receive listeners") {
                clinux_receive_descriptors(raw, &part, CInt(CLINUX_DESCRIPTORS_MOST))
            }
            guard count > 0 else { throw SystemError(code: EPROTO, operation: "receive listeners") }
            message.descriptors += part.prefix(Int(count))
        }
        guard let bytes = try receiveAll(Int(size)) else { return nil }
        message.bytes = bytes
        return message
    }

    private func sendAll(_ bytes: [UInt8]) throws(SystemError) {
        var offset = 0
        let raw = socket.raw
        while offset < bytes.count {
            let start = offset
            offset += try syscall("send to the channel") {
                bytes.withUnsafeBytes {
                    Glibc.send(raw, $0.baseAddress?.advanced(by: start), $0.count - start, CInt(MSG_NOSIGNAL))
                }
            }
        }
    }

    /// Exactly `count` bytes; nil if the other end has gone.
    private func receiveAll(_ count: Int) throws(SystemError) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var offset = 0
        let raw = socket.raw
        while offset < count {
            let start = offset
            let received = try syscall("read the channel") {
                bytes.withUnsafeMutableBytes { recv(raw, $0.baseAddress?.advanced(by: start), count - start, 0) }
            }
            if received == 0 { return nil }
            offset += received
        }
        return bytes
    }
}

/// Numbers of the channel, little-endian.
enum ByteOrder {
    static func bytes(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

    static func number(_ bytes: [UInt8], at offset: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
    }
}
