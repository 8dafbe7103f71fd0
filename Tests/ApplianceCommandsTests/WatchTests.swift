import CLinux
import Files
import Foundation
import Glibc
import Guard
import Syscalls
import NetworkTestSupport
import TestSupport
import Testing

/// The service as a program: signals, the service manager, its death, `down` and `up`, and who talks to its socket.
@Suite(.blocking) struct WatchTests {
    /// A configured appliance in a namespace of its own.
    static func withAppliance(_ body: @escaping @Sendable (String) throws -> Void) throws {
        try inAppliance { root in try body(root.prefix) }
    }

    static let ready = "READY=1\nSTATUS=The network is as the files want it."

    private static func rules() throws -> String { try run("ip", "rule") }

    static func program(_ root: String, _ arguments: String...) throws -> Subprocess.Result {
        try Subprocess.run([try builtProgram("appliance-net")] + arguments + ["--root", root])
    }

    @Test func saysReadyHealsAndEnds() throws {
        try Self.withAppliance { root in
            let service = try WatchProcess(root: root)
            #expect(eventually { service.notes() == [Self.ready] }, "\(service.log)")
            #expect(try Self.rules().contains("1002:"))

            try run("ip", "rule", "delete", "priority", "1002")
            #expect(try eventually { try Self.rules().contains("1002:") })
            let line = "rule from 10.13.201.0/24 lookup 2 had been deleted; added it again\n"
            #expect(eventually { service.log.contains(line) })

            let before = service.notes().count
            service.signal(SIGHUP)
            #expect(eventually { service.notes().count >= before + 2 })
            #expect(service.notes().dropFirst(before).first?.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") == true)
            #expect(service.notes().last == Self.ready)

            let status = try Self.program(root, "status", "--json")
            #expect(status.status == 0, "\(status.errors)")
            #expect(try run("jq", "-r", ".service.state", input: status.output) == "in-sync\n")
            #expect(try run("jq", "-r", ".service.drift_count", input: status.output) == "1\n")
            #expect(try Self.program(root, "status").output.contains("\nservice: in-sync for "))

            service.signal(SIGTERM)
            #expect(eventually { service.ended() == 0 })
            #expect(service.notes().last == "STOPPING=1")
            #expect(try Self.rules().contains("1002:"))
            #expect(try run("find", root + "/run/appliance-net", "-name", "control.sock") == "")
            try Self.expectNobodyKeepsIt(root)
        }
    }

    /// The service has ended, and somebody takes the guard away: the tools say so, and bring it back, closed.
    private static func expectNobodyKeepsIt(_ root: String) throws {
        let status = try program(root, "status")
        #expect(status.status == 2)
        #expect(status.output.contains("the network is as the files want it\nthe service does not answer: "))
        #expect(try program(root, "plan").status == 0)
        try run("nft", "flush", "ruleset")
        let plan = try program(root, "plan")
        #expect(plan.status == 2)
        #expect(plan.output == "+ firewall appliance_net\n")
        let missing = try program(root, "status").output
        #expect(missing.contains("missing   firewall appliance_net\n"), "\(missing)")
        #expect(missing.contains("the network is NOT as the files want it"))
        #expect(try program(root, "status", "--metrics").output.contains("\nappliance_net_in_sync 0\n"))
        #expect(try program(root, "apply").status == 0)
        #expect(try program(root, "plan").status == 0)
        #expect(try run("nft", "list", "set", "inet", "appliance_net", "vip_ranges4").contains("10.13.200.32/27"))
    }

    /// What is wrong with the service is wrong with the appliance, whatever the network is.
    @Test func aDegradedServiceIsNotAsItShouldBe() throws {
        try Self.withAppliance { root in
            let script = """
                import os, socket, sys
                s = socket.socket(socket.AF_UNIX)
                s.bind(sys.argv[1])
                s.listen()
                while True:
                    c = s.accept()[0]
                    c.recv(4096)
                    c.sendall(b"Unknown command\\n\\n")
                    c.close()
                """
            try run("mkdir", "-p", root + "/run")
            let words = ["python3", "-c", script, root + "/run/haproxy-master.sock"]
            let proxy = try SpawnedProcess(words, output: root + "/proxy-log")
            let service = try WatchProcess(root: root)
            #expect(try eventually { try Self.state(root) == "degraded" }, "\(service.log)")
            let status = try Self.program(root, "status")
            #expect(status.status == 2)
            #expect(status.output.contains("the network is as the files want it\nservice: degraded for "))
            let problem = "does not tell where it listens (it says: Unknown command)"
            #expect(status.errors.contains(problem))
            let report = try Self.program(root, "doctor", "--json").output
            let filter = #".checks[] | select(.name == "services") | .findings[0] | .state, .message"#
            let finding = try run("jq", "-r", filter, input: report)
            #expect(finding.hasPrefix("warning\ndegraded: ") && finding.contains(problem), "\(finding)")
            withExtendedLifetime(proxy) {}
        }
    }

