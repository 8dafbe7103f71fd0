internal import CLinux
internal import Glibc
internal import Syscalls

/// The address of a unix socket as the kernel wants it. A trivial value, as ``SocketAddress`` is.
struct UnixAddress {
    private var storage = sockaddr_un()
    private let length: socklen_t

    /// - Parameter place: A path, or `@` and a name of the abstract namespace; nil if it is empty or too long.
    init?(_ place: String) {
        var address = sockaddr_un()
        let count =
            place.hasPrefix("@")
            ? clinux_abns_address(&address, String(place.dropFirst())) : clinux_unix_address(&address, place)
        guard count > 0 else { return nil }
        storage = address
        length = socklen_t(count)
    }

    mutating func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        let length = length
        return withUnsafePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }
}

/// The file of a unix socket that we listen on.
struct SocketFile: Hashable {
    let path: String
    private let device: dev_t
    private let inode: ino_t

    /// The file as it is now; nil if there is none.
    init?(_ path: String) {
        var info = stat()
        guard stat(path, &info) == 0 else { return nil }
        self.path = path
        device = info.st_dev
        inode = info.st_ino
    }

    /// Removes it, unless another process has put its own socket there meanwhile.
    func remove() {
        guard let now = SocketFile(path), now == self else { return }
        unlink(path)
    }
}
