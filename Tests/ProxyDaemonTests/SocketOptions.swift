import CLinux
import Glibc
import Syscalls
import TestSupport

/// What the kernel says of sockets that belong to another process (pidfd_getfd(2)).
enum SocketOptions {
    struct Option: Sendable {
        var name: String
        var level: CInt
        var number: CInt
    }

    static let all = [
        Option(name: "SO_KEEPALIVE", level: SOL_SOCKET, number: SO_KEEPALIVE),
        Option(name: "TCP_KEEPIDLE", level: CInt(IPPROTO_TCP), number: CInt(CLINUX_TCP_KEEPIDLE)),
        Option(name: "TCP_KEEPINTVL", level: CInt(IPPROTO_TCP), number: CInt(CLINUX_TCP_KEEPINTVL)),
        Option(name: "TCP_KEEPCNT", level: CInt(IPPROTO_TCP), number: CInt(CLINUX_TCP_KEEPCNT)),
        Option(name: "TCP_USER_TIMEOUT", level: CInt(IPPROTO_TCP), number: CInt(CLINUX_TCP_USER_TIMEOUT)),
        Option(name: "TCP_DEFER_ACCEPT", level: CInt(IPPROTO_TCP), number: CInt(CLINUX_TCP_DEFER_ACCEPT)),
        Option(name: "TCP_QUICKACK", level: CInt(IPPROTO_TCP), number: CInt(CLINUX_QUICKACK)),
    ]

    /// The options of the sockets of `process` that `wanted` chooses by local and remote port; 0 is none.
    static func values(
        of process: pid_t,
        _ names: [String],
        where wanted: (_ local: UInt16, _ remote: UInt16) -> Bool
    ) throws -> [[CInt]] {
        let handle = try syscall("open a process") { clinux_process_open(process) }
        defer { close(handle) }
        let numbers = try run("ls", "/proc/\(process)/fd").split(separator: "\n").compactMap { CInt($0) }
        var result: [[CInt]] = []
        for number in numbers {
            let copy = clinux_process_descriptor(handle, number)
            guard copy >= 0 else { continue }
            let socket = TestSocket(owning: copy)
            guard try get(socket, SOL_SOCKET, SO_DOMAIN) == AF_INET else { continue }
            guard wanted(TestSocket.localPort(copy), remotePort(copy)) else { continue }
            result.append(
                try all.filter { names.contains($0.name) }.map { try get(socket, $0.level, $0.number) ?? -1 }
            )
        }
        return result
    }

    private static func get(_ socket: TestSocket, _ level: CInt, _ option: CInt) throws -> CInt? {
        var value: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        return getsockopt(socket.raw, level, option, &value, &length) == 0 ? value : nil
    }

    private static func remotePort(_ raw: CInt) -> UInt16 {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(raw, $0, &length) }
        }
        return code == 0 ? UInt16(bigEndian: address.sin_port) : 0
    }
}
