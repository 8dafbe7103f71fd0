internal import Diagnostics
internal import FoundationEssentials
internal import Glibc

/// The one place that prints: data to standard output, talk to standard error.
enum Console {
    /// A line of data.
    static func data(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

    /// A line for whoever watches.
    static func say(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

    /// Problems of an input, each with its line and remedy.
    static func say(_ diagnostics: [Diagnostic]) {
        for diagnostic in diagnostics { say(diagnostic.rendered) }
    }

    /// A value as JSON, keys sorted, to standard output.
    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        data(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    private static func write(_ text: String, to descriptor: CInt) {
        let bytes = Array(text.utf8)
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress?.advanced(by: offset), $0.count - offset)
            }
            // Nobody reads any more (a closed pipe): there is nobody to tell.
            guard count > 0 || errno == EINTR else { return }
            offset += max(count, 0)
        }
    }
}
