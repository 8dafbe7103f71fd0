import Glibc
import RuntimeAPI
import Synchronization
import Syscalls
import TestSupport

/// The proxy's master as who follows its listeners sees it.
final class FakeMaster: Sendable {
    private struct State {
        var listeners: Set<String> = []
        var sequence = 0
        var client: CInt = -1
        var lines: [String] = []
    }
    private let state = Mutex(State())
    private let listener: CInt
    private let path: String

    /// Listens, with these listeners, each as `listen f 10.0.0.1:80`.
    init(_ path: String, _ listeners: Set<String> = []) throws {
        self.path = path
        listener = try UnixSocket.listen(path, mode: 0o600).release()
        state.withLock { $0.listeners = listeners }
        startThread { [self] in
            while true {
                let client = accept(listener, nil, nil)
                if client < 0 { return }
                serve(client)
            }
        }
    }

    private func serve(_ client: CInt) {
        let socket = TestSocket(owning: client)
        guard let first = try? socket.receive(), first == Array("listeners follow\n".utf8) else { return }
        state.withLock { state in
            state.client = client
            let list = state.listeners.sorted().map { $0 + "\n" }.joined() + "-- \(state.sequence)\n"
            try? UnixSocket.send(list, to: client)
        }
        var rest: [UInt8] = []
        while let bytes = try? socket.receive(), !bytes.isEmpty {
            rest += bytes
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: rest[..<end], as: UTF8.self)
                rest.removeFirst(end + 1)
                state.withLock { $0.lines.append(line) }
            }
        }
        state.withLock { if $0.client == client { $0.client = -1 } }
    }

    /// What it was told so far.
    var lines: [String] { state.withLock { $0.lines } }

    /// The listeners change; gives the number of that.
    func change(add: [String] = [], remove: [String] = []) throws -> Int {
        try state.withLock { state in
            state.listeners.subtract(remove)
            state.listeners.formUnion(add)
            state.sequence += 1
            let text = remove.map { "-\($0)\n" }.joined() + add.map { "+\($0)\n" }.joined()
            try UnixSocket.send(text + "-- \(state.sequence)\n", to: state.client)
            return state.sequence
        }
    }

    /// It dies: its socket refuses, and its connections end.
    func die() {
        shutdown(listener, CInt(SHUT_RDWR))
        unlink(path)
        state.withLock { if $0.client >= 0 { shutdown($0.client, CInt(SHUT_RDWR)) } }
    }
}
