public import Files
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
        let answer = try UnixSocket.ask(
            request.line,
            at: root[ControlServer.path],
            timeoutMilliseconds: timeoutMilliseconds
        )
        return String(decoding: answer, as: UTF8.self)
    }
}
