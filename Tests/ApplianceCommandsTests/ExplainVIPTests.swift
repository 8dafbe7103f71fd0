import Files
import NetworkTestSupport
import Syscalls
import TestSupport
import Testing

/// `appliance-net explain vip`: from the range to the servers, with a proxy that runs.
@Suite(.blocking) struct ExplainVIPTests {
    private static func configuration(_ directory: String) -> String {
        HAProxyProcess.head(in: directory) + """
            frontend web
              bind 10.13.200.34:443
              default_backend pods
            backend pods
              server up 10.13.201.10:9 check inter 100ms
              server other 10.13.10.7:9
              server drained 10.13.201.21:9 weight 0 disabled
            listen quiet
              bind 10.13.200.35:80
              server s 10.13.21.7:80

            """
    }

    private static func explain(_ root: Root, _ arguments: String...) throws -> Subprocess.Result {
        let paths = ["--config-file", "/haproxy/haproxy.cfg", "--master-runtime", "/haproxy/master.sock"]
        return try Subprocess.run(
            [try builtProgram("appliance-net"), "explain", "vip"] + arguments + paths + ["--root", root.prefix]
        )
    }

    private static func served(_ body: @escaping @Sendable (Root) throws -> Void) throws {
        try inAppliance { root in
            #expect(try WatchTests.program(root.prefix, "apply").status == 0)
            try TestAppliance.settle()
            let directory = root["/haproxy"]
            try AtomicFile.makeDirectory(directory)
            try AtomicFile.replace(directory + "/haproxy.cfg", with: configuration(directory))
            try body(root)
        }
    }

