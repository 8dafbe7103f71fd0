import Files
import Foundation
import Glibc
import NetworkFiles
import NetworkTestSupport
import Syscalls
import TestSupport
import Testing

/// An address of management that another DHCP client sets (`dhcp = false`): the service hears of every lease, and leaves
/// it alone.
@Suite(.blocking) struct LeaseTests {
    /// What udhcpc calls for each lease, in the words of udhcpc(8).
    private static let script = """
        #!/bin/sh
        case $1 in
        deconfig) ip -4 address flush dev "$interface" ;;
        bound | renew)
            ip address replace "$ip/$mask" dev "$interface" valid_lft "$lease" preferred_lft "$lease"
            ip route replace default via "$router" dev "$interface" ;;
        esac
        """

    @Test func aLeaseIsHeardAndLeftAlone() throws {
        try inAppliance { root in
            let text = try AtomicFile.readText(root[ApplianceFile.path]) ?? ""
            let kept = text.split(separator: "\n", omittingEmptySubsequences: false)
                .filter { !$0.contains("10.13.10.") }.joined(separator: "\n")
                .replacing("[interface.management]", with: "[interface.management]\ndhcp = false")
            try AtomicFile.replace(root[ApplianceFile.path], with: kept)
            let segment = try Segment("peer0", "10.13.10.1/24")
            let server = try segment.dnsmasq(root.prefix, "--dhcp-range=10.13.10.50,10.13.10.60,1h")
            let service = try WatchProcess(root: root.prefix)
            #expect(eventually { service.notes() == [WatchTests.ready] }, "\(service.log)")

            // Another client identifier each time: the server gives a known client the address that it had.
            for (client, address) in [("01", "10.13.10.50"), ("02", "10.13.10.51")] {
                let before = try Self.count("reconcile_count", root)
                try Self.lease(address, client: client, root)
                let heard = try eventually { try Self.count("reconcile_count", root) > before }
                #expect(heard, "\(service.log)\(server.log)")
                // Looked at while it was there, and at rest since: the lease stands.
                _ = try run("sh", "-c", #"echo '{"command":"reconcile"}' | \#(Self.ask(root))"#)
                let addresses = try run("ip", "-4", "-brief", "address", "show", "dev", "management")
                #expect(addresses.contains("\(address)/24"))
                #expect(try run("ip", "route", "show", "default") == "default via 10.13.10.1 dev management \n")
            }
            // What had been there from the first lease on is what the client took away itself.
            #expect(try !run("ip", "address").contains("10.13.10.50"))
            #expect(try Self.count("drift_count", root) == 0, "\(service.log)")
            #expect(try WatchTests.program(root.prefix, "status").status == 0)
        }
    }

    private static func ask(_ root: Root) -> String {
        // Half-closing ends the connection before its answer: the input stays open for as long as the output does.
        "python3 -c 'import socket,sys; s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); "
            + "s.sendall(sys.stdin.buffer.read()); print(s.makefile().readline())' "
            + "\(root["/run/appliance-net/control.sock"])"
    }

    private static func count(_ key: String, _ root: Root) throws -> Int {
        let answer = try run("sh", "-c", #"echo '{"command":"status"}' | \#(ask(root)) | jq .\#(key)"#)
        return Int(answer.filter { $0.isNumber }) ?? -1
    }

    /// Asks for `address`, and returns when the client has set it.
    private static func lease(_ address: String, client: String, _ root: Root) throws {
        let path = root.prefix + "/udhcpc-script"
        try AtomicFile.replace(path, with: script, mode: 0o755)
        try run(
            "udhcpc",
            "--foreground",
            "--quit",
            "--now",
            "--timeout",
            "5",
            "--retries",
            "6",
            "--interface",
            "management",
            "--request",
            address,
            "-x",
            "0x3d:\(client)",
            "--script",
            path,
            "--pidfile",
            root.prefix + "/udhcpc.pid"
        )
    }
}
