import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// A `peers` section whose own address somebody else has.
@Suite(.blocking) struct PeerAddressTests {
    private static func body(_ port: UInt16) -> String {
        """
        listen f
          bind 127.0.0.1:80
          stick-table type ip size 1k peers pp
          stick on src
          server s 127.0.0.1:9
        peers pp
          peer me 127.0.0.1:\(port)
          peer other 127.0.0.2:9

        """
    }

    private static func line(_ port: UInt16) -> String {
        "peers pp/me 127.0.0.1:\(port) quarantined EADDRINUSE (Address already in use)"
    }

    /// HAProxy refuses to start; ours names it, serves, and takes the address when it can be had.
    @Test func itIsNamed() throws {
        try withDaemonRoom { directory in
            let (taken, port) = try TestSocket.bound()
            let oracle = try Self.background(["haproxy", "-db", "-L", "me"], Self.body(port), in: directory)
            let hasEnded = eventually { oracle.poll() != nil }
            #expect(hasEnded && oracle.poll() == 1 && oracle.errors.contains("127.0.0.1:\(port)"))
            let options = ["-L", "me"]
            let daemon = try DaemonFixture(Self.body(port), in: directory, options: options)
            #expect(daemon.program.errors.contains(Self.line(port)))
            #expect(try daemon.client.send("show quarantine").contains(Self.line(port)))
            // A reload says it, too, and one to an address that is free does not.
            #expect(try daemon.reload(Self.body(port) + "  peer third 127.0.0.3:9\n").text.contains(Self.line(port)))
            let (free, other) = try TestSocket.bound(listening: false)
            _ = consume free
            let answer = try daemon.reload(Self.body(other))
            #expect(answer.success && !answer.text.contains("peers pp/me"), "\(answer.text)")
            let back = try daemon.reload(Self.body(port))
            #expect(back.success && back.text.contains(Self.line(port)), "\(back.text)")
            _ = consume taken
            let serves = eventually { (try? daemon.client.send("show quarantine"))?.contains("peers pp/me") == false }
            #expect(serves)
            #expect(try Oracle.listens("127.0.0.1:\(port)"))
        }
    }

    @Test func itIsNamedWithoutAMaster() throws {
        try withDaemonRoom { directory in
            let (taken, port) = try TestSocket.bound()
            let process = try Self.background([proxyd, "-db", "-L", "me"], Self.body(port), in: directory)
            let isNamed = eventually { process.errors.contains(Self.line(port)) }
            #expect(isNamed && process.poll() == nil)
            withExtendedLifetime(taken) {}
        }
    }

    private static func background(_ words: [String], _ body: String, in directory: String) throws -> Background {
        let place = "\(directory)/own"
        mkdir(place, 0o755)
        try DaemonFixture.write(body, in: place)
        return try Background(words + ["-f", "\(place)/haproxy.cfg"], in: place)
    }
}
