internal import CLinux
internal import Glibc
internal import Syscalls

/// Tells the service manager how we are (sd_notify(3)). Without one it does nothing.
enum ServiceNotification {
    /// - Parameter state: Lines such as `READY=1`.
    static func send(_ state: String) throws(SystemError) {
        guard let path = getenv("NOTIFY_SOCKET").map({ String(cString: $0) }), !path.isEmpty else { return }
        var address = sockaddr_un()
        let length = clinux_unix_address(&address, path)
        guard length > 0 else { throw SystemError(code: ENAMETOOLONG, operation: "notify \(path)") }
        let type = CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        let socket = FileDescriptor(owning: try syscall("notify \(path)") { Glibc.socket(AF_UNIX, type, 0) })
        let bytes = Array(state.utf8)
        let raw = socket.raw
        try syscall("notify \(path)") {
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    bytes.withUnsafeBytes { sendto(raw, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL), address, length) }
                }
            }
        }
    }
}
