import Glibc
import ProxyEngine
import RuntimeAPI
import Syscalls
import TestSupport

/// `appliance-proxyd` as the unit starts it, in the caller's network namespace.
final class DaemonFixture {
    let program: Background
    let directory: String
    var client: MasterClient { MasterClient(path: "\(directory)/master.sock", timeoutMilliseconds: 60000) }

    static let head = """
        global
          log stdout format raw local0 info
          maxconn 500
          nbthread 1
        defaults
          mode tcp
          log global
          option tcplog
          option dontlognull
          timeout connect 60s
          timeout client 60s
          timeout server 60s

        """

    init(
        _ body: String,
        in directory: String,
        environment: [String] = [],
        program path: String = proxyd,
        options: [String] = []
    ) throws {
        self.directory = directory
        try Self.write(body, in: directory)
        program = try Background(
            ["env"] + environment + [
                path, "-Ws", "-f", "\(directory)/haproxy.cfg", "-S", "\(directory)/master.sock", "-p",
                "\(directory)/pid",
            ] + options,
            in: directory
        )
        let pidFile = "\(directory)/pid"
        guard eventually({ access(pidFile, F_OK) == 0 }) else {
            throw SystemError(code: ETIMEDOUT, operation: "start \(proxyd): \(program.errors)")
        }
    }

    static func write(_ body: String, in directory: String) throws {
        let file = try FileDescriptor.open("\(directory)/haproxy.cfg", O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
        try file.writeAll(Array((head + body).utf8))
    }

    func reload(_ body: String) throws -> ReloadAnswer {
        try Self.write(body, in: directory)
        return try client.reload()
    }

    /// The worker's process id, from `show proc`.
    func worker() throws -> String {
        let lines = try client.send("show proc").split(separator: "\n")
        return String(lines.first { $0.contains("worker ") && !$0.hasPrefix("#") }?.prefix { $0 != " " } ?? "")
    }

    func ask(port: UInt16) throws -> String {
        let socket = try TestSocket.connect(port: port)
        try socket.send("?")
        return try socket.receiveAll()
    }
}

/// A test of the daemon: a directory, and a network namespace in which ports are its own.
func withDaemonRoom(_ body: @escaping @Sendable (String) throws -> Void) throws {
    try withNetworkNamespace {
        try run("ip", "link", "set", "lo", "up")
        try withTemporaryDirectory { directory in try body(directory) }
    }
}
