import Syscalls
import TestSupport
import Testing

/// `explain vip`, `vip` and `doctor` on a whole appliance: the proxy, the service with its guard, the API, real clients.
@Suite("Explaining in the lab", .serialized, .blocking)
struct ExplainInLabTests {
    private static let api = "https://10.13.10.199:5556/v2/services/haproxy"

    /// One request from the control plane.
    private func call(_ lab: Lab, _ method: String, _ path: String, _ body: String) throws {
        let script = """
            curl --silent --show-error --fail-with-body --insecure --user admin:example-password --request \(method) \
            --header 'Content-Type: application/json' --data '\(body)' '\(Self.api)\(path)'
            """
        try lab.exec("control", "sh", "-c", script)
    }

    /// A service on a virtual address, as the control plane makes it.
    private func program(_ lab: Lab, _ address: String) throws {
        let configuration = "/configuration"
        try call(lab, "POST", configuration + "/backends?version=1", #"{"name":"pods","mode":"tcp"}"#)
        let server = #"{"name":"b1","address":"10.13.201.20","port":6443,"check":"enabled"}"#
        try call(lab, "POST", configuration + "/servers?backend=pods&version=2", server)
        let frontend = #"{"name":"web","mode":"tcp","default_backend":"pods"}"#
        try call(lab, "POST", configuration + "/frontends?version=3", frontend)
        let bind = #"{"name":"vip","address":"\#(address)","port":6443}"#
        try call(lab, "POST", configuration + "/binds?frontend=web&version=4", bind)
    }

    @Test("A virtual address is followed to its servers, and a range in use stays")
    func explains() throws {
        try withLab("explain", "--ovf-env", Lab.example) { lab throws in
            try program(lab, "10.13.200.34")
            let explain = ["exec", "appliance", "appliance-net", "explain", "vip", "10.13.200.34:6443", "--client"]
            let isServed = try eventually { try lab.command(explain + ["10.13.50.20"]).status == 0 }
            let asked = try lab.command(explain + ["10.13.50.20"])
            #expect(isServed, "\(asked.output)\(asked.errors)")
            for words in [
                "ok       range            10.13.200.32/27, line ",
                "ok       reply            table 3, via 10.13.200.1 dev frontend\n",
                "ok       backend pods     servers that take connections: 1 of 1\n", "\n10.13.200.34:6443 is served\n",
            ] {
                #expect(asked.output.contains(words), "\(words) in \(asked.output)")
            }
            // What it says is so.
            let curl = ["exec", "client", "curl", "--silent", "--max-time", "3", "http://10.13.200.34:6443/"]
            #expect(try lab.command(curl).output.hasPrefix("backend1 6443 "))

            let remove = try lab.command(["exec", "appliance", "appliance-net", "vip", "remove", "10.13.200.32/27"])
            #expect(remove.status == 1)
            #expect(remove.errors.contains("range 10.13.200.32/27 is in use: 10.13.200.34 of frontend web\n"))
            #expect(try lab.exec("appliance", "appliance-net", "vip", "add", "10.13.200.64/27").contains("added"))
            let list = try lab.exec("appliance", "appliance-net", "vip", "list")
            #expect(list.contains("10.13.200.32/27: 1 of 32 addresses bound\n    10.13.200.34  web\n"))
            #expect(list.contains("10.13.200.64/27: 0 of 32 addresses bound\n"))
        }
    }

    @Test("A second appliance that holds a virtual address is named, and the doctor finds nothing else")
    func examines() throws {
        try withLab("doctor", "--ovf-env", Lab.example) { lab throws in
            try program(lab, "10.13.200.34")
            // Nobody answers as the example's name server, which is not in the lab.
            try lab.exec("appliance", "sed", "-i", "/^nameservers/d", "/etc/appliance-net/appliance.toml")
            try lab.exec("appliance", "sh", "-c", "echo > /etc/resolv.conf; appliance-net apply || true")
            func failures() throws -> String {
                let doctor = try lab.command(["exec", "appliance", "appliance-net", "doctor", "--json"])
                let words = #"[.checks[].findings[] | select(.state == "failed") | .subject]"#
                return try run("jq", "-c", words, input: doctor.output)
            }
            let isHealthy = try eventually { try failures() == "[]\n" }
            let rest = try failures()
            #expect(isHealthy, "\(rest)")
            let interface = "$(ip -4 -o route get 10.13.200.1 | sed 's/.*dev //;s/ .*//')"
            try lab.exec("client2", "sh", "-c", "ip address add 10.13.200.34/32 dev \(interface)")
            #expect(try failures() == "[\"10.13.200.34\"]\n")
            let check = try lab.command(["exec", "appliance", "appliance-net", "vip", "check"])
            #expect(check.status == 1)
            #expect(check.output.hasPrefix("10.13.200.34 of web: "))
            // A range takes no address of a living host: that one would reach no virtual address any more.
            let refused = try lab.command(["exec", "appliance", "appliance-net", "vip", "add", "10.13.200.20/32"])
            #expect(refused.status == 1)
            #expect(
                refused.errors.contains("10.13.200.20/32 has 10.13.200.20, which another host has: "),
                "\(refused.errors)"
            )
            let ranges = try lab.exec("appliance", "cat", "/etc/vmware/anyip-routes.cfg")
            #expect(!ranges.contains("10.13.200.20"))
            let forced = try lab.command([
                "exec", "appliance", "appliance-net", "vip", "add", "--force", "10.13.200.20/32",
            ])
            #expect(forced.status == 0, "\(forced.errors)")
        }
    }
}
