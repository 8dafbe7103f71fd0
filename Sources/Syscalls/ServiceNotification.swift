internal import CLinux
internal import Glibc

/// Tells the service manager how we are (sd_notify(3)). Without one it does nothing.
public enum ServiceNotification {
    /// - Parameter state: Lines such as `READY=1`.
    public static func send(_ state: String) throws(SystemError) {
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

    /// `RELOADING=1` with the time that systemd asks for beside it.
    public static var reloading: String {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return "RELOADING=1\nMONOTONIC_USEC=\(Int(time.tv_sec) * 1_000_000 + Int(time.tv_nsec) / 1000)"
    }

    /// How often `WATCHDOG=1` is expected at the latest (`WATCHDOG_USEC`, sd_watchdog_enabled(3)); nil if it is not.
    public static var watchdogInterval: Duration? {
        func number(_ name: String) -> Int? { getenv(name).flatMap { Int(String(cString: $0)) } }
        guard let microseconds = number("WATCHDOG_USEC"), microseconds > 0 else { return nil }
        if let process = number("WATCHDOG_PID"), process != getpid() { return nil }
        return .microseconds(microseconds)
    }
}
