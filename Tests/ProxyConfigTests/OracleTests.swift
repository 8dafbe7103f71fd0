import Addresses
import Diagnostics
import Glibc
import Syscalls
import TestSupport
import Testing

@testable import ProxyConfig

/// Debian's HAProxy is the oracle: what it accepts and what it refuses.
@Suite struct OracleTests {
    @Test func agreesOnSmallConfigurations() throws {
        try withTemporaryDirectory { directory in
            for (index, text) in SmallConfigurations.all.enumerated() {
                let verdict = try Oracle.check(text, in: directory, name: "\(index).cfg")
                let result = ConfigurationFile(text, file: "haproxy.cfg").checked(surroundings: Oracle.surroundings)
                let ours = result.diagnostics.map(\.description).joined(separator: "\n")
                #expect(
                    (result.model != nil) == verdict.isAccepted,
                    "\(text)\n--- haproxy \(verdict.isAccepted): \(verdict.text)\n--- ours:\n\(ours)"
                )
            }
        }
    }

    @Test func agreesOnEveryKeywordOfTheTables() throws {
        // A keyword that HAProxy does not know would be accepted by us alone.
        try withTemporaryDirectory { directory in
            var text = "frontend f\n  bind 127.0.0.1:80\n"
            for name in ProxyKeyword.names { text += "  \(name)\n" }
            text += "backend b\n"
            for name in ProxyKeyword.names { text += "  \(name)\n" }
            for name in ProxyOption.names { text += "  option \(name)\n" }
            text += "global\n"
            for name in GlobalKeywords.all { text += "  \(name)\n" }
            let verdict = try Oracle.check(text, in: directory, name: "keywords.cfg")
            let unknown = verdict.text.split(separator: "\n").filter {
                $0.contains("unknown keyword") || $0.contains("unknown option")
            }
            #expect(unknown.isEmpty)
        }
    }
}

enum Oracle {
    struct Verdict {
        var isAccepted: Bool
        var text: String

        /// What stands behind `[ALERT]`, with the line it is about.
        var alerts: [(line: Int?, message: String)] {
            text.split(separator: "\n").compactMap { line in
                guard line.hasPrefix("[ALERT]"), let start = line.firstRange(of: ") : ") else { return nil }
                var rest = line[start.upperBound...]
                if rest.hasPrefix("config : ") { rest = rest.dropFirst(9) }
                guard rest.hasPrefix("parsing [") || rest.hasPrefix("["), let end = rest.firstIndex(of: "]"),
                    let colon = rest[..<end].lastIndex(of: ":")
                else { return (nil, Oracle.trimmed(rest)) }
                let number = Int(rest[rest.index(after: colon)..<end])
                return (number, Oracle.trimmed(rest[end...].drop { $0 == "]" || $0 == " " || $0 == ":" }))
            }
        }
    }

    /// Without the full stops at the end, of which HAProxy writes none, one or two.
    static func trimmed(_ text: some StringProtocol) -> String {
        var text = Substring(text)
        while text.last == "." { text.removeLast() }
        return String(text)
    }

    /// The machine that the oracle runs on.
    static let surroundings: Surroundings = {
        var surroundings = Surroundings(
            variable: { getenv($0).map { String(cString: $0) } },
            resolve: { $0 == "localhost" ? IPAddress("127.0.0.1") : nil },
            hasUser: { getpwnam($0) != nil },
            hasGroup: { getgrnam($0) != nil },
            hasFile: { access($0, F_OK) == 0 },
            isMasterWorker: false
        )
        surroundings.isEmptyFile = { $0 == "/dev/null" }
        return surroundings
    }()

    static func write(_ text: String, to path: String) throws {
        let file = try #require(fopen(path, "w"))
        let bytes = Array(text.utf8)
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
    }

    /// Asks `haproxy -c`. Status 2 is a right file without a listener.
    static func check(_ text: String, in directory: String, name: String) throws -> Verdict {
        let path = "\(directory)/\(name)"
        try write(text, to: path)
        // Most of the time of a check goes into the machine's certificate authorities, which nothing here needs. Behind
        // the file, so that it is read as if it were alone.
        let quick = "\(directory)/quick"
        if access(quick, F_OK) != 0 { try write("global\n  httpclient.ssl.verify none\n", to: quick) }
        let files = ["-f", path] + (text.contains("httpclient") ? [] : ["-f", quick])
        let result = try Subprocess.run(["/usr/sbin/haproxy", "-c"] + files)
        return Verdict(isAccepted: result.status == 0 || result.status == 2, text: result.errors + result.output)
    }
}
