internal import Glibc
public import Syscalls

/// Speaks to the master socket (`appliance-proxyd -S PATH`): one command a line, the answer ends with the connection.
///
/// Synchronous: every call opens a connection of its own. HAProxy's master CLI answers the same way.
public struct MasterClient: Sendable {
    public var path: String
    /// Longest wait for the connection and for each part of the answer.
    public var timeoutMilliseconds: Int

    public init(path: String, timeoutMilliseconds: Int = 5000) {
        self.path = path
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    /// Sends one command line and gives the whole answer.
    ///
    /// - Throws: ENOENT or ECONNREFUSED when no master runs, ETIMEDOUT when it does not answer, EINVAL for a command of
    ///   more than one line.
    public func send(_ command: String) throws(SystemError) -> String {
        guard !command.utf8.contains(UInt8(ascii: "\n")) else {
            throw SystemError(code: EINVAL, operation: "send a command of several lines to \(path)")
        }
        let socket = try UnixSocket.connect(path, timeoutMilliseconds: timeoutMilliseconds)
        do {
            try UnixSocket.send(command + "\n", to: socket.raw, path: path)
            // HAProxy's master waits for another command until it sees that none can come.
            shutdown(socket.raw, CInt(SHUT_WR))
            return String(decoding: try socket.readToEnd(limit: 64 << 20, path: path), as: UTF8.self)
        } catch  where error.code == EAGAIN {
            throw SystemError(code: ETIMEDOUT, operation: "wait for the answer of \(path)")
        }
    }

    /// As ``send(_:)``, but waits for a master that is starting itself again: HAProxy's does with every reload, and
    /// nobody listens for a moment.
    ///
    /// - Parameter milliseconds: How long.
    public func send(_ command: String, waitingForMaster milliseconds: Int) throws(SystemError) -> String {
        var pause: CInt = 1
        var waited = 0
        while true {
            do throws(SystemError) {
                return try send(command)
            } catch {
                guard error.code == ECONNREFUSED || error.code == ECONNRESET, waited < milliseconds else { throw error }
            }
            poll(nil, 0, pause)
            waited += Int(pause)
            pause = min(pause * 2, 50)
        }
    }

    /// Applies the configuration file; when this returns with success, the change is in effect.
    ///
    /// - Throws: As ``send(_:)``; EPROTO for an answer that is not one of `reload`.
    public func reload() throws(SystemError) -> ReloadAnswer {
        guard let answer = ReloadAnswer(answer: try send("reload")) else {
            throw SystemError(code: EPROTO, operation: "read the answer of \(path)")
        }
        return answer
    }
}
