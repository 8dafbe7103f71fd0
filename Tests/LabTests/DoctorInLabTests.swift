import Syscalls
import TestSupport
import Testing

/// `doctor` on a whole appliance: healthy; then a fault for each check that needs the whole of it, one at a time, and what it
/// says to each.
@Suite(.blocking) struct DoctorInLabTests {
    private static let settings = "/etc/appliance-net/appliance.toml"

    /// One run, by its JSON.
    private struct Report {
        var status: Int
        var json: String

        /// What a check found that is not in order: `failed|subject|message|remedy` each.
        func faults(_ check: String) throws -> [String] {
            let filter = """
                .checks[] | select(.name == "\(check)") | .findings[] | select(.state | IN("failed", "warning"))
                | [.state, .subject, .message, .remedy] | join("|")
                """
            return try run("jq", "-r", filter, input: json).split(separator: "\n").map { String($0) }
        }

        /// What failed anywhere: `check: subject`.
        func failures() throws -> [String] {
            let filter =
                #".checks[] | .name as $n | .findings[] | select(.state == "failed") | "\#\($n): \#\(.subject)""#
            return try run("jq", "-r", filter, input: json).split(separator: "\n").map { String($0) }
        }
    }

    private func examine(_ lab: Lab, _ options: String...) throws -> Report {
        let result = try lab.command(["exec", "appliance", "appliance-net", "doctor", "--json"] + options)
        #expect(try run("jq", ".healthy", input: result.output) == (result.status == 0 ? "true\n" : "false\n"))
        return Report(status: Int(result.status), json: result.output)
    }

    @Test(
        "The doctor names what is wrong with name servers, interfaces, guard, backends and services, and its remedy; exit 1"
    )
    func faults() throws {
        try withLab("doctor-faults", "--ovf-env", Lab.example) { lab throws in
            try lab.program("f", ("10.13.200.34", 443))
            try nameServers(lab)
            try interfaces(lab)
            try heldByTheGuard(lab)
            try backends(lab)
            try services(lab)
            let last = try examine(lab)
            #expect(last.status == 0, "\(last.json)")
        }
    }

    /// The example's name server is not in the lab; one on `control` is.
    private func nameServers(_ lab: Lab) throws {
        let silent = try examine(lab)
        #expect(silent.status == 1)
        #expect(try silent.failures() == ["dns: 172.24.3.1"])
        let fault = try #require(try silent.faults("dns").first)
        let remedy = """
            |see the way to it (appliance-net explain route 10.13.10.199 172.24.3.1), \
            or correct nameservers in \(Self.settings)
            """
        #expect(fault.hasPrefix("failed|172.24.3.1|") && fault.hasSuffix(remedy), "\(fault)")

        let server = "dnsmasq --conf-file=/dev/null --no-resolv --no-hosts --user=root --pid-file= --bind-interfaces"
        try lab.exec("control", "sh", "-c", server + " --interface=eth0")
        try lab.exec("appliance", "sed", "-i", "s/^nameservers = .*/nameservers = [\"10.13.10.20\"]/", Self.settings)
        let isHealthy = try eventually { try examine(lab).status == 0 }
        #expect(isHealthy)
        // One that answers is enough, and the other one is told of.
        let two = "s/^nameservers = .*/nameservers = [\"10.13.10.20\", \"10.13.10.99\"]/"
        try lab.exec("appliance", "sed", "-i", two, Self.settings)
        let isTold = try eventually {
            let report = try examine(lab)
            return try report.status == 0 && report.faults("dns").first?.hasPrefix("warning|10.13.10.99|") == true
        }
        #expect(isTold)
        try lab.exec("appliance", "sed", "-i", "s/, .10.13.10.99.]/]/", Self.settings)
    }

