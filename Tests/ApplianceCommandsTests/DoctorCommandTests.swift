import Files
import Foundation
import NetworkFiles
import NetworkTestSupport
import PKI
import Syscalls
import TestSupport
import Testing

/// `appliance-net doctor` on an appliance with gateways, a name server and a time server on its links.
@Suite(.blocking) struct DoctorCommandTests {
    private static func doctor(_ root: Root, _ arguments: String...) throws -> Subprocess.Result {
        let paths = ["--config-file", "/haproxy/haproxy.cfg", "--master-runtime", "/haproxy/master.sock"]
        return try Subprocess.run(
            [try builtProgram("appliance-net"), "doctor"] + arguments + paths + ["--root", root.prefix]
        )
    }

    /// The lines of a check's findings that are not ok.
    private static func faults(_ root: Root, _ check: String) throws -> String {
        try doctor(root).output.split(separator: "\n")
            .filter { !$0.hasPrefix("ok") && $0.dropFirst(9).hasPrefix(check + " ") }.joined(separator: "\n")
    }

    private static func proxy(_ directory: String) -> String {
        HAProxyProcess.head(in: directory) + """
            listen web
              bind 10.13.200.34:443
              server pod 10.13.201.20:443

            """
    }

    /// Answers one question after the other: as a name server with 10.13.10.1, as a time server that is `offset`
    /// seconds ahead.
    private static let server = """
        import select, socket, struct, sys, time
        names, times = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        names.bind(("10.13.10.1", 53))
        times.bind(("10.13.10.1", 123))
        print("ready", flush=True)
        while True:
            for ready in select.select([names, times], [], [])[0]:
                data, asker = ready.recvfrom(512)
                if ready is names:
                    address = data[-4:] == b"\\0\\x01\\0\\x01"
                    answer = data[:2] + b"\\x81\\x80" + data[4:6] + (b"\\0\\x01" if address else b"\\0\\0") + b"\\0\\0\\0\\0"
                    answer += data[12:]
                    if address:
                        answer += b"\\xc0\\x0c\\0\\x01\\0\\x01\\0\\0\\0\\x09\\0\\x04" + socket.inet_aton("10.13.10.1")
                else:
                    now = time.time() + 2208988800 + float(sys.argv[1])
                    stamp = struct.pack(">II", int(now) & 0xffffffff, int(now % 1 * 2**32))
                    answer = bytes([0x24, 1]) + bytes(22) + data[40:48] + stamp + stamp
                ready.sendto(answer, asker)
        """

    /// An appliance in order: applied, with certificates, the proxy and the service.
    private static func healthy(
        offset: Int = 0,
        _ body: @escaping @Sendable (Root, Neighbourhood) throws -> Void
    ) throws {
        try inNeighbourhood { root, others in
            let system = """
                [system]
                hostname = "lb.example"
                nameservers = ["10.13.10.1"]
                ntp_servers = ["time.example"]
                [guard]
                # A real HAProxy does not tell where it listens.
                enabled = false

                """
            try AtomicFile.replace(root[ApplianceFile.path], with: system + TestAppliance.settings)
            let directory = root["/haproxy"]
            try AtomicFile.makeDirectory(directory)
            try AtomicFile.replace(directory + "/haproxy.cfg", with: proxy(directory))
            try AtomicFile.replace(directory + "/server.py", with: server)
            let service = try WatchProcess(root: root.prefix)
            #expect(eventually { service.notes() == [WatchTests.ready] }, "\(service.log)")
            let log = directory + "/server.log"
            let server = try SpawnedProcess(
                ["nsenter", "--net=" + others.path, "python3", directory + "/server.py", "\(offset)"],
                output: log
            )
            #expect(eventually { (try? AtomicFile.readText(log)) == "ready\n" })
            let proxy = try HAProxyProcess(in: directory)
            try body(root, others)
            withExtendedLifetime((proxy, server, service)) {}
        }
    }

