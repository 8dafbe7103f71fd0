internal import Files
internal import Glibc
public import ProxyConfig
internal import Syscalls

/// Says what is wrong with a configuration before it is written.
public protocol ConfigurationChecker: Sendable {
    /// The errors, in words for whoever sent the configuration; empty if it may be used.
    ///
    /// - Parameters:
    ///   - text: The whole configuration.
    ///   - file: The name that the errors carry.
    func errors(in text: String, file: String) -> [String]

    /// The same for a configuration that is read already.
    func errors(in file: ConfigurationFile) -> [String]
}

extension ConfigurationChecker {
    public func errors(in file: ConfigurationFile) -> [String] { errors(in: file.text, file: file.file) }
}

/// By the program that will read it: `haproxy -c -f`.
public struct HAProxyChecker: ConfigurationChecker {
    private static let limitSeconds = 60
    private let program: String

    public init(program: String) { self.program = program }

    public func errors(in text: String, file: String) -> [String] {
        var template = Array("/tmp/appliance-dataplaned.XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { return ["a file to check cannot be made: \(ErrnoName(errno))"] }
        let owned = FileDescriptor(owning: descriptor)
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { unlink(path) }
        do throws(SystemError) {
            try owned.writeAll(Array(text.utf8), path: path)
            // Names that are looked up, for one, may keep it for long.
            let limit = String(Self.limitSeconds)
            let result = try Subprocess.run(["timeout", "--kill-after=5", limit, program, "-c", "-f", path])
            if result.status == 124 { return ["\(program) -c did not end within \(limit) seconds"] }
            // A configuration without services yet is one that every appliance begins with.
            let said = result.errors + result.output
            if result.status == 0 || said.contains("no error but will not start (no listener)") { return [] }
            let words = said.split(separator: "\n").filter { !$0.hasPrefix("[NOTICE]") }
            return [Self.replacing(path, by: file, in: words.joined(separator: "\n"))]
        } catch {
            return ["the configuration cannot be checked: \(error)"]
        }
    }

    private static func replacing(_ path: String, by file: String, in text: String) -> String {
        var result = ""
        var rest = text[...]
        while let slash = rest.firstIndex(of: "/") {
            result += rest[..<slash]
            rest = rest[slash...]
            if rest.hasPrefix(path) {
                result += file
                rest = rest.dropFirst(path.count)
            } else {
                result.append(rest.removeFirst())
            }
        }
        return result + rest
    }
}
