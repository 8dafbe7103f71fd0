internal import CLinux
internal import Glibc
public import Syscalls

/// Listening sockets on their way from one proxy to the next, in HAProxy's own form, so that either end may be HAProxy
/// (`_getsocks` of its command line interface; `-x` asks for it).
///
/// The one that asks sends `_getsocks` and a newline. The answer is the number of sockets as an int; then messages of at
/// most 252 descriptors, each with, for every descriptor, the length and the name of its network namespace, the length and
/// the name of its interface, and an int of zeroes. Every full message is acknowledged by an int.
public enum ListenerTransfer {
    /// A socket, and where it listens beyond what getsockname(2) tells.
    public struct Listener: Hashable, Sendable {
        public var descriptor: CInt
        public var namespace: String
        public var interface: String

        public init(descriptor: CInt, namespace: String = "", interface: String = "") {
            self.descriptor = descriptor
            self.namespace = namespace
            self.interface = interface
        }
    }

    public static let command = "_getsocks"
    /// HAProxy's MAX_SEND_FD.
    static let batch = 252
    private static let most = 1 << 20

    /// Asks the process behind `path` for its listening sockets; the caller owns them.
    ///
    /// - Throws: What the socket says; EACCES if the process hands over nothing, as one without `expose-fd listeners`.
    public static func request(from path: String, timeoutMilliseconds: Int = 5000) throws(SystemError) -> [Listener] {
        let socket = try UnixSocket.connect(path, timeoutMilliseconds: timeoutMilliseconds)
        try UnixSocket.send(command + "\n", to: socket.raw, path: path)
        var count: CInt = 0
        let raw = socket.raw
        let received = try syscall("ask \(path) for sockets") {
            withUnsafeMutableBytes(of: &count) { recv(raw, $0.baseAddress, $0.count, CInt(MSG_WAITALL)) }
        }
        guard received == 4 else { throw SystemError(code: EACCES, operation: "ask \(path) for sockets") }
        guard count >= 0, count <= most else { throw SystemError(code: EPROTO, operation: "ask \(path) for sockets") }
        var collector = Collector()
        do throws(SystemError) {
            while collector.descriptors.count < Int(count) {
                guard try collector.receive(from: raw, path) else {
                    throw SystemError(code: EPROTO, operation: "take sockets from \(path)")
                }
            }
            return try collector.listeners(path)
        } catch {
            for descriptor in collector.descriptors { close(descriptor) }
            throw error
        }
    }

    /// Answers `_getsocks` on `socket`, which must block; waits for the other end's acknowledgements.
    public static func answer(_ socket: CInt, _ listeners: [Listener]) throws(SystemError) {
        var count = CInt(clamping: listeners.count)
        try syscall("hand over sockets") {
            withUnsafeBytes(of: &count) { send(socket, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
        }
        var rest = listeners[...]
        while !rest.isEmpty {
            let part = rest.prefix(batch)
            rest = rest.dropFirst(part.count)
            let bytes = part.flatMap { description(of: $0) }
            let descriptors = part.map { $0.descriptor }
            try syscall("hand over sockets") {
                clinux_send_message(socket, bytes, UInt(bytes.count), descriptors, CInt(descriptors.count))
            }
            // The last message is acknowledged too where it is full, and HAProxy's other end always answers.
            guard part.count == batch else { break }
            var word: CInt = 0
            try syscall("wait for word of sockets") {
                withUnsafeMutableBytes(of: &word) { recv(socket, $0.baseAddress, $0.count, 0) }
            }
        }
    }

    static func description(of listener: Listener) -> [UInt8] {
        let namespace = Array(listener.namespace.utf8.prefix(255))
        let interface = Array(listener.interface.utf8.prefix(255))
        return [UInt8(namespace.count)] + namespace + [UInt8(interface.count)] + interface + [0, 0, 0, 0]
    }

    /// What has come so far: descriptors, and the bytes that describe them.
    private struct Collector {
        var descriptors: [CInt] = []
        var bytes: [UInt8] = []

        /// False at the end.
        mutating func receive(from socket: CInt, _ path: String) throws(SystemError) -> Bool {
            var chunk = [UInt8](repeating: 0, count: ListenerTransfer.batch * 520)
            var part = [CInt](repeating: -1, count: 253)
            var found: CInt = 0
            let count = try syscall("take sockets from \(path)") {
                clinux_receive_message(socket, &chunk, UInt(chunk.count), &part, &found)
            }
            descriptors += part.prefix(Int(found))
            bytes += chunk.prefix(count)
            guard count > 0 else { return false }
            var word = CInt(clamping: descriptors.count)
            _ = withUnsafeBytes(of: &word) { send(socket, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            return true
        }

        func listeners(_ path: String) throws(SystemError) -> [Listener] {
            var rest = bytes[...]
            func text() -> String? {
                guard let length = rest.popFirst(), rest.count >= Int(length) else { return nil }
                defer { rest = rest.dropFirst(Int(length)) }
                return String(decoding: rest.prefix(Int(length)), as: UTF8.self)
            }
            var result: [Listener] = []
            for descriptor in descriptors {
                guard let namespace = text(), let interface = text(), rest.count >= 4 else {
                    throw SystemError(code: EPROTO, operation: "take sockets from \(path)")
                }
                rest = rest.dropFirst(4)
                result.append(Listener(descriptor: descriptor, namespace: namespace, interface: interface))
            }
            return result
        }
    }
}