    @Test func anApplianceInOrderIsHealthy() throws {
        try Self.healthy { root, _ in
            // There is no CA yet: first boot makes it, and the doctor never does.
            let before = try Self.doctor(root, "--fix")
            #expect(before.status == 1)
            #expect(before.output.contains("failed   certificate  ca: there is no CA in /etc/haproxy/ca.crt\n"))
            #expect(before.output.contains("\n1 failure"), "\(before.output)")

            let names = "/CN=lb.example"
            try AtomicFile.makeDirectory(root["/etc/haproxy"])
            try AtomicFile.makeDirectory(root["/var/lib/appliance-net/pki"], mode: 0o700)
            try run(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "3000",
                "-subj",
                names,
                "-keyout",
                root["/var/lib/appliance-net/pki/ca.key"],
                "-out",
                root["/etc/haproxy/ca.crt"]
            )
            let missing = try Self.doctor(root)
            #expect(missing.output.contains("it must be issued anew, because there was none\n"), "\(missing.output)")
            let fixed = try Self.doctor(root, "--fix", "--json")
            #expect(fixed.status == 0, "\(fixed.output)")
            try CommandLineTests.expectDocumented(fixed.output)
            let words = try run(
                "jq",
                "-c",
                "[.healthy, (.fixed | length > 0), (.checks | length)]",
                input: fixed.output
            )
            #expect(words == "[true,true,15]\n")
            let chain = ["-CAfile", root["/etc/haproxy/ca.crt"], root["/etc/haproxy/server.crt"]]
            #expect(try run("openssl", "verify", chain[0], chain[1], chain[2]).hasSuffix(": OK\n"))

            let healthy = try Self.doctor(root)
            #expect(healthy.status == 0)
            #expect(healthy.output.contains("\nhealthy"), "\(healthy.output)")
            for line in [
                "gateways     10.13.200.1: answers on frontend as ", "dns          10.13.10.1: answers\n",
                "guard        switched off by [guard]\n",
            ] {
                #expect(healthy.output.contains("ok       \(line)"))
            }
            try Self.backups(root)
        }
    }

    /// Until one is elsewhere the doctor warns of what would be lost. The service takes backups too, at moments of its own.
    private static func backups(_ root: Root) throws {
        func isTold(_ words: String) throws -> Bool {
            try eventually(seconds: 200) {
                _ = try WatchTests.program(root.prefix, "backup")
                return try doctor(root).output.contains(words + "\n")
            }
        }
        let isHereOnly = try isTold("Z is on this appliance's disk only, and lost with it")
        #expect(isHereOnly)
        let settings = root[ApplianceFile.path]
        let text = try #require(try AtomicFile.readText(settings))
        let passphrase = "/etc/appliance-net/passphrase"
        let target = "\n[recovery]\ntarget = \"/mnt/backup\"\npassphrase = \"\(passphrase)\"\n"
        try AtomicFile.replace(root[passphrase], with: "correct horse battery\n", mode: 0o600)
        try AtomicFile.replace(settings, with: text + target)
        let why = "Z was not brought to /mnt/backup: \(root["/mnt/backup"]): there is no such directory"
        let isMissing = try isTold(why)
        #expect(isMissing)
        let remedy = "remedy: make or mount it; appliance-net backup brings it there at once\n"
        #expect(try doctor(root).output.contains(remedy))
        try AtomicFile.makeDirectory(root["/mnt/backup"])
        let isBrought = try isTold("Z, brought to /mnt/backup")
        #expect(isBrought)
        let exposed = "\(passphrase): it holds a secret, and others may read it"
        #expect(try !doctor(root).output.contains(exposed))
        try run("chmod", "640", root[passphrase])
        #expect(try doctor(root).output.contains("\(exposed)\n    remedy: chmod 600 \(passphrase)\n"))
    }

