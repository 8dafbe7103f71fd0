import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// The commands against the real HAProxy, over both of its sockets.
@Suite(.blocking) struct HAProxyTests {
    private static func withHAProxy(_ body: (RuntimeClient, String) throws -> Void) throws {
        try withTemporaryDirectory { directory in
            let configuration =
                HAProxyProcess.head(in: directory) + """
                    frontend f
                      bind unix@\(directory)/f.sock
                      acl bad src -f \(directory)/bad.acl
                      tcp-request connection reject if bad
                      tcp-request connection set-var(sess.x) src,map(\(directory)/m.map,none)
                      tcp-request connection track-sc0 src table st
                      default_backend b
                    backend b
                      server s1 127.0.0.1:9 weight 5
                      server s2 [::1]:9 disabled
                    backend st
                      stick-table type string size 1k expire 1h store conn_cur,conn_rate(10s),gpc0

                    """
            try write(configuration, to: directory + "/haproxy.cfg")
            try write("# none\n10.0.0.1 one\n10.0.0.2 two words\n", to: directory + "/m.map")
            try write("10.0.0.0/8\n", to: directory + "/bad.acl")
            let haproxy = try HAProxyProcess(in: directory)
            try withExtendedLifetime(haproxy) {
                for entry in [
                    RuntimeClient.Entry.statsSocket(haproxy.statsSocket), .masterSocket(haproxy.masterSocket),
                ] {
                    try body(RuntimeClient(entry, timeoutMilliseconds: 30_000), directory)
                }
            }
        }
    }

    private static func write(_ text: String, to path: String) throws {
        _ = try run("tee", path, input: text)
    }

    @Test func tellsOfItself() throws {
        try Self.withHAProxy { client, _ in
            let facts = try client.run(ShowInfo())
            #expect(facts["Name"] == "HAProxy")
            #expect(facts["Uptime_sec"].flatMap { Int($0) } != nil)
            let rows = try client.run(ShowStat()).map { ($0["pxname"], $0["svname"], $0.number("type")) }
            #expect(rows.contains { $0 == ("f", "FRONTEND", 0) })
            #expect(rows.contains { $0 == ("b", "s2", 2) })
            #expect(throws: RuntimeError.self) { try client.run(ShowServersState(backend: "nowhere")) }
        }
    }

    @Test func changesServers() throws {
        try Self.withHAProxy { client, _ in
            func server(_ name: String) throws -> ServerState? {
                try client.run(ShowServersState(backend: "b")).first { $0.name == name }
            }
            #expect(try server("s1")?.admin == .ready)
            #expect(try server("s2")?.admin == .maint)
            #expect(try server("s2")?.address == "::1")
            try client.run(SetServer("s1", in: "b", .state(.drain)))
            #expect(try server("s1")?.admin == .drain)
            try client.run(SetServer("s1", in: "b", .state(.ready)))
            try client.run(SetServer("s1", in: "b", .weight(7)))
            #expect(try server("s1")?.row.number("srv_uweight") == 7)
            for _ in 0..<2 { try client.run(SetServer("s1", in: "b", .address("127.0.0.9", port: 10))) }
            #expect(try server("s1")?.address == "127.0.0.9")
            #expect(try server("s1")?.port == 10)
            try client.run(SetServer("s1", in: "b", .address("127.0.0.1", port: 9)))
            #expect(throws: RuntimeError.self) { try client.run(SetServer("s1", in: "b", .weight(700))) }
            #expect(throws: RuntimeError.missing("No such server.")) {
                try client.run(SetServer("nobody", in: "b", .state(.maint)))
            }
            try client.run(AddServer("new", in: "b", ["127.0.0.1:9", "weight", "4", "check"]))
            try client.run(EnableHealth("new", in: "b"))
            #expect(try server("new")?.admin == .maint)
            #expect(throws: RuntimeError.exists("Already exists a server with the same name in backend.")) {
                try client.run(AddServer("new", in: "b", ["127.0.0.1:9"]))
            }
            try client.run(DeleteServer("new", in: "b"))
            #expect(try server("new") == nil)
        }
    }

    @Test func changesTables() throws {
        try Self.withHAProxy { client, _ in
            #expect(try client.run(ShowTables()).map { $0.name } == ["st"])
            let key = #"a;b=c d\e"#
            try client.run(SetTable("st", key: key, [("gpc0", 7)]))
            let entries = try client.run(ShowTable("st", filter: ["data.gpc0", "gt", "6"]))
            #expect(entries.map { $0.key } == [key])
            #expect(entries.first?.values["gpc0"] == 7)
            #expect(try client.run(ShowTable("st", key: key)).count == 1)
            #expect(throws: RuntimeError.missing("No such table")) {
                try client.run(SetTable("no", key: "k", [("gpc0", 1)]))
            }
        }
    }

    @Test func changesMapsAndACLs() throws {
        try Self.withHAProxy { client, directory in
            let files = try client.run(ShowPatternFiles(.map))
            let map = try #require(files.first { $0.name == "m.map" })
            #expect(map.path == directory + "/m.map")
            func values() throws -> [String] { try client.run(ShowPatterns(.map, map)).map { $0.value } }
            #expect(try values() == ["one", "two words"])
            let value = #"x; clear map #0 \y <<"#
            try client.run(AddPattern(to: map, key: "k", value: value))
            #expect(try values().last == value)
            let entry = try #require(try client.run(ShowPatterns(.map, map)).first { $0.key == "k" })
            try client.run(SetMapValue(of: entry, in: map, to: "z"))
            #expect(try values().last == "z")
            try client.run(DeletePattern(.map, entry, in: map))
            #expect(throws: RuntimeError.self) { try client.run(DeletePattern(.map, entry, in: map)) }
            #expect(try values() == ["one", "two words"])

            let acl = try #require(try client.run(ShowPatternFiles(.acl)).first { $0.name == "bad.acl" })
            try client.run(AddPattern(to: acl, pattern: "10.9.0.0/16"))
            #expect(try client.run(ShowPatterns(.acl, acl)).map { $0.key } == ["10.0.0.0/8", "10.9.0.0/16"])
            #expect(throws: RuntimeError.self) { try client.run(AddPattern(to: acl, pattern: "no address")) }
            let pattern = try #require(try client.run(ShowPatterns(.acl, acl)).last)
            try client.run(DeletePattern(.acl, pattern, in: acl))
        }
    }

    @Test func nobodyAnswers() {
        #expect(throws: RuntimeError.self) {
            try RuntimeClient(.statsSocket("/nonexistent/haproxy.sock")).run(ShowInfo())
        }
    }
}
