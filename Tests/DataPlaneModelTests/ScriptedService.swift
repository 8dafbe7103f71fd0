import Glibc
import RuntimeAPI
import Syscalls
import TestSupport

/// A unix socket that answers each line as it is told to.
final class ScriptedService: Sendable {
    private let listener: FileDescriptor

    init(_ path: String, _ answer: @escaping @Sendable (String) -> String) throws {
        listener = try UnixSocket.listen(path, mode: 0o600)
        let raw = listener.raw
        startThread {
            while true {
                let client = accept(raw, nil, nil)
                guard client >= 0 else { return }
                let owned = FileDescriptor(owning: client)
                Self.serve(owned, answer)
            }
        }
    }

    deinit { shutdown(listener.raw, CInt(SHUT_RDWR)) }

    private static func serve(_ client: borrowing FileDescriptor, _ answer: (String) -> String) {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while recv(client.raw, &byte, 1, 0) == 1, byte != UInt8(ascii: "\n") { line.append(byte) }
        let text = answer(String(decoding: line, as: UTF8.self)) + "\n"
        try? UnixSocket.send(text, to: client.raw)
    }
}
