import Files
import Foundation
import NetworkFiles
import PKI
import Syscalls
import TestSupport
import Testing

/// What becomes of a lease: renewals that bring something else, refusals, silence. The server is one of our own, whose
/// leases last seconds.
@Suite(.blocking) struct LeaseChangeTests {
    /// One server of `Tests/Fixtures/dhcp/server.py`; times in seconds.
    private struct Server: Encodable {
        var server = "10.13.10.1"
        var address = "10.13.10.50"
        var router = "10.13.10.1"
        /// The least that dhcpcd takes.
        var lease = 20
        var renew = 1
        var rebind = 8
        var silent = false
    }

    private struct Settings: Encodable {
        var interface = "peer0"
        var servers: [Server]
    }

    private static func settle(_ box: DHCPBox, _ servers: Server...) throws {
        let text = String(decoding: try JSONEncoder().encode(Settings(servers: servers)), as: UTF8.self)
        try AtomicFile.replace(box.root.prefix + "/servers", with: text)
    }

    private static func start(_ box: DHCPBox, _ segment: Segment) throws -> SpawnedProcess {
        let program = DocumentationTests.root.appending(path: "Tests/Fixtures/dhcp/server.py").path(
            percentEncoded: false
        )
        return try segment.start(
            ["python3", program, box.root.prefix + "/servers"],
            output: box.root.prefix + "/server-log"
        )
    }

    private static func defaults() throws -> [String] { try DHCPBox.routes("route", "show", "default") }

    @Test func anotherGatewayAndAnotherAddress() throws {
        try DHCPBox.with(.management) { box in
            let segment = try Segment("peer0", "10.13.10.1/24")
            try Self.settle(box, Server())
            let server = try Self.start(box, segment)
            #expect(
                try eventually { try Self.defaults() == ["default via 10.13.10.1 dev management proto 202"] },
                "\(box.log)\(server.log)"
            )
            let since = try run("grep", "since=", box.root["/run/appliance-net/leases/management.dhcp"])

            // A renewal with another gateway: one route goes, the other comes, the address stays.
            try Self.settle(box, Server(router: "10.13.10.2"))
            #expect(
                try eventually { try Self.defaults() == ["default via 10.13.10.2 dev management proto 202"] },
                "\(box.log)\(server.log)"
            )
            #expect(try DHCPBox.addresses("management") == ["10.13.10.50/24"])
            #expect(try run("grep", "since=", box.root["/run/appliance-net/leases/management.dhcp"]) >= since)

            // The server knows nothing of the address any more (NAK), and gives another one.
            try Self.settle(box, Server(address: "10.13.10.51", router: "10.13.10.2"))
            #expect(
                try eventually { try DHCPBox.addresses("management") == ["10.13.10.51/24"] },
                "\(box.log)\(server.log)"
            )
            #expect(try eventually { try Self.defaults() == ["default via 10.13.10.2 dev management proto 202"] })
            let json = try box.program("status", "--json").output
            #expect(try run("jq", "-r", ".service.drift_count", input: json) == "0\n", "\(box.log)")
        }
    }

    /// The API's certificate names what is leased, by another lease another, under the same CA and with the same key.
    @Test func theCertificateFollows() throws {
        try DHCPBox.with(.management) { root in
            let request = try CertificateRequest(NetworkConfiguration.load(root), now: CertificateClock.now())
            _ = try PKIStore(root: root).ensure(request)
        } body: { box in
            let path = box.root["/etc/haproxy/server.crt"]
            func names() throws -> String {
                try run("openssl", "x509", "-in", path, "-noout", "-ext", "subjectAltName")
            }
            func key() throws -> String { try run("openssl", "x509", "-in", path, "-noout", "-pubkey") }
            let (authority, first) = (try box.file("/etc/haproxy/ca.crt"), try key())
            #expect(try !names().contains("10.13.10."))
            let segment = try Segment("peer0", "10.13.10.1/24")
            try Self.settle(box, Server())
            let server = try Self.start(box, segment)
            #expect(try eventually { try names().contains("IP Address:10.13.10.50,") }, "\(box.log)\(server.log)")

            try Self.settle(box, Server(address: "10.13.10.51"))
            #expect(try eventually { try names().contains("IP Address:10.13.10.51,") }, "\(box.log)\(server.log)")
            #expect(try !names().contains("10.13.10.50"))
            #expect(try names().contains("IP Address:10.13.201."))
            #expect(try box.file("/etc/haproxy/ca.crt") == authority)
            #expect(try key() == first)
            try run("openssl", "verify", "-CAfile", box.root["/etc/haproxy/ca.crt"], path)
        }
    }

    /// A lease that nobody renews ends with its time, and nothing of it is left; when the server is back, so is the
    /// network.
    @Test func aServerThatIsGone() throws {
        try DHCPBox.with(.workload) { box in
            let segment = try Segment("peer1", "10.13.201.1/24")
            let lease = Server(server: "10.13.201.1", address: "10.13.201.50", router: "10.13.201.1")
            func settle(silent: Bool) throws {
                var lease = lease
                lease.silent = silent
                let text = try JSONEncoder().encode(Settings(interface: "peer1", servers: [lease]))
                try AtomicFile.replace(box.root.prefix + "/servers", with: String(decoding: text, as: UTF8.self))
            }
            try settle(silent: false)
            let server = try Self.start(box, segment)
            func rules() throws -> String { try run("ip", "rule") }
            #expect(try eventually { try rules().contains("from 10.13.201.0/24 lookup 2") }, "\(box.log)\(server.log)")

            try settle(silent: true)
            #expect(try eventually { try DHCPBox.addresses("workload") == [] }, "\(box.log)\(server.log)")
            #expect(try eventually { try !rules().contains("lookup 2") }, "\(box.log)")
            #expect(try DHCPBox.routes("route", "show", "table", "2") == [])
            // The rest is as it was.
            #expect(try rules().contains("1003:"))
            #expect(try box.program("status").output.contains("lease: workload has none\n"))

            try settle(silent: false)
            #expect(try eventually { try rules().contains("from 10.13.201.0/24 lookup 2") }, "\(box.log)\(server.log)")
        }
    }

    /// Of two servers one is chosen; when it falls silent, the other one's word holds.
    @Test func twoServers() throws {
        try DHCPBox.with(.management) { box in
            let segment = try Segment("peer0", "10.13.10.1/24", "10.13.10.2/24")
            let first = Server(rebind: 4)
            let second = Server(server: "10.13.10.2", address: "10.13.10.60", router: "10.13.10.2", rebind: 4)
            try Self.settle(box, first, second)
            let server = try Self.start(box, segment)
            #expect(try eventually { try DHCPBox.addresses("management").count == 1 }, "\(box.log)\(server.log)")
            let isFirst = try DHCPBox.addresses("management") == ["10.13.10.50/24"]
            let other = isFirst ? second : first
            #expect(
                try eventually {
                    try Self.defaults() == [
                        "default via \(isFirst ? first.router : second.router) dev management proto 202"
                    ]
                }
            )
            try Self.settle(box, other)
            #expect(
                try eventually { try DHCPBox.addresses("management") == [other.address + "/24"] },
                "\(box.log)\(server.log)"
            )
            #expect(try eventually { try Self.defaults() == ["default via \(other.router) dev management proto 202"] })
        }
    }
}
