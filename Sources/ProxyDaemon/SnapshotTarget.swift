internal import Glibc
internal import ProxyEngine
internal import Syscalls

/// Whoever serves snapshots: an engine in this process, or a worker at the other end of a channel.
protocol SnapshotTarget {
    /// Brings `next` into effect. `fresh` are listening sockets it does not have yet; the caller keeps its own.
    mutating func serve(_ next: EncodedSnapshot, fresh: [ListenAddress: CInt]) throws(SystemError)

    /// The answer's bytes.
    func ask(_ question: EngineQuestion) throws(SystemError) -> [UInt8]
}

extension SnapshotTarget {
    func report() throws(SystemError) -> EngineReport {
        let bytes = try ask(.report(backend: nil))
        do throws(MalformedSnapshot) {
            return try EngineReport(encoded: bytes)
        } catch {
            throw SystemError(code: EPROTO, operation: "read a report")
        }
    }

    /// - Returns: false if there is no such server.
    func perform(_ order: ServerOrder) throws(SystemError) -> Bool { try ask(.order(order)) == [1] }
}

/// The engine in this process.
struct LocalTarget: SnapshotTarget {
    let engine: Engine
    private var served: EncodedSnapshot?

    init(engine: Engine) { self.engine = engine }

    func ask(_ question: EngineQuestion) -> [UInt8] { question.answer(engine) }

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
