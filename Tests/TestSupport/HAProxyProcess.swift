import Glibc
import Syscalls

/// The real HAProxy, or what stands in for it, as master and worker, in the caller's network namespace; ended and reaped when it goes.
public final class HAProxyProcess {
    public let directory: String
    private let process: SpawnedProcess
    /// Of the master.
    public var pid: Int32 { process.pid }

    public var configurationPath: String { directory + "/haproxy.cfg" }
    public var masterSocket: String { directory + "/master.sock" }
    /// Of level admin; there if the configuration has ``statsLine(in:)``.
    public var statsSocket: String { directory + "/stats.sock" }

    /// A line of the section `global` for the runtime API.
    public static func statsLine(in directory: String) -> String {
        "stats socket \(directory)/stats.sock mode 600 level admin"
    }

    /// Sections `global` and `defaults` that it and our proxy take: the runtime API, TCP, and time enough.
    public static func head(in directory: String) -> String {
        """
        global
          \(statsLine(in: directory))
        defaults
          mode tcp
          timeout connect 1h
          timeout client 1h
          timeout server 1h

        """
    }

    /// Starts it with `haproxy.cfg` of `directory`; it answers on its sockets when this returns.
    public init(in directory: String, program: String = "haproxy") throws {
        self.directory = directory
        let arguments = [program, "-W", "-S", directory + "/master.sock", "-f", directory + "/haproxy.cfg"]
        process = try SpawnedProcess(arguments, output: directory + "/log")
        // The master begins itself again when the first worker runs: only its answer tells that it is there to stay.
        let isUp = eventually {
            process.hasEnded || ((try? ask("show proc"))?.contains("worker") ?? false)
        }
        guard isUp, !process.hasEnded else { throw ProgramFailed(arguments: arguments, status: 1, text: log) }
    }

    /// What the master answers.
    private func ask(_ command: String) throws -> String {
        let socket = try TestSocket.connect(unix: masterSocket)
        try socket.send(command + "\n")
        socket.shutdownWrite()
        return try socket.receiveAll()
    }

    /// What it has logged.
    public var log: String { process.log }
}
