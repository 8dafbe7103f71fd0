import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// A process that replaces another one has its stick tables: over the local peer where a `peers` section names them, as HAProxy does
/// it, and wherever the worker stays.
@Suite(.blocking) struct TableHandOverTests {
    struct Change: CustomStringConvertible, Sendable {
        var from: String
        var to: String

        var description: String { "\(name(from)) to \(name(to))" }

        private func name(_ program: String) -> String { program == "haproxy" ? "haproxy" : "proxyd" }
    }

    static let changes = [
        Change(from: proxyd, to: proxyd), Change(from: proxyd, to: "haproxy"), Change(from: "haproxy", to: proxyd),
        // What the others are measured by.
        Change(from: "haproxy", to: "haproxy"),
    ]

    private static func body(_ directory: String, _ server: UInt16, more: String = "") -> String {
        """
        global
          stats socket \(directory)/stats.sock mode 600 level admin expose-fd listeners
          localpeer A
        \(more)
        peers pp
          peer A 127.0.0.1:10000
          peer B 127.0.0.9:10000
          table own type string len 10 size 10 expire 10m store gpc0
        listen f
          bind 127.0.0.1:1000
          stick on src table t2
          server s1 127.0.0.1:\(server)
        backend t1
          stick-table type ip size 5k expire 1h peers pp store conn_cnt,conn_rate(10m),bytes_in_cnt,gpc0,gpt0
        backend t2
          stick-table type string len 40 size 1k expire 1h peers pp
        backend alone
          stick-table type ip size 1k expire 1h store gpc0

        """
    }

    private static func client(_ directory: String) -> MasterClient {
        MasterClient(path: "\(directory)/stats.sock", timeoutMilliseconds: 60000)
    }

    private static func fill(_ directory: String) throws {
        let client = client(directory)
        for start in stride(from: 0, to: 2000, by: 50) {
            let commands = (start..<start + 50).map {
                "set table t1 key 10.1.\($0 / 250).\($0 % 250) data.gpc0 \($0) data.conn_rate 7 data.gpt0 3"
            }
            _ = try client.send(commands.joined(separator: ";"))
        }
        for command in ["set table pp/own key k1 data.gpc0 5", "set table alone key 10.0.0.1 data.gpc0 9"] {
            #expect(try client.send(command) == "\n")
        }
        #expect(try TestSocket.asking(port: 1000).answer == "x")
    }

    private static func tables(_ directory: String, _ names: [String]) -> [String] {
        names.map { name in
            let lines = ((try? client(directory).send("show table \(name)")) ?? "").split(separator: "\n")
            return lines.map { masked(String($0)) }.sorted().joined(separator: "\n")
        }
    }

    /// HAProxy tells the next process only if it has been told itself by others, or waited for them for ten seconds.
    private static func waitUntilItKnowsAll(_ directory: String) throws {
        let isKnowing = eventually {
            let peers = (try? client(directory).send("show peers pp")) ?? ""
            let flags = peers.split(separator: " ").first { $0.hasPrefix("flags=0x") }?.dropFirst(8) ?? ""
            return (Int(flags, radix: 16) ?? 0) & 3 == 3
        }
        try #require(isKnowing)
    }

    private static let told = ["t1", "t2", "pp/own"]

