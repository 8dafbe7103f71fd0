import Diagnostics
import TestSupport
import Testing

@testable import ProxyConfig

/// Lines of `global` that are given more than once: the level and the words of HAProxy, for each that counts once.
@Suite struct RepeatedGlobalTests {
    private static let lines = [
        "user root", "uid 0", "uid 1000", "uid 1001", "gid 0", "group root", "gid 1000", "gid 1001", "group root",
        "maxconn 0", "maxconn 5000", "maxconn 6000", "maxpipes 0", "maxpipes 5", "maxpipes 6", "ulimit-n 0",
        "ulimit-n 50000", "ulimit-n 60000", "pidfile /a", "pidfile /b", "chroot /", "chroot /", "maxconnrate 0",
        "maxconnrate 5", "maxconnrate 6", "maxsessrate 0", "maxsessrate 5", "maxsessrate 6", "maxsslrate 5",
        "maxsslrate 6", "maxcomprate 5", "maxcomprate 6", "spread-checks 0", "spread-checks 5", "spread-checks 6",
        "spread-checks 99", "fd-hard-limit 0", "fd-hard-limit 50000", "fd-hard-limit 60000", "log-send-hostname",
        "log-send-hostname a", "node a", "node b", "description a",
        "description b", "log-tag a", "log-tag b", "hard-stop-after 5s", "hard-stop-after 6s", "nbthread 1",
        "nbthread 1", "stats timeout 5s", "stats timeout 6s", "stats maxconn 5", "stats maxconn 6", "daemon", "daemon",
    ]

    @Test func repeatedLinesAreSpokenOfAsByHAProxy() throws {
        try withTemporaryDirectory { directory in
            let text =
                "global\n" + Self.lines.map { "  \($0)\n" }.joined()
                + "listen l\n  bind 127.0.0.1:81\n  mode tcp\n  timeout client 5s\n  timeout server 5s\n  timeout connect 5s\n"
            let verdict = try Oracle.check(text, in: directory, name: "h.cfg")
            #expect(verdict.isAccepted, "\(verdict.text)")
            func shown(_ line: some StringProtocol) -> String? {
                guard let start = line.firstRange(of: "parsing ["), let place = line.firstRange(of: "h.cfg:") else {
                    return nil
                }
                // HAProxy has a space before some of the colons.
                let level = line[..<start.lowerBound].prefix { $0 != "]" }
                return level + " " + String(line[place.upperBound...]).replacing("] : ", with: "]: ")
            }
            let theirs = verdict.text.split(separator: "\n").compactMap { shown($0) }
            let result = ConfigurationFile(text, file: "h.cfg").checked(surroundings: Oracle.surroundings)
            let ours = result.diagnostics.compactMap { shown(HAProxyForm.line($0, pid: 1)) }
            #expect(theirs.count > 12)
            #expect(ours == theirs)
            let goOn = result.diagnostics.allSatisfy { $0.severity == .warning && HAProxyForm.isAlert($0) }
            #expect(goOn)
        }
    }
}
