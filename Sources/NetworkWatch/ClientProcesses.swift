import Addresses
import CLinux
import Files
import Glibc
import Leases
import Syscalls

/// The clients as processes: each a session of its own, so that none of its helpers is left when it is not.
final class ClientProcesses {
    /// Configuration and process id of each client.
    static let directory = "/run/appliance-net/dhcp"

    private struct Client {
        var process: pid_t
        /// Readable when it has ended (pidfd_open(2)).
        var ending: CInt
    }

    private let root: Root
    private let hook: String
    private var clients: [InterfaceRole: Client] = [:]

    init(_ root: Root, hook: String) {
        self.root = root
        self.hook = hook
        for role in InterfaceRole.allCases { killOrphan(role) }
    }

    deinit { killAll() }

    var descriptors: [CInt] { clients.values.map { $0.ending } }

    func role(of process: pid_t) -> InterfaceRole? { clients.first { $0.value.process == process }?.key }

    func start(_ role: InterfaceRole, _ link: String) throws(SystemError) {
        try AtomicFile.makeDirectory(root[Self.directory])
        let file = path(role, "conf")
        try AtomicFile.replace(file, with: ClientConfiguration.text(hook: hook, root: root.prefix))
        // setsid(1) becomes the client.
        let arguments = ["setsid"] + ClientConfiguration.arguments(file: file, link: link)
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] = [strdup("PATH=/usr/sbin:/usr/bin:/sbin:/bin"), nil]
        defer { for text in argv + environment { free(text) } }
        let process = try syscall("start dhcpcd") { clinux_spawn_as(&argv, &environment, 0, 0) }
        let ending = clinux_process_open(process)
        guard ending >= 0 else {
            let code = errno
            Glibc.kill(-process, SIGKILL)
            Glibc.kill(process, SIGKILL)
            waitpid(process, nil, 0)
            throw SystemError(code: code, operation: "watch dhcpcd")
        }
        clients[role] = Client(process: process, ending: ending)
        try AtomicFile.replace(path(role, "pid"), with: "\(process)\n")
    }

    func end(_ role: InterfaceRole) { if let client = clients[role] { Glibc.kill(client.process, SIGTERM) } }

    func kill(_ role: InterfaceRole) { if let client = clients[role] { Self.kill(client.process) } }

    /// The client whose end the descriptor tells, and its status; nil if it has not ended.
    func reap(_ descriptor: CInt) -> (role: InterfaceRole, status: Int)? {
        guard let (role, client) = clients.first(where: { $0.value.ending == descriptor }) else { return nil }
        var status: CInt = 0
        guard waitpid(client.process, &status, WNOHANG) != 0 else { return nil }
        forget(role, client)
        return (role, Int(clinux_wait_status(status)))
    }

    func killAll() {
        for (role, client) in clients {
            Self.kill(client.process)
            waitpid(client.process, nil, 0)
            forget(role, client)
        }
    }

    private func forget(_ role: InterfaceRole, _ client: Client) {
        // Its helpers have ended by themselves, unless it was killed.
        Glibc.kill(-client.process, SIGKILL)
        close(client.ending)
        clients[role] = nil
        _ = try? AtomicFile.remove(path(role, "pid"))
    }

    private static func kill(_ process: pid_t) {
        Glibc.kill(-process, SIGKILL)
        Glibc.kill(process, SIGKILL)
    }

    /// One that an earlier service left when it was killed: nobody would hear of its leases.
    private func killOrphan(_ role: InterfaceRole) {
        guard let text = try? AtomicFile.readText(path(role, "pid")),
            let process = pid_t(text.filter { $0.isNumber }), process > 1
        else { return }
        // The number may be another's by now; where there is no such process, but helpers of it are left, it is nobody's.
        let isGone = Glibc.kill(process, 0) != 0 && errno == ESRCH
        let name = (try? AtomicFile.readText("/proc/\(process)/comm")) ?? nil
        if isGone || name == "dhcpcd\n" || name == "setsid\n" { Glibc.kill(-process, SIGKILL) }
        _ = try? AtomicFile.remove(path(role, "pid"))
    }

    private func path(_ role: InterfaceRole, _ kind: String) -> String {
        root["\(Self.directory)/\(role.rawValue).\(kind)"]
    }
}