    @Test func followsAConnectionToTheServers() throws {
        try Self.served { root in
            let proxy = try HAProxyProcess(in: root["/haproxy"])
            // The first check has failed: nobody listens there.
            let isChecked = try eventually { try Self.explain(root, "10.13.200.34:443").output.contains("DOWN") }
            #expect(isChecked)
            let asked = try Self.explain(root, "10.13.200.34:443")
            #expect(asked.status == 0, "\(asked.output)\(asked.errors)")
            for line in [
                "ok       range            10.13.200.32/27, line 2 of /etc/vmware/anyip-routes.cfg\n",
                "ok       route            table local, local, dev lo\n",
                "ok       reply            table 3, via 10.13.200.1 dev frontend\n",
                "ok       frontend web     bind 10.13.200.34:443, line 9 of \(root["/haproxy/haproxy.cfg"]), OPEN\n",
                "ok       backend pods     servers that take connections: 1 of 3, as nobody checks them\n",
                "it is reached by management (table main, dev management)\n",
                "\n10.13.200.34:443 is served if the servers of backend pods answer, which nobody checks\n",
            ] {
                #expect(asked.output.contains(line), "\(line) in \(asked.output)")
            }
            // Who lies in a range gets no answer; who lies in management's network may not come in there.
            let inside = try Self.explain(root, "10.13.200.34:443", "--client", "10.13.200.40")
            #expect(inside.status == 2)
            #expect(inside.output.contains("10.13.200.40 lies in the range 10.13.200.32/27: no reply leaves for it\n"))
            let managed = try Self.explain(root, "10.13.200.34:443", "--client", "10.13.10.20")
            #expect(
                managed.output.contains(
                    "warning  client           10.13.10.20 lies in management's network, 10.13.10.0/24"
                )
            )
            #expect(!asked.output.contains(" client "))
            let json = try Self.explain(root, "10.13.200.34", "--json")
            try CommandLineTests.expectDocumented(json.output)
            let statuses = "[.served, .unchecked, (.frontends[0].backends[0].servers[] | .status)]"
            let words = try run("jq", "-c", statuses, input: json.output)
            #expect(words == #"[true,["pods"],"DOWN","no check","MAINT"]"# + "\n")
            withExtendedLifetime(proxy) {}
        }
    }

    @Test func tellsWhatTheGuardDoes() throws {
        try Self.served { root in
            let bare = try Self.explain(root, "10.13.200.34:443").output
            #expect(bare.contains("warning  guard            there is none: "))
            let table = """
                table inet appliance_net {
                    set vip_ranges4 { type ipv4_addr; flags interval; elements = { 10.13.200.32/27 }; }
                    set bound4 { type ipv4_addr . inet_service; elements = { 10.13.200.34 . 443 }; }
                }
                """
            try run("nft", "-f", "-", input: table)
            let open = try Self.explain(root, "10.13.200.34:443").output
            #expect(open.contains("ok       guard            port 443 accepted: the address and port are bound\n"))
            let closed = try Self.explain(root, "10.13.200.35:80", "--json")
            #expect(closed.status == 2)
            let words = try run("jq", "-c", ".guard[0] | [.port, .accepted]", input: closed.output)
            #expect(words == "[80,false]\n")
            #expect(closed.output.contains("packets for ports of virtual addresses that nothing is bound to"))
            // What is missing is the frontend, and not that the guard lets it through.
            let unbound = try Self.explain(root, "10.13.200.36:80").output
            #expect(
                unbound.contains("nothing is bound to: as it should be, no frontend is bound to it\n"),
                "\(unbound)"
            )
            #expect(unbound.contains("failed   frontend         no frontend is bound to 10.13.200.36:80\n"))
        }
    }

    @Test func namesWhatIsMissing() throws {
        try Self.served { root in
            // No proxy runs, no bind, no range, no route.
            let silent = try Self.explain(root, "10.13.200.34:443")
            #expect(silent.status == 2)
            #expect(silent.output.contains("failed   proxy "))
            #expect(silent.output.hasSuffix("10.13.200.34:443 is NOT served\n"))
            let unbound = try Self.explain(root, "10.13.200.35:81").output
            #expect(unbound.contains("no frontend is bound to 10.13.200.35:81, but to 10.13.200.35:80\n"))
            let own = try Self.explain(root, "10.13.10.199:5556").output
            #expect(own.contains("is bound to 10.13.10.199:5556, which is an address of the appliance itself\n"))
            let outside = try Self.explain(root, "192.0.2.7:80").output
            #expect(outside.contains("remedy: appliance-net vip add 192.0.2.7/32, or a range around it\n"))
            try run("ip", "route", "delete", "local", "10.13.200.32/27", "dev", "lo", "table", "local")
            let lost = try Self.explain(root, "10.13.200.34:443").output
            #expect(lost.contains("because route local 10.13.200.32/27 dev lo table local is not there\n"))
            #expect(try Self.explain(root, "web").status == 64)
            #expect(try Self.explain(root, "10.13.200.34", "--client", "fd00::1").status == 64)
        }
    }

    /// Another host on the link has the address.
    @Test func namesWhoElseHasIt() throws {
        try inNeighbourhood { root, others in
            #expect(try WatchTests.program(root.prefix, "apply").status == 0)
            func check(_ arguments: String...) throws -> Subprocess.Result {
                let program = [try builtProgram("appliance-net"), "vip", "check"]
                return try Subprocess.run(program + arguments + ["--root", root.prefix])
            }
            #expect(try eventually { try check().output == "no other host has one of 32 addresses\n" })
            #expect(try check("10.13.200.34").output == "no other host has 10.13.200.34\n")
            try others.run("ip", "address", "add", "10.13.200.34/24", "dev", "peer2")
            let found = try check("--json")
            #expect(found.status == 1)
            try CommandLineTests.expectDocumented(found.output)
            let picked = try run(
                "jq",
                "-c",
                "[.checked, .conflicts[0].address, .conflicts[0].mac]",
                input: found.output
            )
            #expect(picked == "[32,\"10.13.200.34\",\"02:00:00:00:00:02\"]\n")
            #expect(try check("10.13.200.35", "10.13.200.40-10.13.200.41").output.hasSuffix("of 3 addresses\n"))
            #expect(try check("10.0.0.0/8").status == 64)
            let explained = try Self.explain(root, "10.13.200.34:443")
            #expect(explained.output.contains("failed   conflict         02:00:00:00:00:02 has 10.13.200.34 too\n"))
        }
    }
}
