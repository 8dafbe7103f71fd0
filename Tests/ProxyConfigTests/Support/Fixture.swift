import Glibc
import Testing

/// Files of Tests/Fixtures/haproxy.
enum Fixture {
    /// Files of keywords, without their extension.
    static let keywordFiles = [
        "global", "bind", "server", "rules", "samples", "formats", "proxy", "sections", "http", "lines", "more",
    ]

    static func text(_ name: String) throws -> String { try read("\(name).cfg") }

    static func lines(_ name: String) throws -> [String] {
        try read(name).split(separator: "\n").map { String($0) }
    }

    private static func read(_ name: String) throws -> String {
        let tests = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        let file = try #require(fopen("\(tests)/Fixtures/haproxy/\(name)", "r"))
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }
}
