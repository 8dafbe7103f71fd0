internal import Glibc
internal import ProxyEngine
internal import Syscalls

/// Whoever serves snapshots: an engine in this process, or a worker at the other end of a channel.
protocol SnapshotTarget {
    /// Brings `next` into effect. `fresh` are listening sockets it does not have yet; the caller keeps its own.
    mutating func serve(_ next: EncodedSnapshot, fresh: [ListenAddress: CInt]) throws(SystemError)
}

/// The engine in this process.
struct LocalTarget: SnapshotTarget {
    let engine: Engine
    private var served: EncodedSnapshot?

    init(engine: Engine) { self.engine = engine }

    mutating func serve(_ next: EncodedSnapshot, fresh: [ListenAddress: CInt]) throws(SystemError) {
        var copies: [ListenAddress: CInt] = [:]
        for (address, socket) in fresh {
            copies[address] = try syscall("duplicate \(address)") { fcntl(socket, F_DUPFD_CLOEXEC, 3) }
        }
        do throws(MalformedSnapshot) {
            try engine.apply(SnapshotEdit(encoded: next.edit(after: served)), opened: copies)
        } catch {
            for copy in copies.values { close(copy) }
            throw SystemError(code: EPROTO, operation: "read a snapshot")
        }
        served = next
    }
}
