import Glibc
import Syscalls

/// A file that is truncated, and written in parts.
final class OpenFile {
    private var raw: CInt

    init(_ path: String) throws { raw = try syscall("open \(path)") { open(path, O_WRONLY | O_TRUNC | O_CLOEXEC) } }

    deinit { close() }

    func write(_ text: String) throws {
        let bytes = Array(text.utf8)
        try syscall("write") { Glibc.write(raw, bytes, bytes.count) }
    }

    func close() {
        if raw >= 0 { Glibc.close(raw) }
        raw = -1
    }
}
