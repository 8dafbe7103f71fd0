@testable import DataPlaneAPI
import Files
import Glibc
import Logging
import Syscalls
import TestSupport
import Testing

/// What others send comes into the log; it stays one line, and moves no terminal.
@Suite struct LineLogTests {
    @Test(arguments: [ProcessOptions.LogFormat.text, .json])
    func noCharacterLeavesTheLine(format: ProcessOptions.LogFormat) throws {
        try withTemporaryDirectory { directory in
            let file = try FileDescriptor.open(directory + "/log", O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
            let target = LogTarget(descriptor: file.raw)
            let logger = Logger(label: "test") { _ in LineLogHandler(target, format: format, level: .info) }
            // Control characters of ASCII and of ISO 6429, a line separator, and one that turns the direction.
            let odd = "a\u{1B}[31m\u{7F}\u{85}\u{9B}31m\u{2028}\u{202E}b"
            for path in [odd, "\u{9B}", "größe/日本"] { logger.info("request", metadata: ["path": "\(path)"]) }
            let log = try AtomicFile.readText(directory + "/log") ?? ""
            let lines = log.split(separator: "\n")
            #expect(lines.count == 3)
            #expect(lines[0].contains("a?[31m???31m??b"), "\(lines[0])")
            #expect(
                !log.unicodeScalars.contains { $0 != "\n" && ($0.value < 0x20 || (0x7F...0x9F).contains($0.value)) }
            )
            #expect(lines[2].contains("größe/日本"))
        }
    }
}
