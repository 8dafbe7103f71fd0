import Syscalls
import TestSupport
import Testing

/// An appliance whose properties give no address: all three interfaces by DHCP, and it serves.
@Suite(.blocking) struct LeaseInLabTests {
    static let properties = """
        {
          "network.hostname": "lb.corp.example",
          "loadbalance.service_ip_range": "10.13.200.32/27",
          "loadbalance.haproxy_user": "admin",
          "loadbalance.haproxy_pwd": "example-password",
          "appliance.root_pwd": "example-root-password",
          "adapters": [
            { "mac": "00:50:56:b4:0a:c7", "network": "Management", "unit_number": 7 },
            { "mac": "00:50:56:b4:ca:fd", "network": "Workload", "unit_number": 8 },
            { "mac": "00:50:56:b4:ef:d1", "network": "Frontend", "unit_number": 9 }
          ]
        }
        """

    @Test(
        "An appliance boots with what DHCP servers give, and serves; another lease moves it; only management is let in"
    )
    func boots() throws {
        try withTemporaryDirectory { directory throws in
            let file = directory + "/properties.json"
            try run("tee", file, input: Self.properties)
            try withLab("leases", "--properties", file) { lab throws in
                try look(lab)
                try lab.program("f", ("10.13.200.34", 443))
                try serve(lab)
                #expect(try eventually { try names(lab).contains("IP Address:10.13.200.10,") })
                let service = try lab.exec("appliance", "pgrep", "-f", "appliance-dataplaned")
                try moveFrontend(lab)
                let moved = [
                    "default via 10.13.200.254 dev frontend proto appliance-net",
                    "10.13.200.0/24 dev frontend proto appliance-net scope link src 10.13.200.11",
                ]
                for route in moved {
                    #expect(try eventually { try routes(lab).contains(route) }, "\(route)")
                }
                // The certificate follows, and the API shows it without a restart.
                #expect(try eventually { try names(lab).contains("IP Address:10.13.200.11,") })
                #expect(try !names(lab).contains("10.13.200.10,"))
                #expect(try lab.exec("appliance", "pgrep", "-f", "appliance-dataplaned") == service)
                try sixFollows(lab, "fd00:13:200::")
                try sixChanges(lab)
                try serve(lab)
            }
        }
    }

    /// The network is what the lab's settings say, and it is said where that comes from.
    private func look(_ lab: Lab) throws {
        // Ready means that each interface has its lease, unless servers take more than fifteen seconds.
        let check = ["python3", Lab.repository + "/scripts/demo.d/check-network", lab.id, "settings"]
        #expect(try eventually { try Subprocess.run(check).status == 0 })
        let status = try lab.exec("appliance", "appliance-net", "status")
        for role in ["management 10.13.10.199/24", "workload 10.13.201.10/24", "frontend 10.13.200.10/24"] {
            #expect(status.contains("lease: \(role), by "), "\(status)")
        }
    }

    /// The virtual address is reached from outside; the API, which listens on every address, by management only.
    private func serve(_ lab: Lab) throws {
        let curl = ["curl", "--silent", "--max-time", "20", "http://10.13.200.34:443/"]
        #expect(try lab.exec("client", curl).hasPrefix("backend1 443 from "))
        #expect(try lab.exec("appliance", "ss", "-Hltn", "sport = :5556").contains("*:5556"))
        for address in ["10.13.200.10", "10.13.200.11", "10.13.200.34"] {
            let found = try lab.exec("client2", Lab.scripts + "scan", address, "5556-5556")
            #expect(found == "sent 1\n")
        }
    }

    /// The names in the certificate that the API shows to the control plane.
    private func names(_ lab: Lab) throws -> String {
        let script = """
            timeout 20 openssl s_client -connect 10.13.10.199:5556 </dev/null 2>/dev/null |
                openssl x509 -noout -ext subjectAltName
            """
        return try lab.command(["exec", "control", "sh", "-c", script]).output
    }

    private func routes(_ lab: Lab) throws -> String {
        try lab.command(["exec", "appliance", "ip", "route", "show", "table", "3"]).output
    }

    /// A router advertises itself, and a server gives an address by DHCPv6: its routes are in the table of the interface.
    private func sixFollows(_ lab: Lab, _ network: String) throws {
        func said(_ arguments: String...) throws -> String {
            try lab.command(["exec", "appliance"] + arguments).output
        }
        #expect(
            try eventually { try said("ip", "-6", "address", "show", "dev", "frontend").contains("\(network)50/") }
        )
        #expect(try eventually { try said("ip", "-6", "rule").contains("from \(network)/64 lookup rtctl_frontend") })
        #expect(
            try eventually {
                try said("ip", "-6", "route", "show", "table", "3").split(separator: "\n").contains {
                    $0.hasPrefix("default via fe80::") && $0.contains(" dev frontend proto appliance-net")
                }
            }
        )
        #expect(try !said("ip", "-6", "route", "show", "default").contains("default"))
        let status = try said("appliance-net", "status")
        #expect(status.contains("lease: frontend \(network)50/128, by ") && status.contains("(dhcp6)"), "\(status)")
    }

    /// The network is numbered anew, and then its router falls silent: soon it is none, and what else there is stays.
    private func sixChanges(_ lab: Lab) throws {
        // An advertisement every four seconds, good for twenty.
        try give(lab, six: "fd00:13:202::", "ra-param=frontend,4,20")
        try lab.exec("appliance", "dhcpcd", "--rebind", "frontend")
        try sixFollows(lab, "fd00:13:202::")
        let isFormerGone = try lab.eventually("appliance", "! ip -6 address show dev frontend | grep -q fd00:13:200:")
        #expect(isFormerGone)
        try lab.endLeaseServer()
        let isRouterGone = try lab.eventually("appliance", "[ -z \"$(ip -6 route show table all default)\" ]")
        #expect(isRouterGone)
        #expect(
            try lab.exec("appliance", "ip", "-6", "address", "show", "dev", "frontend").contains("fd00:13:202::50/")
        )
        #expect(try routes(lab).contains("default via 10.13.200.254 dev frontend"))
    }

    /// A server of all networks in place of the one there is: for the frontend another address, another router, and IPv6.
    private func give(_ lab: Lab, six network: String, _ options: String...) throws {
        try lab.endLeaseServer()
        let settings = try run("cat", "/run/appliance-net-lab/\(lab.id)/dhcp.conf")
            .replacing("10.13.200.10", with: "10.13.200.11")
        let router = "dhcp-option=tag:frontend,option:router,10.13.200.254"
        let six = ["enable-ra", "dhcp-range=\(network)50,\(network)50,64,1h"] + options
        let lines = ([settings, router] + six).map { "'\($0)'" }.joined(separator: " ")
        let script = """
            rm -f /run/lab/leases
            ip -6 address flush dev frontend scope global
            ip address add \(network)1/64 dev frontend nodad
            printf '%s\\n' \(lines) |
                dnsmasq --conf-file=- --user=root --pid-file= --dhcp-leasefile=/run/lab/leases >/dev/null 2>&1
            """
        try lab.exec("gateway", "sh", "-ec", script)
    }

    /// The server of the frontend has another address for it from now on, and another router, and one of IPv6; the cable
    /// is pulled and put back.
    private func moveFrontend(_ lab: Lab) throws {
        try lab.exec("gateway", "ip", "address", "add", "10.13.200.254/24", "dev", "frontend")
        try give(lab, six: "fd00:13:200::")
        for state in ["down", "up"] {
            try run("ip", "-netns", "\(lab.id)-switch", "link", "set", "appliance.0", state)
        }
    }
}
