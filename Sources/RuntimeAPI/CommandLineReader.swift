internal import Glibc

/// Reads the one line that a client of a command socket sends.
public enum CommandLineReader {
    /// Longest line that is taken.
    public static let limit = 65536

    /// The line without its newline; what came before the end if the client shut its side without one. nil if nothing
    /// came, if it came too slowly, or if it is too long.
    public static func line(from socket: CInt) -> String? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while bytes.count <= limit {
            let count = chunk.withUnsafeMutableBytes { recv(socket, $0.baseAddress, $0.count, 0) }
            if count < 0, errno == EINTR { continue }
            if count < 0 { return nil }
            if count == 0 { return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self) }
            bytes += chunk.prefix(count)
            if let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
                return String(decoding: bytes[..<end], as: UTF8.self)
            }
        }
        return nil
    }
}