    /// Without the service, which would mend it: what `--fix` mends, and what nobody does.
    private func interfaces(_ lab: Lab) throws {
        try lab.services("stop", "appliance-net")
        let mac = "00:50:56:b4:ca:fd"
        let script = """
            ip link set workload down
            ip link set workload name other
            ip link set other up
            ip address delete 10.13.200.10/24 dev frontend
            """
        try lab.exec("appliance", "sh", "-ec", script)
        let broken = try examine(lab)
        #expect(broken.status == 1)
        #expect(
            try broken.faults("interfaces") == [
                "failed|workload|the adapter \(mac) is called other|appliance-net apply renames it",
                "failed|frontend|10.13.200.10/24 is not there|appliance-net apply adds it",
            ]
        )
        #expect(
            try broken.faults("services").map { $0.prefix { $0 != ":" } } == [
                "warning|appliance-net.service|it does not answer"
            ]
        )
        let mended = try examine(lab, "--fix")
        #expect(mended.status == 0, "\(mended.json)")
        #expect(try mended.faults("interfaces").isEmpty)
        let fixed = try run("jq", "-r", ".fixed[]", input: mended.json)
        for change in ["~ link other name workload", "+ address 10.13.200.10/24 dev frontend"] {
            #expect(fixed.contains("applied: \(change)\n"), "\(fixed)")
        }

        let files = [Self.settings, "/etc/vmware/route-tables.cfg"]
        try lab.exec("appliance", ["sed", "-i", "s/\(mac)/00:50:56:00:00:01/"] + files)
        let missing = try examine(lab)
        #expect(missing.status == 1)
        let remedy = "connect the adapter, or correct mac in [interface.workload] of \(Self.settings)"
        #expect(
            try missing.faults("interfaces").first
                == "failed|workload|no adapter has the MAC address 00:50:56:00:00:01|\(remedy)",
            "\(missing.json)"
        )
        try lab.exec("appliance", ["sed", "-i", "s/00:50:56:00:00:01/\(mac)/"] + files)

        // The guard outlives the service, and belongs to nobody then.
        try lab.exec("appliance", "nft", "delete", "table", "arp", "appliance_net")
        let half = try examine(lab)
        #expect(half.status == 1)
        let restart = "systemctl restart appliance-net.service"
        #expect(try half.faults("guard") == ["failed|arp appliance_net|the table is not there|\(restart)"])
        try lab.exec("appliance", "nft", "delete", "table", "inet", "appliance_net")
        let open = try examine(lab).faults("guard")
        let start = "|systemctl start appliance-net.service: it makes the guard"
        #expect(open.count == 1 && open[0].hasPrefix("warning|guard|there is none: ") && open[0].hasSuffix(start))
        try lab.services("start", "appliance-net")
        let isBack = try eventually { try examine(lab).faults("guard").isEmpty }
        #expect(isBack)
    }

    /// The proxy listens, and the guard keeps the address closed, as somebody else has it.
    private func heldByTheGuard(_ lab: Lab) throws {
        try lab.exec("client2", "ip", "address", "add", "10.13.200.36/32", "dev", "eth0")
        #expect(try lab.bind("f", version: 5, "10.13.200.36", 443).contains("another host has this address"))
        let held = try examine(lab)
        #expect(held.status == 1)
        #expect(try held.failures() == ["conflicts: 10.13.200.36", "guard: 10.13.200.36:443"])
        let fault = try #require(try held.faults("guard").first)
        #expect(fault.hasPrefix("failed|10.13.200.36:443|f listens there, and it is "), "\(fault)")
        #expect(fault.hasSuffix("|see conflicts above, and the log of appliance-net.service"), "\(fault)")
        try lab.exec("client2", "ip", "address", "delete", "10.13.200.36/32", "dev", "eth0")
        try lab.api("DELETE", "/configuration/frontends/f/binds/b5?version=6")
    }

    /// Nobody listens at a server, and it is checked.
    private func backends(_ lab: Lab) throws {
        let server = "/configuration/backends/pods/servers/b1?version="
        let dead =
            #"{"name":"b1","address":"10.13.201.20","port":9,"check":"enabled","inter":100,"fall":1,"rise":1}"#
        try lab.api("PUT", server + "7", dead)
        let isDown = try eventually { try examine(lab).failures() == ["backends: pods"] }
        #expect(isDown)
        let remedy = "see whether they run and let the appliance in; appliance-net explain vip tells more"
        #expect(try examine(lab).faults("backends") == ["failed|pods|its only server takes no connections|\(remedy)"])
        try lab.api("PUT", server + "8", #"{"name":"b1","address":"10.13.201.20","port":443}"#)
    }

    /// A bind that does not serve; then neither proxy nor API runs.
    private func services(_ lab: Lab) throws {
        let taken = "setsid python3 \(Lab.scripts)responder taken 8443 >/dev/null 2>&1 </dev/null &"
        try lab.exec("appliance", "sh", "-c", taken)
        try #require(try lab.eventually("appliance", "ss -Hltn 'sport = :8443' | grep -q ."))
        try lab.bind("f", version: 9, "10.13.200.37", 8443)
        let quarantined = try examine(lab)
        #expect(quarantined.status == 1)
        let reason = "10.13.200.37:8443 does not serve: EADDRINUSE (Address already in use)"
        #expect(
            try quarantined.faults("services") == [
                "failed|bind f/b9|\(reason)|mend what it says; it is tried again by itself"
            ]
        )
        try lab.api("DELETE", "/configuration/frontends/f/binds/b9?version=10")

        try lab.services("kill", "appliance-proxy", "appliance-dataplane")
        let dead = try examine(lab)
        #expect(dead.status == 1)
        #expect(
            try dead.failures() == ["services: appliance-proxy.service", "services: appliance-dataplane.service"]
        )
        for (fault, unit) in zip(try dead.faults("services"), ["appliance-proxy", "appliance-dataplane"]) {
            #expect(fault.contains("ECONNREFUSED"), "\(fault)")
            #expect(fault.hasSuffix("|systemctl status \(unit).service tells why"), "\(fault)")
        }
        try lab.services("start")
    }
}
