import Glibc
import Syscalls
import TestSupport
import Testing

/// What README.md says to type for the proxy alone, as it stands there but for where its files are.
@Suite(.blocking) struct ReadmeTests {
    private static func commands() throws -> String {
        let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
        let page = String(decoding: try FileDescriptor.open("\(root)/README.md", 0).readToEnd(), as: UTF8.self)
        let chapter = try #require(page.split(separator: "## The proxy alone\n").dropFirst().first)
        return String(try #require(chapter.split(separator: "```sh\n").dropFirst().first).split(separator: "```")[0])
    }

    @Test func theProxyAloneServesWhatTheReadmeTypes() throws {
        let commands = try Self.commands()
        try withDaemonRoom { directory in
            let script = "\(directory)/typed.sh"
            // A line that fails ends it; whatever runs by then is ended as well.
            let text = "cd \(directory)\nset -e\ntrap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT\n"
            let typed = text + commands.replacing("/tmp/", with: directory + "/")
            try FileDescriptor.open(script, O_WRONLY | O_CREAT, mode: 0o600).writeAll(Array(typed.utf8))
            let path = proxyd.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
            let known = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin"
            let result = try Subprocess.run(
                ["timeout", "60", "bash", script],
                environment: ["PATH=\(path):\(known)"]
            )
            #expect(result.status == 0, "\(result.output)\n\(result.errors)")
            let words = result.output
            #expect(words.contains("Configuration file is valid\n"))
            // The server lists its directory, before and after the change.
            #expect(words.ranges(of: "typed.sh</a>").count == 2, "\(words)")
            // Asked before its first check has ended, a server is "UP 1/3".
            #expect(words.contains("\nweb,s1,UP"), "\(words)")
            for line in ["web,FRONTEND,OPEN", "web,BACKEND,UP", "statistics,FRONTEND,OPEN"] {
                #expect(words.contains("\n" + line + "\n"), "\(line)")
            }
            #expect(words.contains("Statistics Report") && words.contains("</html>"))
        }
    }
}
