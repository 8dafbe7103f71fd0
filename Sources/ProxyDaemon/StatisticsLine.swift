internal import Glibc
internal import ProxyConfig
internal import Syscalls

/// How the thread for pages, which is in a chroot, asks as a client of a stats socket does: it makes a pair of sockets for
/// each question and sends one of them through this line.
struct StatisticsLine {
    let asking: CInt
    let answering: CInt

    static let door = CommandDoor.pages

    init() throws(SystemError) {
        var pair: [CInt] = [-1, -1]
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        try syscall("make a line for statistics") { socketpair(AF_UNIX, type, 0, &pair) }
        (asking, answering) = (pair[0], pair[1])
    }
}