    /// `-sf` without masters.
    @Test(arguments: changes) func anotherProcessIsTold(_ change: Change) throws {
        try withDaemonRoom { directory in
            let server = try TestServer.staying("x")
            try DaemonFixture.write(Self.body(directory, server.port), in: directory)
            let path = "\(directory)/stats.sock"
            func start(_ program: String, _ more: [String]) throws -> Background {
                mkdir("\(directory)/\(more.count)", 0o755)
                let words = [program, "-db", "-f", "\(directory)/haproxy.cfg"] + more
                return try Background(words, in: "\(directory)/\(more.count)")
            }
            let former = try start(change.from, [])
            let isThere = eventually { (try? UnixSocket.connect(path, timeoutMilliseconds: 9000)) != nil }
            try #require(isThere, "\(former.errors)")
            try Self.fill(directory)
            let before = Self.tables(directory, Self.told)
            #expect(before[0].contains("used:2000"))
            #expect(before[1].contains("server_key=s1"))
            if change.from == "haproxy" { try Self.waitUntilItKnowsAll(directory) }
            let next = try start(change.to, ["-x", path, "-sf", "\(former.pid)"])
            let hasEnded = eventually { former.poll() != nil }
            #expect(hasEnded, "\(former.errors)")
            #expect(former.poll() == 0)
            let isSame = eventually { Self.tables(directory, Self.told) == before }
            #expect(isSame, "\(Self.tables(directory, Self.told).map { $0.prefix(500) }) \(next.errors)")
            #expect(Self.tables(directory, ["alone"])[0].contains("used:0"))
        }
    }

    /// A reload keeps all, by the worker that stays, and HAProxy's what has peers; a worker of another user, too.
    @Test(arguments: [proxyd, "haproxy"]) func aReloadKeepsThem(_ program: String) throws {
        try withDaemonRoom { directory in
            let server = try TestServer.staying("x")
            let isOurs = program == proxyd
            try DaemonFixture.write(Self.body(directory, server.port), in: directory)
            let master = try Background(
                [program, "-W", "-f", "\(directory)/haproxy.cfg", "-S", "\(directory)/master.sock"],
                in: directory
            )
            let path = "\(directory)/stats.sock"
            let isThere = eventually { (try? UnixSocket.connect(path, timeoutMilliseconds: 9000)) != nil }
            try #require(isThere, "\(master.errors)")
            try Self.fill(directory)
            let before = Self.tables(directory, Self.told)
            func pid() -> String { (try? Self.client(directory).send("show info"))?.value(of: "Pid") ?? "" }
            var reloads = 0
            func list() -> String {
                let client = MasterClient(path: "\(directory)/master.sock", timeoutMilliseconds: 9000)
                return (try? client.send("show proc")) ?? ""
            }
            /// The master counts its reloads, HAProxy's once it is done.
            func isLoaded() -> Bool {
                let words = list().split(separator: "\n").first { $0.contains(" master ") }?.split(separator: " ") ?? []
                return words.count > 2 && words[2] == "\(reloads)"
            }
            func reload(_ more: String, staysWorker: Bool) throws {
                if !isOurs { try Self.waitUntilItKnowsAll(directory) }
                let former = pid()
                try DaemonFixture.write(Self.body(directory, server.port, more: more), in: directory)
                reloads += 1
                master.signal(SIGUSR2)
                // Whether it has another one or not, it has read the file then.
                let isDone = eventually { [String](["", former]).contains(pid()) == staysWorker && isLoaded() }
                #expect(isDone, "\(master.errors)")
                let isSame = eventually { Self.tables(directory, Self.told) == before }
                #expect(isSame, "\(Self.tables(directory, Self.told).map { $0.prefix(500) }) \(master.errors)")
            }
            try reload("  description changed", staysWorker: isOurs)
            #expect(Self.tables(directory, ["alone"])[0].contains(isOurs ? "used:1" : "used:0"))
            try reload("  uid 12345\n  gid 12345", staysWorker: false)
            #expect(Self.tables(directory, ["alone"])[0].contains("used:0"))
            // Those who were replaced end.
            let hasEnded = eventually { list().contains("# workers") && Self.oldWorkers(list()) == 0 }
            #expect(hasEnded)
        }
    }

    private static func oldWorkers(_ list: String) -> Int {
        let lines = list.split(separator: "\n").drop { !$0.hasPrefix("# old workers") }.dropFirst()
        return lines.prefix { !$0.hasPrefix("#") }.count
    }
}

extension String {
    /// What a line `name: value` says.
    fileprivate func value(of name: String) -> String? {
        split(separator: "\n").first { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) }
    }
}