    @Test func everyFaultIsNamedWithItsRemedy() throws {
        try Self.healthy(offset: 3600) { root, others in
            // A server that answers late on a busy machine is asked again.
            let isTold = try eventually { try Self.faults(root, "time").contains("time.example: the clock is 36") }
            #expect(isTold)
            try others.run("ip", "address", "add", "10.13.200.34/24", "dev", "peer2")
            #expect(try Self.faults(root, "conflicts").hasPrefix("failed   conflicts    10.13.200.34: "))
            try others.run("ip", "address", "delete", "10.13.200.34/24", "dev", "peer2")
            try others.run("ip", "address", "delete", "10.13.201.1/24", "dev", "peer1")
            #expect(
                try Self.faults(root, "gateways") == "failed   gateways     10.13.201.1: no answer to ARP on workload"
            )
            try others.run("ip", "link", "set", "peer1", "down")
            let cut = try Self.faults(root, "links")
            #expect(cut == "failed   links        workload: it has no carrier")
            try others.run("ip", "link", "set", "peer1", "up")

            // As on a kernel that keeps no tables for their owner.
            for family in ["inet", "arp"] { try run("nft", "add", "table", family, "appliance_net") }
            #expect(try Self.faults(root, "guard").contains("the kernel does not keep the tables from other programs"))
            for family in ["inet", "arp"] { try run("nft", "delete", "table", family, "appliance_net") }

            let path = root["/haproxy/haproxy.cfg"]
            let text = try AtomicFile.readText(path) ?? ""
            try AtomicFile.replace(path, with: text.replacing("10.13.200.34:443", with: "192.0.2.7:443"))
            #expect(try Self.faults(root, "ranges").contains("192.0.2.7: web is bound to it, and it is in no range"))
            try AtomicFile.replace(path, with: text.replacing("10.13.201.20:443", with: "10.13.10.20:443"))
            #expect(
                try Self.faults(root, "backends").hasPrefix(
                    "warning  backends     web/pod: 10.13.10.20:443: it is reached"
                )
            )
            try AtomicFile.replace(path, with: "nonsense\n")
            #expect(try Self.faults(root, "files").contains("haproxy.cfg:1: "))

            try TestAppliance.writeRanges(root, "10.13.200.0/27")
            let wrong = try Self.doctor(root)
            #expect(wrong.status == 1)
            #expect(wrong.output.contains("contains the gateway 10.13.200.1 of table 3 (frontend)\n"))
            #expect(wrong.output.contains("skipped  gateways     the network's files are wrong\n"))
            // What is not right has a remedy, each.
            let json = try Self.doctor(root, "--json").output
            let bare =
                #"[.checks[].findings[] | select(.state == "failed" or .state == "warning") | select(.remedy == null)]"#
            #expect(try run("jq", "-c", bare, input: json) == "[]\n")
        }
    }

    /// Without the service: what it would have mended.
    @Test func fixAppliesTheNetwork() throws {
        try inNeighbourhood { root, _ in
            // Two CAs, of which clients are given one.
            var request = try CertificateRequest(try NetworkConfiguration.load(root), now: CertificateClock.now())
            _ = try PKIStore(root: root).ensure(request)
            let alone = try AtomicFile.read(root[PKIPaths.caCertificate])
            request.change = .beginRotation(nil)
            _ = try PKIStore(root: root).ensure(request)
            #expect(try Self.faults(root, "certificate") == "")
            try AtomicFile.replace(root[PKIPaths.caCertificate], with: alone)
            let lacking = try Self.faults(root, "certificate")
            #expect(
                lacking.hasPrefix("warning  certificate  /etc/haproxy/ca.crt: it lacks the second CA"),
                "\(lacking)"
            )
            #expect(try WatchTests.program(root.prefix, "apply").status == 0)
            try run("ip", "rule", "delete", "priority", "1003")
            #expect(try Self.faults(root, "network").contains("+ rule from 10.13.200.0/24 lookup 3"))
            #expect(try Self.faults(root, "routing").contains("because rule 1003"))
            let fixed = try Self.doctor(root, "--fix")
            #expect(fixed.output.hasPrefix("fixed    applied: + rule from 10.13.200.0/24 lookup 3\n"))
            #expect(fixed.output.contains("ok       network      as the files want it\n"))
            #expect(fixed.output.contains("fixed    wrote /etc/haproxy/ca.crt\n"), "\(fixed.output)")
            // While a try waits, nobody applies.
            try TestAppliance.writeRanges(root, TestAppliance.ranges + "\n10.13.200.64/27")
            #expect(try WatchTests.program(root.prefix, "try", "--timeout", "600").status == 0)
            try run("ip", "rule", "delete", "priority", "1003")
            let busy = try Self.doctor(root, "--fix")
            #expect(busy.errors.contains("network could not be mended: a try (generation "))
            #expect(try WatchTests.program(root.prefix, "confirm").status == 0)
            // After down it is not what somebody wants.
            #expect(try WatchTests.program(root.prefix, "down").status == 0)
            let down = try Self.doctor(root, "--fix")
            #expect(down.output.contains("warning  network      appliance-net down was run\n"))
            #expect(try !run("ip", "rule").contains("1003:"))
        }
    }
}