    /// The packet filter does not take what the service wants: all that is asked says so, until it does.
    @Test func aGuardThatTheKernelRefusesIsTold() throws {
        try Self.withAppliance { root in
            // Its tables are another's, which is a refusal that can be ended.
            var other: Firewall? = try Firewall()
            try #require(other?.canProtect == true, "this kernel cannot keep tables whose owner goes")
            try other?.update(to: GuardState())
            let service = try WatchProcess(root: root)
            #expect(try eventually { try Self.state(root) == "degraded" }, "\(service.log)")
            let status = try Self.program(root, "status")
            #expect(status.status == 2)
            let line = "guard: the proxy does not tell where it listens: virtual addresses are closed; "
            #expect(status.output.contains(line + "the guard is not as it should be: EPERM "), "\(status.output)")
            let report = try Self.program(root, "doctor", "--json").output
            let filter = #".checks[] | select(.name == "guard") | .findings[0] | .state, .message"#
            let finding = try run("jq", "-r", filter, input: report)
            #expect(finding.hasPrefix("failed\nthe guard is not as it should be: EPERM "), "\(finding)")
            other = nil
            #expect(try eventually { try Self.state(root) == "in-sync" }, "\(service.log)")
            #expect(try run("nft", "list", "set", "inet", "appliance_net", "vip_ranges4").contains("10.13.200.32/27"))
        }
    }

    /// A second one, by hand beside the service's, would take its control socket away.
    @Test func aSecondOneIs75() throws {
        try Self.withAppliance { root in
            let service = try WatchProcess(root: root)
            #expect(eventually { service.notes() == [Self.ready] }, "\(service.log)")
            let second = try Self.program(root, "watch")
            #expect(second.status == 75)
            #expect(second.errors.contains("appliance-net watch runs already"))
            #expect(try Self.program(root, "status").output.contains("\nservice: in-sync for "))
        }
    }

    @Test func anotherStandsByUntilItEnds() throws {
        try Self.withAppliance { root in
            let service = try WatchProcess(root: root)
            #expect(eventually { service.notes() == [Self.ready] }, "\(service.log)")
            let second = try WatchProcess(root: root, options: ["--stand-by"])
            #expect(eventually { second.log.contains("waiting for its end") })
            try run("ip", "rule", "delete", "priority", "1002")
            #expect(try eventually { try Self.rules().contains("1002:") })
            service.signal(SIGKILL)
            #expect(eventually { second.notes().contains(Self.ready) }, "\(second.log)")
            try run("ip", "rule", "delete", "priority", "1002")
            #expect(try eventually { try Self.rules().contains("1002:") })
            #expect(try Self.program(root, "status").output.contains("\nservice: in-sync for "))
        }
    }

    @Test func aKilledOneIsFollowedByAnother() throws {
        try Self.withAppliance { root in
            do {
                let service = try WatchProcess(root: root)
                #expect(eventually { !service.notes().isEmpty })
                service.signal(SIGKILL)
                #expect(eventually { service.ended() == 256 + SIGKILL })
            }
            try run("ip", "rule", "delete", "priority", "1003")
            try run("sh", "-c", "echo nonsense > \(root)/etc/vmware/route-tables.cfg")
            let service = try WatchProcess(root: root)
            #expect(eventually { service.notes().first?.hasPrefix("READY=1\nSTATUS=Degraded: ") == true })
            #expect(try Self.rules().contains("1003:"))
            #expect(try Self.program(root, "validate").status == 65)
        }
    }

