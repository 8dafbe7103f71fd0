@testable import DataPlaneModel
import Files
import ProxyConfig
import TestSupport
import Testing

/// Binds on addresses that are not the appliance's, and the ranges that make them so.
@Suite(.blocking) struct AdmissionTests {
    private static func withAppliance(_ settings: String = "", _ body: (Fixture, String) throws -> Void) throws {
        try withTemporaryDirectory { directory in
            try AtomicFile.makeDirectory(directory + "/etc/vmware")
            try AtomicFile.makeDirectory(directory + "/etc/appliance-net")
            try AtomicFile.replace(directory + "/etc/vmware/anyip-routes.cfg", with: "# VIPs\n203.0.113.32/27\n")
            try AtomicFile.replace(directory + "/etc/appliance-net/appliance.toml", with: settings)
            let fixture = try Fixture(directory) { $0.applianceRoot = Root(directory) }
            try body(fixture, directory)
        }
    }

    private static func addBind(_ fixture: Fixture, _ address: String) -> APIResponse {
        let version = fixture.send("GET", "configuration/version").json?.integer ?? 0
        if fixture.send("GET", "configuration/frontends/f").status == 404 {
            fixture.send("POST", "configuration/frontends?version=\(version)", #"{"name":"f"}"#)
            return addBind(fixture, address)
        }
        let body = #"{"name":"b\#(version)","address":"\#(address)","port":80}"#
        return fixture.send("POST", "configuration/binds?frontend=f&version=\(version)", body)
    }

    @Test func aBindOutsideIsRefused() throws {
        try Self.withAppliance { fixture, _ throws in
            let refused = Self.addBind(fixture, "198.51.100.1")
            #expect(refused.status == 400)
            #expect(
                refused.message.hasPrefix(
                    "bind address 198.51.100.1 of frontend f is in no VIP range and on no connected network\n"
                        + "VIP ranges: 203.0.113.32/27; networks: "
                )
            )
            for address in ["203.0.113.33", "127.0.0.9", "*", "0.0.0.0", "::"] {
                #expect(Self.addBind(fixture, address).status == 202, "\(address)")
            }
        }
    }

    @Test func aTransactionIsRefusedWhereItBegins() throws {
        try Self.withAppliance { fixture, _ throws in
            let id = try fixture.begin()
            fixture.send("POST", "configuration/frontends?transaction_id=\(id)", #"{"name":"f"}"#)
            let body = #"{"name":"b","address":"198.51.100.1","port":80}"#
            #expect(fixture.send("POST", "configuration/binds?frontend=f&transaction_id=\(id)", body).status == 400)
            #expect(fixture.send("PUT", "transactions/\(id)").status == 202)
            let raw = try fixture.text + "frontend g\n  bind 198.51.100.1:80\n"
            let version = fixture.send("GET", "configuration/version").json?.integer ?? 0
            let target = "configuration/raw?version=\(version)"
            #expect(fixture.send("POST", target, type: "text/plain", body: Array(raw.utf8)).status == 400)
        }
    }

    @Test func whatIsThereIsNotLookedAtAgain() throws {
        try Self.withAppliance { fixture, directory throws in
            let old = shipped + "\nfrontend old\n  bind 198.51.100.1:80\n"
            try AtomicFile.replace(directory + "/haproxy.cfg", with: old)
            let version = fixture.send("GET", "configuration/version").json?.integer ?? 0
            let body = #"{"name":"more","address":"203.0.113.34","port":80}"#
            #expect(
                fixture.send("POST", "configuration/binds?frontend=old&version=\(version)", body).status == 202
            )
        }
    }

    @Test func thePolicyIsTheAdministrators() throws {
        try Self.withAppliance("[api]\nbind_admission = \"warn\"\n") { fixture, directory throws in
            let warned = Self.addBind(fixture, "198.51.100.1")
            #expect(warned.status == 202)
            let words = "bind address 198.51.100.1 of frontend f is in no VIP range and on no connected network"
            #expect(warned.header("Warning")?.hasPrefix("299 - \"\(words) (VIP ranges: 203.0.113.32/27; ") == true)
            try AtomicFile.replace(
                directory + "/etc/appliance-net/appliance.toml",
                with: "[api]\nbind_admission = \"off\"\n"
            )
            let off = Self.addBind(fixture, "198.51.100.2")
            #expect(off.status == 202)
            #expect(off.header("Warning") == nil)
        }
    }

