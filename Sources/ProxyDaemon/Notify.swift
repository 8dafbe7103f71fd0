internal import CLinux
internal import Glibc

/// sd_notify(3): tells systemd about a change of state; does nothing without NOTIFY_SOCKET.
enum Notify {
    static func send(_ state: String) {
        guard let value = getenv("NOTIFY_SOCKET") else { return }
        var address = sockaddr_un()
        let length = clinux_unix_address(&address, value)
        guard length > 0 else { return }
        let descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let bytes = Array(state.utf8)
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = sendto(descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL), $0, length)
            }
        }
    }

    /// RELOADING=1 with the time systemd asks for (Type=notify-reload).
    static func reloading() {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        send("RELOADING=1\nMONOTONIC_USEC=\(Int(time.tv_sec) * 1_000_000 + Int(time.tv_nsec) / 1000)")
    }
}
