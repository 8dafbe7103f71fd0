import Syscalls
import TestSupport
import Testing

/// The lab itself, without our programs: that it carries what a right appliance sends, and loses what a wrong one does.
@Suite("The lab's networks", .serialized, .blocking)
struct LabNetworkTests {
    /// The frontend interface of seed 001 with one VIP, and a listener on it. `policy`: with the rule that keeps replies
    /// on the frontend.
    private func serve(_ lab: Lab, policy: Bool) throws {
        let script = """
            frontend=$(ip -json link | jq -r '.[] | select(.address == "00:50:56:b4:ef:d1").ifname')
            management=$(ip -json link | jq -r '.[] | select(.address == "00:50:56:b4:0a:c7").ifname')
            ip address add 10.13.200.10/24 dev $frontend
            ip address add 10.13.10.199/24 dev $management
            ip link set $frontend up
            ip link set $management up
            ip route add default via 10.13.10.1 dev $management
            ip route add default via 10.13.200.1 dev $frontend table 3
            ip route add local 10.13.200.32/27 dev lo table local
            \(policy ? "ip rule add from 10.13.200.0/24 lookup 3" : "")
            setsid python3 \(Lab.scripts)responder vip 443 </dev/null >/dev/null 2>&1 &
            python3 \(Lab.scripts)wait-listening 443
            """
        try lab.exec("appliance", "bash", "-euc", script)
    }

    private let request = ["curl", "--silent", "--max-time", "3", "http://10.13.200.34:443/"]

    @Test("A VIP whose replies leave by the frontend is reached from behind the gateway")
    func policyRouting() throws {
        try withLab("policy", "--no-firstboot", "--ovf-env", Lab.example) { lab throws in
            try serve(lab, policy: true)
            #expect(try lab.command(["exec", "client"] + request).output == "vip 443 from 10.13.50.20\n")
            #expect(try lab.command(["exec", "client2"] + request).output == "vip 443 from 10.13.200.20\n")
        }
    }

    @Test("A VIP whose replies leave by management is not")
    func brokenPolicyRouting() throws {
        try withLab("broken", "--no-firstboot", "--ovf-env", Lab.example) { lab throws in
            try serve(lab, policy: false)
            // 28: curl's time-out.
            #expect(try lab.command(["exec", "client"] + request).status == 28)
            #expect(try lab.command(["exec", "client2"] + request).status == 0)
        }
    }

    @Test("Two labs with the same addresses stand side by side")
    func sideBySide() throws {
        try withLab("left", "--no-firstboot", "--ovf-env", Lab.example) { left throws in
            try withLab("right", "--no-firstboot", "--ovf-env", Lab.example) { right throws in
                for lab in [left, right] {
                    let answer = try lab.exec("client", "curl", "--silent", "--max-time", "3", "http://backend2:6443/")
                    #expect(answer == "backend2 6443 from 10.13.50.20\n")
                }
                #expect(try left.namespaces(of: "client") != right.namespaces(of: "client"))
                #expect(try right.command("down").status == 0)
                #expect(try left.command("status").status == 0)
            }
        }
    }

    @Test("The second workload network is behind the gateway; management is apart")
    func reachability() throws {
        try withLab("reach", "--no-firstboot", "--ovf-env", Lab.example) { lab throws in
            let ping = ["ping", "-c", "1", "-W", "1"]
            #expect(try lab.command(["exec", "backend1"] + ping + ["10.13.21.20"]).status == 0)
            #expect(try lab.command(["exec", "client"] + ping + ["10.13.10.20"]).status == 1)
            #expect(try lab.command(["exec", "control"] + ping + ["10.13.21.20"]).status == 1)
            #expect(try lab.command(["exec", "control"] + ping + ["10.13.10.1"]).status == 0)
        }
    }
}
