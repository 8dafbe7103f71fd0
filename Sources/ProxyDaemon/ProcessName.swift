internal import CLinux
internal import Glibc

/// The name that pidof(1), killall(1) and ps(1) know a process by.
enum ProcessName {
    /// The last part of the name that the program was started under: `haproxy` when it was started as haproxy.
    static var own: String {
        let path = CommandLine.arguments.first ?? ""
        return String(path.split(separator: "/").last ?? "haproxy")
    }

    /// Takes that name. A program that was started as /proc/self/exe would be called `exe`.
    static func take() { clinux_set_process_name(own) }
}
