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
    /// - Throws: ENOENT or ECONNREFUSED if no service runs, EPROTO for an answer that is no JSON.
    func ask(_ command: Command) throws(SystemError) -> JSONValue {
        let path = root[Self.path]
        let answer = try UnixSocket.ask(
            "{\"command\":\"\(command.rawValue)\"}",
            at: path,
            timeoutMilliseconds: timeoutMilliseconds
        )
        guard let json = try? JSONParser.parse(answer) else {
            throw SystemError(code: EPROTO, operation: "read from \(path)")
        }
        return json
    }
}
