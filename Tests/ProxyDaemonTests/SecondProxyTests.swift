import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// A proxy that is started where another one runs, or has run as another user.
@Suite(.blocking) struct SecondProxyTests {
    private static let body = "frontend f\n  bind 127.0.0.1:80\n"

    /// It says why it does not start, and the other one keeps its sockets; it starts when that one has gone.
    @Test(arguments: [proxyd, "haproxy"]) func itLeavesARunningOneAlone(program: String) throws {
        try withDaemonRoom { directory in
            try DaemonFixture.write(Self.body, in: directory)
            let socket = "\(directory)/master.sock"
            let arguments = ["-W", "-db", "-f", "\(directory)/haproxy.cfg", "-S", socket]
            let first = try Background([program] + arguments, in: directory)
            let client = MasterClient(path: socket, timeoutMilliseconds: 60000)
            // HAProxy's master starts itself again first.
            let runs = eventually { (try? client.send("@1 show info"))?.contains("\nPid:") ?? false }
            try #require(runs, "\(first.errors)")
            let before = try client.send("show proc")
            let second = try Background([proxyd] + arguments, in: directory)
            let hasEnded = eventually { second.poll() != nil }
            #expect(hasEnded && second.poll() == 1)
            #expect(second.errors.contains("\(socket), where another proxy answers"), "\(second.errors)")
            #expect(second.errors.contains("EADDRINUSE"), "\(second.errors)")
            let after = try client.send("show proc")
            #expect(Self.processes(after) == Self.processes(before))
            first.signal(SIGTERM)
            let isGone = eventually { first.poll() != nil }
            #expect(isGone)
            let third = try Background([proxyd] + arguments, in: directory)
            let serves = try eventually { try Oracle.listens("127.0.0.1:80") }
            #expect(serves, "\(third.errors)")
        }
    }

    private static func processes(_ table: String) -> [Substring] {
        table.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { $0.split(separator: " ").first }
    }

    /// As Debian's unit leaves it: the file of a process that was root, and the new one is not.
    @Test func itReplacesAnothersProcessFile() throws {
        try withDaemonRoom { directory in
            try DaemonFixture.write(Self.body, in: directory)
            try run("sh", "-c", "echo 1 >\(directory)/pid; chmod 600 \(directory)/pid; chmod 755 \(directory)")
            try run("chmod", "644", "\(directory)/haproxy.cfg")
            let rights = "+net_bind_service,+dac_override"
            let program = try Background(
                ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--inh-caps=\(rights)"]
                    + ["--ambient-caps=\(rights)", proxyd, "-W", "-db", "-f", "\(directory)/haproxy.cfg"]
                    + ["-p", "\(directory)/pid"],
                in: directory
            )
            let isThere = try eventually { try run("cat", "\(directory)/pid") == "\(program.pid)\n" }
            #expect(isThere, "\(program.errors)")
            #expect(try run("stat", "--format=%U %a", "\(directory)/pid") == "nobody 644\n")
        }
    }
}
