import Diagnostics
import Glibc
import Syscalls
import TestSupport
import Testing

@testable import ProxyConfig

/// Several `-f` options, and directories.
@Suite(.blocking) struct SeveralFilesTests {
    private static let sets: [[String]] = [
        ["global\n maxconn 4\n", "backend b\n", "frontend f\n bind :80\n default_backend b\n"],
        ["frontend f\n bind :80\n default_backend b\n", "backend b\n"],
        ["backend b\n", "backend b\n"],
        ["defaults base\n mode tcp\n", "backend b from base\n"],
        ["defaults\n mode http\n", "backend b\n option forwardfor\n"],
        // A section and a block end with their file.
        ["global\n", " maxconn 4\n"],
        ["global\n.if 1\n", ".endif\n"],
        ["global\n maxconn 4", "backend b\n"],
        ["global\n setenv A 1\n", ".if !streq(\"$A\",1)\nfoo\n.endif\n"],
        ["", "# nothing\n", "global\n"],
    ]

    @Test(arguments: sets) func agreesWithHAProxy(_ texts: [String]) throws {
        try withTemporaryDirectory { directory in
            var arguments = ["/usr/sbin/haproxy", "-c"]
            for (index, text) in texts.enumerated() {
                try Oracle.write(text, to: "\(directory)/\(index).cfg")
                arguments += ["-f", "\(directory)/\(index).cfg"]
            }
            let verdict = try Subprocess.run(arguments)
            let whole = try Subprocess.run(["/usr/sbin/haproxy", "-c", "-f", directory])
            let files = texts.enumerated().map { ConfigurationFile($1, file: "\(directory)/\($0).cfg") }
            let result = ConfigurationFile.check(files, surroundings: Oracle.surroundings)
            #expect((result.model != nil) == (verdict.status == 0 || verdict.status == 2), "\(verdict.errors)")
            #expect(verdict.status == whole.status)
            // HAProxy reads no file behind one that it cannot read to its end.
            if let error = result.diagnostics.first(where: { $0.severity == .error }) {
                let place = "[\(error.file ?? ""):\(error.position?.line ?? 0)]"
                #expect(verdict.errors.contains(error.message), "\(verdict.errors)\n\(error)")
                let hasPlace = verdict.errors.contains(place) || error.message.hasPrefix("Proxy ")
                #expect(hasPlace, "\(verdict.errors)\n\(error)")
            }
        }
    }

    @Test func namesTheFileOfEveryProblem() {
        let files = [
            ConfigurationFile("global\n foo\n", file: "a"), ConfigurationFile("\nbackend b\n bar\n", file: "b"),
        ]
        let diagnostics = ConfigurationFile.check(files).diagnostics
        #expect(diagnostics.map { "\($0.file ?? ""):\($0.position?.line ?? 0)" } == ["a:2", "b:3"])
        let lines = HAProxyForm.lines(diagnostics, file: "b", pid: 1)
        #expect(lines.filter { $0.contains("Error(s) found in configuration file") }.count == 2)
    }
}
