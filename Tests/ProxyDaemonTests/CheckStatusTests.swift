import Glibc
import Syscalls
import TestSupport
import Testing

/// How `-c` ends, and what it says last, for both programs.
@Suite(.blocking) struct CheckStatusTests {
    private static let times = "defaults\n  mode http\n  timeout connect 5s\n  timeout client 5s\n  timeout server 5s\n"

    /// - Returns: The status, what stands on standard output, and the lines on standard error, without pids and places.
    private static func check(
        _ program: String,
        _ text: String,
        _ options: [String],
        in directory: String
    ) throws -> (status: Int, output: String, errors: [String]) {
        let path = "\(directory)/a.cfg"
        unlink(path)
        let body = "global\n  httpclient.ssl.verify none\n" + text
        try FileDescriptor.open(path, O_WRONLY | O_CREAT, mode: 0o600).writeAll(Array(body.utf8))
        let result = try Subprocess.run([program, "-c"] + options + ["-f", path])
        let lines = result.errors.split(separator: "\n").compactMap { line -> String? in
            guard !line.hasPrefix("[NOTICE]"), !line.contains("accepted and not acted upon"),
                !line.contains("not followed yet"), !line.contains("Error(s) found"), !line.contains(" quarantined "),
                let start = line.firstRange(of: ") : ")
            else { return nil }
            let words = line[start.upperBound...]
            guard let place = words.firstRange(of: ".cfg:"), let end = words[place.upperBound...].firstIndex(of: "]")
            else {
                return String(words.hasPrefix("config : ") ? words.dropFirst(9) : words)
            }
            return String(words[words.index(after: end)...].drop { $0 == " " || $0 == ":" })
        }
        return (result.status, result.output, lines)
    }

    private static func compare(_ texts: [String], _ options: [String] = []) throws -> [Int] {
        try withTemporaryDirectory { directory in
            try texts.map { text in
                let theirs = try check("haproxy", text, options, in: directory)
                let ours = try check(proxyd, text, options, in: directory)
                #expect(ours.status == theirs.status, "\(text)\n\(ours)\n\(theirs)")
                // What is not followed is warned of here only.
                let (said, meant) = (ours.output.split(separator: "\n").last, theirs.output.split(separator: "\n").last)
                #expect(said == meant, "\(text)\n\(ours)\n\(theirs)")
                #expect(ours.errors == theirs.errors, "\(text)")
                return ours.status
            }
        }
    }

    /// A right file without anything to listen on.
    @Test func withoutAListenerItEndsWithTwo() throws {
        let name = try run("hostname").split(separator: "\n").first.map { String($0) } ?? ""
        let none = [
            "", Self.times, Self.times + "backend b\n", Self.times + "frontend f\n",
            Self.times + "frontend f\n  bind 127.0.0.1:8101\n  disabled\n",
            Self.times + "listen l\n  server s 127.0.0.1:1\n",
            "userlist u\n  user a insecure-password b\n",
        ]
        #expect(try Self.compare(none).allSatisfy { $0 == 2 })
        #expect(try Self.compare([""], ["-q"]) == [2])
        #expect(try Self.compare([""], ["-W"]) == [0])
        #expect(try Self.compare([""], ["-Ws"]) == [0])
        let some = [
            Self.times + "frontend f\n  bind 127.0.0.1:8101\n", "  stats socket /tmp/check-status.sock\n",
            "  master-worker\n", "peers p\n  bind 127.0.0.1:8102\n  server \(name)\n",
            "peers p\n  peer \(name) 127.0.0.1:8102\n",
            "log-forward l\n  bind 127.0.0.1:8103\n  log 127.0.0.1:514 local0\n",
        ]
        #expect(try Self.compare(some).allSatisfy { $0 == 0 })
    }

    /// Descriptors that nobody has opened are no servers.
    @Test func descriptorsThatAreNotThereAreRefused() throws {
        let places = ["sockpair@57", "sockpair@1", "sockpair@x", "fd@57", "127.0.0.1:1 check addr sockpair@57"]
        #expect(try Self.compare(places.map { Self.times + "backend b\n  server s \($0)\n" }).allSatisfy { $0 == 1 })
    }

    /// Names are looked up at once, but those of servers with another `init-addr`, or with `-dr`.
    @Test func namesWithoutAnAddressAreRefused() throws {
        let server = Self.times + "backend b\n  server s "
        let refused = [
            server + "none.invalid:1\n", server + "127.0.0.1:1 check addr none.invalid\n",
            server + "127.0.0.1:1 agent-check agent-port 1 agent-addr none.invalid\n",
            Self.times + "backend b\n  source none.invalid\n", Self.times + "backend b\n  log none.invalid local0\n",
            Self.times + "backend b\n  dispatch none.invalid:1\n", Self.times + "frontend f\n  bind none.invalid:1\n",
            "resolvers r\n  nameserver n none.invalid:53\n", "peers p\n  peer a none.invalid:1\n",
            "peers p\n  bind none.invalid:1\n", "mailers m\n  mailer a none.invalid:25\n",
            "ring r\n  server s none.invalid:1\n",
            "  log none.invalid local0\n", Self.times + "frontend f\n  bind fd@99\n",
            Self.times + "frontend f\n  bind fd@2\n",
        ]
        #expect(try Self.compare(refused).allSatisfy { $0 == 1 })
        let taken = [
            server + "localhost:1\n", server + "none.invalid:1 init-addr none\n",
            Self.times + "backend b\n  source localhost\n",
            Self.times + "frontend f\n  bind localhost:8101\n", "resolvers r\n  nameserver n localhost:53\n",
        ]
        #expect(try Self.compare(taken).allSatisfy { $0 != 1 })
    }

    @Test func filesOfStateAreMissed() throws {
        let backend = "  load-server-state-from-file global\nbackend b\n  server s 127.0.0.1:1\n"
        let local = backend.replacing("global", with: "local")
        let texts = [
            "  server-state-file /nowhere\n\(Self.times)\(backend)",
            "  server-state-file /etc/passwd\n\(Self.times)\(backend)",
            "  server-state-base /nowhere\n\(Self.times)\(local)",
            "  server-state-base /etc\n\(Self.times)\(local.replacing("backend b", with: "backend passwd"))",
        ]
        #expect(try Self.compare(texts) == [2, 2, 2, 2])
    }

    @Test func aSocketOfTheMasterNeedsAMaster() throws {
        #expect(try Self.compare([""], ["-S", "/tmp/check-status-master.sock"]) == [2])
        #expect(try Self.compare([""], ["-W", "-S", "/tmp/check-status-master.sock"]) == [0])
    }
}
