import CLinux
import Glibc
import Syscalls
import TestSupport

/// `appliance-net watch` beside a test, with a service manager that listens; killed and reaped when it goes.
final class WatchProcess {
    let pid: pid_t
    private let errorPath: String
    private let manager: CInt
    private var heard: [String] = []
    private var status: CInt?

    /// - Parameters:
    ///   - environment: `NAME=value` beside NOTIFY_SOCKET.
    ///   - options: Of the command.
    ///   - prefix: What runs it: a program that becomes another.
    ///   - death: Killed when it makes this system call for the so-manieth time; nil: not.
    init(
        root: String,
        _ environment: [String] = [],
        options: [String] = [],
        prefix: [String] = [],
        death: (call: String, step: Int)? = nil
    ) throws {
        let path = root + "/notify"
        unlink(path)
        var address = sockaddr_un()
        let length = clinux_unix_address(&address, path)
        let socket = try syscall("socket") { Glibc.socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue), 0) }
        try syscall("bind \(path)") {
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, length) }
            }
        }
        manager = socket
        errorPath = root + "/watch-log"
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 2, errorPath, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        var arguments = prefix + [try builtProgram("appliance-net"), "watch", "--root", root] + options
        if let death {
            // -D: what is started here is the program, and strace stands aside.
            let inject = "inject=\(death.call):signal=KILL:when=\(death.step)"
            let trace = ["strace", "-D", "-qq", "-o", "/dev/null", "-e", "trace=\(death.call)", "-e", inject]
            arguments = trace + arguments
        }
        let program = arguments[0]
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        argv.append(nil)
        let variables = environment + ["NOTIFY_SOCKET=\(path)", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"]
        var envp: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) }
        envp.append(nil)
        defer { for text in argv + envp { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, program, &actions, nil, &argv, &envp)
        if code != 0 { throw SystemError(code: code, operation: "run \(program)") }
        self.pid = pid
    }

    deinit {
        close(manager)
        if status == nil {
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
        }
    }

    var log: String {
        guard let file = try? FileDescriptor.open(errorPath, O_RDONLY), let bytes = try? file.readToEnd() else {
            return ""
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What it has told the service manager so far.
    func notes() -> [String] {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(manager, &buffer, buffer.count, CInt(MSG_DONTWAIT))
            if count < 0 { return heard }
            heard.append(String(decoding: buffer.prefix(count), as: UTF8.self))
        }
    }

    func signal(_ signal: CInt) { kill(pid, signal) }

    /// Its exit status once it has ended, 256 + signal if one ended it; nil while it runs.
    func ended() -> CInt? {
        if let status { return status }
        var raw: CInt = 0
        guard waitpid(pid, &raw, WNOHANG) == pid else { return nil }
        status = clinux_wait_status(raw)
        return status
    }

    /// Ticks of the processor that it has used, and bytes that it holds.
    func usage() throws -> (ticks: Int, bytes: Int) {
        let stat = try run("cat", "/proc/\(pid)/stat").split(separator: " ")
        let pages = try run("cat", "/proc/\(pid)/statm").split(separator: " ")
        return ((Int(stat[13]) ?? 0) + (Int(stat[14]) ?? 0), (Int(pages[1]) ?? 0) * 4096)
    }
}
