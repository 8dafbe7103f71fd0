import Syscalls
import TestSupport
import Testing

/// The same by DHCPv6, on the workload interface. What DHCP gave there stays through all of it.
extension LeaseCasesInLabTests {
    func six(_ lab: Lab, _ servers: LeaseServers) throws {
        try servers.serve6("workload", "fd00:13:201::50")
        try servers.ask("rebind", "workload")
        try expect6(lab, has: "fd00:13:201::50")
        try expectStatus(lab, "lease: workload fd00:13:201::50/128, by ")
        try expect(lab, "ip -6 rule | grep -q 'from fd00:13:201::/64 lookup rtctl_workload'")
        try twoServers6(lab, servers)
        try serverGone6(lab, servers)
        try expect(lab, "workload", has: "10.13.201.61/24")
    }

    /// Of two servers the first one's word holds; where it is gone the other one extends what it gave.
    private func twoServers6(_ lab: Lab, _ servers: LeaseServers) throws {
        try servers.serve6("workload", "fd00:13:201::61", on: "backend2", link: "eth0")
        try servers.ask("renew", "workload")
        try expect(lab, on: "gateway", "grep -q 'DHCPRENEW(workload) ' /run/lab/workload6.log")
        #expect(try !lab.exec("backend2", "cat", "/run/lab/workload6.log").contains("DHCPREPLY"))
        try expect6(lab, has: "fd00:13:201::50")

        try servers.end("workload6")
        try servers.ask("rebind", "workload")
        try expect(lab, on: "backend2", "grep -q 'DHCPREPLY(eth0) fd00:13:201::50 ' /run/lab/workload6.log")
        try expect6(lab, has: "fd00:13:201::50")
        try servers.end("workload6", on: "backend2")
    }

    /// A server that does not know the address gives another one. It is gone then, and its lease ends with its time: the
    /// address goes with it, and what is routed by it.
    private func serverGone6(_ lab: Lab, _ servers: LeaseServers) throws {
        try servers.serveBriefly6("workload", "fd00:13:201::70")
        try servers.ask("rebind", "workload")
        try expect6(lab, has: "fd00:13:201::70")
        try servers.end("workload6")
        try expect6(lab, has: nil)
        try expect(lab, "[ -z \"$(ip -6 route show table all default)\" ]")
        try expect(lab, "! ip -6 rule | grep -q fd00:13:201:")
        let status = try lab.command("exec", "appliance", "appliance-net", "status").output
        #expect(!status.contains("(dhcp6)"), "\(status)")
    }

    /// The address that DHCPv6 gave; nil: none.
    private func expect6(_ lab: Lab, has address: String?) throws {
        let own = "ip -6 -oneline address show dev workload scope global | sed 's/.* inet6 //; s/ .*//'"
        try expect(lab, "[ \"$(\(own))\" = '\(address.map { $0 + "/64" } ?? "")' ]")
    }
}
