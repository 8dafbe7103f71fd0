@testable import DataPlaneModel
import Files
import TestSupport
import Testing

/// Runtime endpoints against the real HAProxy and ours.
@Suite(.blocking) struct RuntimeTests {
    private static let programs = ["haproxy", "appliance-proxyd"]

    private static func configuration(_ directory: String) -> String {
        """
        global
          master-worker
          \(HAProxyProcess.statsLine(in: directory))

        defaults
          mode tcp
          timeout connect 1h
          timeout client 1h
          timeout server 1h

        userlist controller
          user admin insecure-password secret

        frontend f
          bind unix@\(directory)/f.sock
          tcp-request connection reject if { src -f \(directory)/bad.acl }
          tcp-request connection set-var(sess.x) src,map(\(directory)/maps/hosts.map,none)
          tcp-request connection track-sc0 src table st
          default_backend b

        backend b
          server s1 127.0.0.1:9 weight 5
          server s2 127.0.0.2:9

        backend st
          stick-table type ip size 1k expire 1h store conn_cur,conn_rate(10s),gpc0

        """
    }

    /// - Parameter overMaster: Over the master socket, else over the stats socket that the configuration names.
    private static func withAPI(
        _ program: String,
        overMaster: Bool = false,
        _ body: (Fixture, HAProxyProcess) throws -> Void
    ) throws {
        try withTemporaryDirectory { directory in
            try AtomicFile.makeDirectory(directory + "/maps")
            try AtomicFile.replace(directory + "/maps/hosts.map", with: "10.0.0.1 one\n")
            try AtomicFile.replace(directory + "/bad.acl", with: "10.0.0.0/8\n")
            try AtomicFile.replace(directory + "/haproxy.cfg", with: configuration(directory))
            let haproxy = try HAProxyProcess(
                in: directory,
                program: program == "haproxy" ? program : try builtProgram(program)
            )
            let fixture = try Fixture(directory, configuration(directory)) { settings in
                settings.masterSocket = overMaster ? haproxy.masterSocket : nil
                settings.directories.maps = directory + "/maps"
            }
            try withExtendedLifetime(haproxy) { try body(fixture, haproxy) }
        }
    }

    @Test(arguments: programs, [true, false]) func information(program: String, overMaster: Bool) throws {
        try Self.withAPI(program, overMaster: overMaster) { fixture, haproxy throws in
            let socket = overMaster ? haproxy.masterSocket : haproxy.statsSocket
            let v2 = try #require(fixture.send("GET", "runtime/info").json?.array?.first)
            #expect(v2["runtimeAPI"] == .string(socket))
            #expect(v2["info"]?["version"]?.string?.isEmpty == false)
            #expect(v2["info"]?["uptime"]?.integer != nil)
            let v3 = fixture.sendAbsolute("GET", "/v3/services/haproxy/runtime/info").json
            #expect(v3?["info"]?["pid"] == v2["info"]?["pid"])
            #expect(fixture.send("DELETE", "runtime/info").status == 405)
        }
    }

    @Test(arguments: programs) func statistics(program: String) throws {
        try Self.withAPI(program) { fixture, _ throws in
            func stats(_ query: String) -> [JSONValue] {
                fixture.sendAbsolute("GET", "/v3/services/haproxy/stats/native\(query)").json?["stats"]?.array ?? []
            }
            #expect(Set(stats("").compactMap { $0["type"]?.string }) == ["frontend", "backend", "server"])
            #expect(stats("?type=server&parent=b").map { $0["name"] } == ["s1", "s2"])
            let server = try #require(stats("?type=server&name=s1").first)
            #expect(server["backend_name"] == "b")
            #expect(server["stats"]?["weight"] == 5)
            #expect(server["stats"]?["status"] == "no check")
            #expect(fixture.send("GET", "stats/native?type=frontend").json?.array?.first?["stats"]?.array?.count == 1)
            #expect(fixture.send("GET", "stats/native?type=nonsense").status == 422)
        }
    }