    /// Killed at each of its system calls that change anything, in turn, while it applies; the next one finishes it. Every
    /// third call is one appliance's.
    @Test(arguments: ["sendto", "rename", "fsync", "write"], 1...3)
    func killedAnywhereItIsFinishedByTheNext(_ call: String, _ first: Int) throws {
        try Self.withAppliance { root in
            let wanted: String
            do {
                let service = try WatchProcess(root: root)
                #expect(eventually { service.notes() == [Self.ready] }, "\(service.log)")
                wanted = try TestAppliance.witness()
            }
            var wasKilled = true
            for step in stride(from: first, to: 400, by: 3) where wasKilled {
                // Half of it was never there, and half of it is too much.
                try run("ip", "rule", "delete", "priority", "1003")
                try run("ip", "route", "delete", "local", TestAppliance.ranges, "table", "local")
                try run("ip", "address", "delete", "10.13.201.10/24", "dev", "workload")
                try run(
                    "ip",
                    "rule",
                    "add",
                    "from",
                    "10.9.0.0/16",
                    "lookup",
                    "2",
                    "priority",
                    "1500",
                    "protocol",
                    "201"
                )
                try run("sh", "-c", "echo mine > \(root)/etc/iproute2/rt_protos.d/appliance-net.conf")
                do {
                    let service = try WatchProcess(root: root, death: (call, step))
                    #expect(eventually { service.ended() != nil || !service.notes().isEmpty })
                    // What it does after it was ready is not looked at.
                    service.signal(SIGTERM)
                    #expect(eventually { service.ended() != nil })
                    wasKilled = service.ended() == 256 + SIGKILL
                }
                let service = try WatchProcess(root: root)
                #expect(eventually { service.notes() == [Self.ready] }, "\(call) \(step): \(service.log)")
                #expect(try TestAppliance.witness(wanted: wanted) == wanted, "\(call) \(step)")
                #expect(try Self.program(root, "plan").status == 0, "\(call) \(step)")
                if step == 1 { #expect(wasKilled, "\(call)") }
            }
            #expect(!wasKilled)
        }
    }

    @Test func downStandsByAndUpGoesOn() throws {
        try Self.withAppliance { root in
            let service = try WatchProcess(root: root)
            #expect(eventually { !service.notes().isEmpty })
            #expect(try Self.program(root, "down").status == 0)
            #expect(eventually { service.notes().last == "STATUS=Standing by after down." })
            #expect(try !Self.rules().contains("100"))
            #expect(try Self.program(root, "status").output.contains("service: standby for "))
            #expect(try Self.program(root, "up").status == 0)
            #expect(try Self.rules().contains("1002:"))
            #expect(eventually { service.notes().last == "STATUS=The network is as the files want it." })
            try run("ip", "rule", "delete", "priority", "1002")
            #expect(try eventually { try Self.rules().contains("1002:") })
        }
    }

    /// Again and again, because a service that repairs what `down` takes away would need luck to be seen.
    @Test func downWinsAgainstTheService() throws {
        try Self.withAppliance { root in
            let service = try WatchProcess(root: root)
            #expect(eventually { !service.notes().isEmpty })
            for _ in 0..<5 {
                try run("ip", "rule", "delete", "priority", "1002")
                #expect(try Self.program(root, "down").status == 0)
                #expect(try eventually { try Self.state(root) == "standby" })
                #expect(try !Self.rules().contains("100"), "\(service.log)")
                #expect(try Self.program(root, "up").status == 0)
                #expect(try eventually { try Self.state(root) == "in-sync" })
            }
        }
    }

    @Test func theWatchdogIsFed() throws {
        try Self.withAppliance { root in
            do {
                // Somebody else's watchdog is not ours.
                let other = try WatchProcess(root: root, ["WATCHDOG_USEC=1000", "WATCHDOG_PID=1"])
                #expect(eventually { !other.notes().isEmpty })
                other.signal(SIGHUP)
                #expect(eventually { other.notes().count { $0.hasPrefix("READY=1") } == 2 })
                #expect(!other.notes().contains("WATCHDOG=1"))
                other.signal(SIGTERM)
                #expect(eventually { other.ended() == 0 })
            }
            let service = try WatchProcess(root: root, ["WATCHDOG_USEC=200000"])
            #expect(eventually { service.notes().count { $0 == "WATCHDOG=1" } >= 3 })
        }
    }

    @Test func itSleepsAndIsSmall() throws {
        try Self.withAppliance { root in
            let service = try WatchProcess(root: root, ["WATCHDOG_USEC=30000000"])
            #expect(eventually { !service.notes().isEmpty })
            // Once the kernel is done with its IPv6 addresses: not one wake-up in two seconds.
            let sleeps = try (0..<20).contains { _ in
                let before = try (Self.switches(service.pid), service.usage().ticks)
                usleep(2_000_000)
                return try (Self.switches(service.pid), service.usage().ticks) == before
            }
            #expect(sleeps)
            let bytes = try service.usage().bytes
            print("watch holds \(bytes / 1024) KiB", try run("grep", "Rss", "/proc/\(service.pid)/status"))
            // The program as it is shipped holds less: this one is not optimized, and links dynamically.
            #expect(bytes < 32 << 20)
        }
    }

    private static func state(_ root: String) throws -> String {
        try run("jq", "-j", ".service.state", input: try program(root, "status", "--json").output)
    }

    private static func switches(_ pid: pid_t) throws -> String {
        try run("grep", "^voluntary_ctxt_switches", "/proc/\(pid)/status")
    }

    /// While the service watches, a candidate can be tried: the service waits for its end, either way.
    @Test func waitsForATry() throws {
        try Self.withAppliance { root in
            let service = try WatchProcess(root: root)
            #expect(eventually { service.notes() == [Self.ready] }, "\(service.log)")
            let candidate = root + "/candidate"
            try run("mkdir", "-p", candidate + "/etc/vmware")
            try run("sh", "-c", "cat > \(candidate)/etc/vmware/anyip-routes.cfg", input: "10.13.200.64/27\n")
            func ranges() throws -> String { try run("ip", "route", "show", "table", "local", "type", "local") }

            let tried = try Self.program(root, "try", "--from", candidate, "--timeout", "60")
            #expect(tried.status == 0, "\(tried.errors)")
            #expect(try ranges().contains("10.13.200.64/27"))
            let back = try Self.program(root, "rollback")
            #expect(back.status == 0, "\(back.errors)")
            #expect(try ranges().contains("10.13.200.32/27") && !ranges().contains("10.13.200.64/27"))

            #expect(try Self.program(root, "try", "--from", candidate, "--timeout", "60").status == 0)
            #expect(try Self.program(root, "confirm").status == 0)
            try run("ip", "rule", "delete", "priority", "1002")
            #expect(try eventually { try Self.rules().contains("1002:") }, "\(service.log)")
            #expect(try ranges().contains("10.13.200.64/27"))
            #expect(try run("cat", root + "/etc/vmware/anyip-routes.cfg") == "10.13.200.64/27\n")
            #expect(service.ended() == nil)
        }
    }

    @Test func theSocketIsForRootAndHoldsUpNobody() throws {
        try Self.withAppliance { root in
            let service = try WatchProcess(root: root)
            #expect(eventually { !service.notes().isEmpty })
            let path = root + "/run/appliance-net/control.sock"
            #expect(try run("stat", "-c", "%a %u", path) == "600 0\n")

            #expect(try Self.ask(path, "{\"command\":\"reconcile\"}\n").contains("\"ok\":true"))
            for abuse in ["\n", "status\n", "{\"command\":\"fly\"}\n", String(repeating: "x", count: 5000)] {
                #expect(try Self.ask(path, abuse).contains("\"ok\":false"))
            }
            // Many that say nothing, half a request, or never read.
            var sockets: [TestSocket] = []
            for number in 0..<40 {
                let socket = try Self.connect(path)
                if number % 3 == 1 { try? socket.send("{\"comm") }
                if number % 3 == 2 { try? socket.send(String(repeating: "{\"command\":\"status\"}\n", count: 500)) }
                sockets.append(socket)
            }
            try run("ip", "rule", "delete", "priority", "1002")
            #expect(try eventually { try Self.rules().contains("1002:") })
            sockets = []
            #expect(try eventually { try Self.ask(path, "{\"command\":\"status\"}\n").contains("\"drift_count\":1") })
            #expect(service.ended() == nil)
        }
    }

    /// One connection: says `text`, and gives what is answered to the end or the first line; nothing where the service
    /// hung up before it had read all.
    private static func ask(_ path: String, _ text: String) throws -> String {
        let socket = try connect(path)
        try? socket.send(text)
        socket.shutdownWrite()
        return (try? socket.receiveAll()) ?? ""
    }

    private static func connect(_ path: String) throws -> TestSocket {
        var address = sockaddr_un()
        let length = clinux_unix_address(&address, path)
        let socket = TestSocket(owning: try syscall("socket") { Glibc.socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0) })
        try syscall("connect \(path)") {
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(socket.raw, $0, length) }
            }
        }
        return socket
    }
}