    /// An address of nobody's on the frontend's network gets a route of its own, if the policy says so; on management's never.
    @Test(arguments: [true, false])
    func networksCountByPolicy(_ givesRoutes: Bool) throws {
        try withNetworkNamespace {
            for (name, address) in [("management", "198.51.100.1/24"), ("frontend", "192.0.2.1/24")] {
                try run("ip", "link", "add", name, "type", "veth", "peer", "name", "to-\(name)")
                try run("ip", "address", "add", address, "dev", name)
            }
            try Self.withAppliance("[guard]\nown_address = \(givesRoutes)\n") { fixture, _ throws in
                for address in ["198.51.100.1", "192.0.2.1"] {
                    #expect(Self.addBind(fixture, address).status == 202, "\(address)")
                }
                #expect(Self.addBind(fixture, "198.51.100.7").status == 400)
                let answer = Self.addBind(fixture, "192.0.2.7")
                #expect(answer.status == (givesRoutes ? 202 : 400))
                if !givesRoutes { #expect(answer.message.hasSuffix("none counts, by own_address = false in [guard]")) }
            }
        }
    }

    @Test func elsewhereNobodyLooks() throws {
        try withFixture { fixture throws in
            #expect(Self.addBind(fixture, "198.51.100.1").status == 202)
            #expect(fixture.sendAbsolute("GET", "/v3/appliance/vip_ranges").status == 404)
        }
    }

    @Test(
        arguments: [
            ("10.0.0.1:80", ["10.0.0.1"]), ("10.0.0.1:80,10.0.0.2:81-90", ["10.0.0.1", "10.0.0.2"]),
            ("[fd00::1]:80", ["fd00::1"]), ("fd00::1:80", ["fd00::1"]), ("ipv6@fd00::1:80", ["fd00::1"]),
            (":80", []), ("*:80", []), ("0.0.0.0:80", []), (":::80", []), ("unix@/run/a.sock", []), ("/run/a.sock", []),
            ("abns@name", []), ("fd@3", []), ("${VIP}:80", []),
        ] as [(String, [String])]
    )
    func addressesOfBinds(word: String, addresses: [String]) {
        #expect(BindAddresses.addresses(word).map { "\($0)" } == addresses)
    }

    @Test func rangesComeAndGo() throws {
        try Self.withAppliance { fixture, directory throws in
            let path = "/v3/appliance/vip_ranges"
            #expect(Self.addBind(fixture, "203.0.113.33").status == 202)
            let list = fixture.sendAbsolute("GET", path).json
            #expect(
                list == [
                    [
                        "range": "203.0.113.32/27", "first": "203.0.113.32", "last": "203.0.113.63", "size": 32,
                        "used": 1, "utilisation": .number(0.03125),
                        "addresses": [["address": "203.0.113.33", "frontends": ["f"]]],
                    ]
                ]
            )
            // Nobody applies it here, which the answer tells.
            let added = fixture.sendAbsolute("POST", path, #"{"range":"198.51.100.1-198.51.100.9"}"#)
            #expect(added.status == 202)
            #expect(added.json?["applied"] == false)
            #expect(added.json?["problem"]?.string?.contains("control.sock: ENOENT") == true)
            let file = directory + "/etc/vmware/anyip-routes.cfg"
            #expect(
                try AtomicFile.readText(file) == "# VIPs\n203.0.113.32/27\n198.51.100.1-198.51.100.9\n"
            )
            #expect(fixture.sendAbsolute("POST", path, #"{"range":"203.0.113.32/27"}"#).status == 409)
            #expect(fixture.sendAbsolute("POST", path, #"{"range":"203.0.113.32/28"}"#).status == 400)
            #expect(fixture.sendAbsolute("POST", path, #"{"range":"nonsense"}"#).status == 422)
            #expect(Self.addBind(fixture, "198.51.100.1").status == 202)
            let used = fixture.sendAbsolute("DELETE", path + "/198.51.100.1-198.51.100.9")
            #expect(used.status == 409)
            #expect(used.message == "VIP range 198.51.100.1-198.51.100.9 is in use: 198.51.100.1 of frontend f")
            #expect(fixture.sendAbsolute("GET", path + "/203.0.113.32%2F27").status == 200)
            #expect(fixture.sendAbsolute("GET", "/v2/appliance/vip_ranges/203.0.113.32/27").json?["used"] == 1)
            #expect(fixture.sendAbsolute("DELETE", path + "/10.0.0.0/8").status == 404)
        }
    }

    @Test func theNetworkIsAppliedBeforeTheAnswer() throws {
        try Self.withAppliance { fixture, directory throws in
            try AtomicFile.makeDirectory(directory + "/run/appliance-net")
            let service = try ScriptedService(directory + "/run/appliance-net/control.sock") { line in
                line.contains("reconcile")
                    ? #"{"changes":["a"],"ok":true,"problems":[]}"# : #"{"ok":true,"state":"watching"}"#
            }
            withExtendedLifetime(service) {
                let path = "/v3/appliance/vip_ranges"
                let added = fixture.sendAbsolute("POST", path, #"{"range":"198.51.100.0/24"}"#)
                #expect(added.status == 201)
                #expect(added.json?["applied"] == true)
                #expect(added.action == "VIP range 198.51.100.0/24 added")
                #expect(fixture.sendAbsolute("DELETE", path + "/198.51.100.0/24").status == 204)
                let status = fixture.sendAbsolute("GET", "/v3/appliance/status").json
                #expect(status?["network"]?["state"] == "watching")
                #expect(status?["proxy"]?["up"] == true)
            }
        }
    }

    @Test func whatIsQuarantined() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/master.sock"
            let master = try ScriptedService(path) { _ in
                "bind f/vip 10.9.9.9:80 quarantined EADDRNOTAVAIL (Cannot assign)\n"
            }
            let fixture = try Fixture(directory) { $0.masterSocket = path }
            withExtendedLifetime(master) {
                #expect(
                    fixture.sendAbsolute("GET", "/v3/appliance/quarantine").json == [
                        [
                            "kind": "bind", "name": "f/vip", "address": "10.9.9.9:80",
                            "reason": "EADDRNOTAVAIL (Cannot assign)",
                        ]
                    ]
                )
            }
        }
        try withFixture { fixture throws in
            #expect(fixture.sendAbsolute("GET", "/v2/appliance/quarantine").status == 501)
        }
    }
}