    @Test(arguments: programs) func servers(program: String) throws {
        try Self.withAPI(program) { fixture, _ throws in
            #expect(fixture.send("GET", "runtime/servers").status == 422)
            #expect(fixture.send("GET", "runtime/servers?backend=nowhere").json == [])
            let list = fixture.send("GET", "runtime/servers?backend=b").json?.array
            #expect(list?.map { $0["name"] } == ["s1", "s2"])
            #expect(
                list?.first == [
                    "id": "1", "name": "s1", "address": "127.0.0.1", "port": 9, "admin_state": "ready",
                    "operational_state": "up",
                ]
            )
            let put = fixture.send("PUT", "runtime/servers/s1?backend=b", #"{"admin_state":"drain"}"#)
            #expect(put.status == 200)
            #expect(put.json?["admin_state"] == "drain")
            #expect(fixture.send("PUT", "runtime/servers/s1?backend=b", #"{"admin_state":"up"}"#).status == 422)
            #expect(fixture.send("PUT", "runtime/servers/no?backend=b", #"{"admin_state":"maint"}"#).status == 404)
            let nested = "/v3/services/haproxy/runtime/backends/b/servers"
            let moved = fixture.sendAbsolute("PUT", nested + "/s2", #"{"address":"127.0.0.9","port":10,"weight":7}"#)
            #expect(moved.status == 200)
            #expect(moved.json?["address"] == "127.0.0.9")
            #expect(moved.json?["uweight"] == 7)

            let new = #"{"name":"new","address":"127.0.0.1","port":9,"weight":3,"check":"enabled","inter":3600000}"#
            #expect(fixture.send("POST", "runtime/servers?backend=b", new).status == 201)
            #expect(fixture.send("POST", "runtime/servers?backend=b", new).status == 409)
            #expect(fixture.send("POST", "runtime/servers?backend=nowhere", new).status == 404)
            #expect(fixture.sendAbsolute("GET", nested + "/new").json?["admin_state"] == "maint")
            #expect(fixture.send("DELETE", "runtime/servers/new?backend=b").status == 204)
            #expect(fixture.send("GET", "runtime/servers/new?backend=b").status == 404)
            // One that serves is refused in HAProxy's words.
            let refused = fixture.send("DELETE", "runtime/servers/s2?backend=b")
            #expect(refused.status == 400)
            #expect(refused.message == "Only servers in maintenance mode can be deleted.")
        }
    }

    @Test(arguments: programs) func stickTables(program: String) throws {
        try Self.withAPI(program) { fixture, _ throws in
            let table = fixture.send("GET", "runtime/stick_tables/st?process=1").json
            #expect(table?["type"] == "ip")
            #expect(
                table?["fields"] == [
                    ["field": "conn_cur", "type": "counter"], ["field": "conn_rate", "type": "rate", "period": 10000],
                    ["field": "gpc0", "type": "counter"],
                ]
            )
            #expect(fixture.send("GET", "runtime/stick_tables").json?.array?.count == 1)
            let body = #"{"key":"10.0.0.7","data_type":{"gpc0":7}}"#
            #expect(
                fixture.send("POST", "runtime/stick_table_entries?stick_table=st&process=1", body).status == 204
            )
            let path = "/v3/services/haproxy/runtime/stick_tables/st/entries"
            let entries = fixture.sendAbsolute("GET", path + "?filter=data.gpc0%20gt%206").json?.array
            #expect(entries?.map { $0["key"] } == ["10.0.0.7"])
            #expect(entries?.first?["gpc0"] == 7)
            #expect(fixture.sendAbsolute("GET", path + "?offset=1").json == [])
            #expect(fixture.sendAbsolute("POST", path, #"{"key":"x","data_type":{}}"#).status == 422)
        }
    }

    @Test(arguments: programs, [true, false]) func maps(program: String, overMaster: Bool) throws {
        try Self.withAPI(program, overMaster: overMaster) { fixture, haproxy throws in
            let list = fixture.send("GET", "runtime/maps").json?.array
            #expect(list?.map { $0["storage_name"] } == ["hosts.map"])
            let value = #"a b; c \ <<"#
            let entry: JSONValue = ["key": "10.0.0.2", "value": .string(value)]
            let added = fixture.send("POST", "runtime/maps_entries?map=hosts.map&force_sync=true", entry.text)
            #expect(added.status == 201, "\(added.text)")
            #expect(added.json?["value"] == .string(value))
            #expect(
                try AtomicFile.readText(haproxy.directory + "/maps/hosts.map")
                    == "10.0.0.1 one\n10.0.0.2 \(value)\n"
            )
            #expect(
                fixture.send("POST", "runtime/maps_entries?map=hosts.map", #"{"key":"10.0.0.2","value":"x"}"#).status
                    == 409
            )
            let path = "/v3/services/haproxy/runtime/maps/hosts.map/entries"
            #expect(fixture.sendAbsolute("PUT", path + "/10.0.0.1", #"{"value":"uno"}"#).status == 200)
            #expect(fixture.sendAbsolute("GET", path + "/10.0.0.1").json?["value"] == "uno")
            // What is refused changes nothing.
            #expect(fixture.sendAbsolute("DELETE", path + "/10.0.0.1?force_sync=maybe").status == 422)
            #expect(fixture.sendAbsolute("DELETE", path + "/10.0.0.1").status == 204)
            #expect(fixture.sendAbsolute("DELETE", path + "/10.0.0.1").status == 404)
            let many = #"[{"key":"1.1.1.1","value":"a"},{"key":"1.1.1.2","value":"b"}]"#
            #expect(fixture.send("PUT", "runtime/maps/hosts.map", many).status == 201)
            #expect(fixture.sendAbsolute("GET", path).json?.array?.count == 3)
            #expect(fixture.send("DELETE", "runtime/maps/hosts.map").status == 204)
            #expect(fixture.sendAbsolute("GET", path).json == [])
            #expect(fixture.send("DELETE", "runtime/maps/hosts.map?forceDelete=true").status == 409)
            #expect(fixture.send("GET", "runtime/maps/no.map").status == 404)
        }
    }

    @Test(arguments: programs) func acls(program: String) throws {
        try Self.withAPI(program) { fixture, haproxy throws in
            let path = haproxy.directory + "/bad.acl"
            let list = fixture.send("GET", "runtime/acls").json?.array ?? []
            let id = try #require(list.first { $0["storage_name"] == .string(path) }?["id"]?.string)
            let v2 = "runtime/acl_file_entries?acl_id=\(id)"
            #expect(fixture.send("GET", v2).json?.array?.map { $0["value"] } == ["10.0.0.0/8"])
            #expect(fixture.send("POST", v2, #"{"value":"10.9.0.0/16"}"#).status == 201)
            #expect(fixture.send("POST", v2, #"{"value":"10.9.0.0/16"}"#).status == 409)
            #expect(fixture.send("POST", v2, #"{"value":"no address"}"#).status == 400)
            let v3 = "/v3/services/haproxy/runtime/acls/\(id)/entries"
            let entries = fixture.sendAbsolute("GET", v3).json?.array
            let last = try #require(entries?.last?["id"]?.string)
            #expect(fixture.sendAbsolute("GET", v3 + "/" + last).json?["value"] == "10.9.0.0/16")
            #expect(fixture.sendAbsolute("DELETE", v3 + "/" + last).status == 204)
            #expect(fixture.sendAbsolute("GET", v3).json?.array?.count == 1)
        }
    }

    @Test func nobodyToAsk() throws {
        try withFixture { fixture throws in
            let none = fixture.send("GET", "runtime/servers?backend=b")
            #expect(none.status == 503)
            #expect(none.message.hasPrefix("no runtime socket: "))
            let statistics = fixture.send("GET", "stats/native")
            #expect(statistics.status == 200)
            #expect(statistics.json?.array?.first?["error"]?.string?.hasPrefix("no runtime socket: ") == true)
        }
        try withTemporaryDirectory { directory in
            let fixture = try Fixture(directory) { $0.masterSocket = directory + "/none.sock" }
            #expect(fixture.send("GET", "runtime/servers?backend=b").status == 503)
            let info = fixture.send("GET", "runtime/info")
            #expect(info.status == 200)
            #expect(info.json?.array?.first?["error"]?.string?.contains("ENOENT") == true)
        }
    }
}
