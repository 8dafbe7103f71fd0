internal import Files
internal import Glibc
internal import RuntimeAPI
internal import Syscalls

/// The service that keeps the network as the files say (`appliance-net.service`), asked over its control socket.
struct NetworkService {
    /// Below the root of the appliance.
    static let path = "/run/appliance-net/control.sock"

    let root: Root
    var timeoutMilliseconds = 30_000

    enum Command: String {
        case status
        /// Make the network so, now; answered when it is done.
        case reconcile
    }

    /// Asks, and gives the JSON of the answer.
    ///
    /// - Throws: ENOENT or ECONNREFUSED if no service runs, EPROTO for an answer that is none.
    func ask(_ command: Command) throws(SystemError) -> JSONValue {
        let path = root[Self.path]
        let socket = try UnixSocket.connect(path, timeoutMilliseconds: timeoutMilliseconds)
        try UnixSocket.send("{\"command\":\"\(command.rawValue)\"}\n", to: socket.raw, path: path)
        var answer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while !answer.contains(UInt8(ascii: "\n")) {
            let raw = socket.raw
            let count = try syscall("read from \(path)") {
                chunk.withUnsafeMutableBytes { recv(raw, $0.baseAddress, $0.count, 0) }
            }
            if count == 0 || answer.count > 1 << 22 { throw SystemError(code: EPROTO, operation: "read from \(path)") }
            answer += chunk.prefix(count)
        }
        guard let json = try? JSONParser.parse(Array(answer.prefix { $0 != UInt8(ascii: "\n") })) else {
            throw SystemError(code: EPROTO, operation: "read from \(path)")
        }
        return json
    }
}
