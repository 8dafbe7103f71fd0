import Syscalls
import TestSupport
import Testing

/// The real programs in the real topology, with `ip -j` as the witness.
@Suite("First boot in the lab", .serialized, .blocking)
struct FirstBootInLabTests {
    /// Compares what the kernel holds with what the settings ask for; the witness fails on any line more or less.
    private func checkNetwork(_ lab: Lab, _ state: String) throws -> Subprocess.Result {
        try Subprocess.run(["python3", Lab.repository + "/scripts/demo.d/check-network", lab.id, state])
    }

    @Test(
        "Addresses, rules and routes are exactly those of the settings; none is left after down; apply brings them back",
        arguments: [
            ["--ovf-env", "frontend.ovf-env.xml"],
            ["--ovf-env", "default.ovf-env.xml"],
            ["--properties", "seed000.properties.json"],
        ]
    )
    func network(source: [String]) throws {
        try withLab("boot", source[0], Lab.repository + "/ovf/examples/" + source[1]) { lab throws in
            let booted = try checkNetwork(lab, "settings")
            #expect(booted.status == 0, "\(booted.errors)")
            #expect(try lab.command("status").status == 0)

            try lab.exec("appliance", "appliance-net", "down")
            let down = try checkNetwork(lab, "none")
            #expect(down.status == 0, "\(down.errors)")

            try lab.exec("appliance", "appliance-net", "apply")
            let applied = try checkNetwork(lab, "settings")
            #expect(applied.status == 0, "\(applied.errors)")
            #expect(try lab.command(["exec", "appliance", "appliance-net", "plan"]).status == 0)
        }
    }

    @Test("A changed host name and a changed file are in the plan; apply makes them true, for the kernel too")
    func files() throws {
        try withLab("files", "--ovf-env", Lab.example) { lab throws in
            #expect(try lab.exec("appliance", "hostname") == "haproxy.local\n")
            // While the service runs, what is saved is made so before anybody can ask for a plan.
            try lab.services("stop", "appliance-net")
            let settings = "/etc/appliance-net/appliance.toml"
            try lab.exec("appliance", "sed", "-i", "s/haproxy.local/lb1.corp.example/", settings)
            try lab.exec("appliance", "ln", "-sf", "/run/stub-resolv.conf", "/etc/resolv.conf")
            let plan = try lab.command(["exec", "appliance", "appliance-net", "plan"])
            #expect(plan.status == 2)
            let expected = """
                ~ hostname lb1.corp.example (was haproxy.local)
                ~ file /etc/hostname
                ~ file /etc/hosts
                ~ file /etc/resolv.conf

                """
            #expect(plan.output == expected)
            #expect(try lab.exec("appliance", "appliance-net", "apply") == expected)
            #expect(try lab.exec("appliance", "hostname") == "lb1.corp.example\n")
            #expect(try lab.exec("appliance", "stat", "-c", "%F", "/etc/resolv.conf") == "regular file\n")
            #expect(try lab.exec("appliance", "appliance-net", "rollback", "1").contains("~ hostname haproxy.local"))
            #expect(try lab.exec("appliance", "hostname") == "haproxy.local\n")
            try lab.services("start")
            try lab.exec("appliance", "sed", "-i", "s/haproxy.local/lb2.corp.example/", settings)
            #expect(try eventually { try lab.exec("appliance", "hostname") == "lb2.corp.example\n" })
        }
    }

    @Test("A second first boot says that nothing changes, and the services go on")
    func twice() throws {
        try withLab("twice-booted", "--ovf-env", Lab.example) { lab throws in
            let before = try lab.exec("appliance", "pgrep", "appliance-")
            #expect(before.split(separator: "\n").count >= 4)
            let again = try lab.command("boot")
            #expect(again.status == 0)
            #expect((again.output + again.errors).contains("nothing to change"))
            #expect(try lab.exec("appliance", "pgrep", "appliance-") == before)
        }
    }

    @Test("A service that ends makes the lab degraded")
    func degraded() throws {
        try withLab("daemon", "--ovf-env", Lab.example) { lab throws in
            try lab.exec("appliance", "pkill", "-KILL", "-x", "appliance-proxy")
            let status = try lab.command("status", "--json")
            #expect(status.status == 2)
            #expect(status.output.contains("\"appliance-proxyd\""))
        }
    }
}
