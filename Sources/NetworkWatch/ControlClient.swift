public import Files
import Glibc
import RuntimeAPI
public import Syscalls

/// Asks the service over its control socket.
public enum ControlClient {
    /// Sends one request and gives the line that is answered, as JSON.
    ///
    /// - Throws: ENOENT or ECONNREFUSED if no service runs, EACCES if we may not ask it, EAGAIN if it does not answer
    ///   in time.
    public static func ask(
        _ request: ControlRequest,
        _ root: Root = Root(),
        timeoutMilliseconds: Int = 3000
    ) throws(SystemError) -> String {
        let path = root[ControlServer.path]
        let socket = try UnixSocket.connect(path, timeoutMilliseconds: timeoutMilliseconds)
        try UnixSocket.send(request.line + "\n", to: socket.raw, path: path)
        var answer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while !answer.contains(UInt8(ascii: "\n")) {
            let raw = socket.raw
            let count = try syscall("read from \(path)") {
                chunk.withUnsafeMutableBytes { recv(raw, $0.baseAddress, $0.count, 0) }
            }
            if count == 0 { throw SystemError(code: ECONNRESET, operation: "read from \(path)") }
            answer += chunk.prefix(count)
            if answer.count > 1 << 22 { throw SystemError(code: EMSGSIZE, operation: "read from \(path)") }
        }
        return String(decoding: answer.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
}
