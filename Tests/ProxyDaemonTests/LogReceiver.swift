import Glibc
import Syscalls
import TestSupport

/// A socket that takes the datagrams of logs, on a port that the kernel chooses or at a path.
final class LogReceiver {
    /// As a `log` line names it.
    let place: String
    private let socket: TestSocket
    private var lines: [String] = []

    /// UDP.
    init() throws {
        let (socket, port) = try TestSocket.bound(SOCK_DGRAM)
        self.socket = socket
        place = "127.0.0.1:\(port)"
    }

    init(path: String) throws {
        unlink(path)
        socket = try TestSocket.bound(unix: path, SOCK_DGRAM)
        place = path
    }

    /// What has come so far, datagram by datagram.
    func received() -> [String] {
        var bytes = [UInt8](repeating: 0, count: 70000)
        while true {
            let count = recv(socket.raw, &bytes, bytes.count, CInt(MSG_DONTWAIT))
            if count < 0 { return lines }
            lines.append(String(decoding: bytes[..<count], as: UTF8.self))
        }
    }

    /// What a configuration begins with whose frontends log here and whose time-outs play no part.
    ///
    /// - Parameter length: Of a line at most, `len`.
    func head(format: String = "raw", length: Int = 1024) -> String {
        """
        global
          log \(place) len \(length) format \(format) local0
          nbthread 1
        defaults
          mode tcp
          log global
          timeout connect 60s
          timeout client 60s
          timeout server 60s
        """
    }
}

extension Background {
    /// Does the same with ours and with the real HAProxy, one after the other: they have the same ports.
    ///
    /// - Parameter body: Gets what starts a program with a configuration.
    static func ofBoth<Result>(
        in directory: String,
        _ body: ((String) throws -> Background) throws -> Result
    ) throws -> (ours: Result, theirs: Result) {
        func result(_ program: String) throws -> Result {
            try body { text in
                let path = "\(directory)/both.cfg"
                try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600).writeAll(Array(text.utf8))
                return try Background([program, "-db", "-f", path], in: directory)
            }
        }
        return (try result(proxyd), try result("haproxy"))
    }
}
