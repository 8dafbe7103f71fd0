import Addresses
import Appliance
import Diagnostics
import Files
import Foundation
import NetworkFiles
import OVF
import PKI
import Passwords
import Syscalls
import TestSupport
import Testing

@testable import FirstBoot

/// First boot into a directory of its own, as an image build does it.
@Suite(.blocking) struct FirstBootTests {
    @Test func writesEveryFileAndThenNothing() throws {
        try withTemporaryDirectory { directory in
            let context = try Self.context(root: directory)
            let first = FirstBoot.run(context)
            #expect(first.failed.map(\.failure) == [])
            #expect(try Self.read(directory, "/etc/hostname") == "haproxy.local\n")
            #expect(try Self.read(directory, "/etc/hosts").contains("10.13.10.199 haproxy.local haproxy"))
            #expect(try Self.read(directory, "/etc/resolv.conf").contains("nameserver 172.24.3.1\n"))
            #expect(
                try Self.values(directory, "/etc/vmware/route-tables.cfg") == [
                    "2,workload,00:50:56:b4:ca:fd,10.13.201.10/24,10.13.201.1",
                    "2,workload,00:50:56:b4:ca:fd,10.13.201.10/24",
                    "3,frontend,00:50:56:b4:ef:d1,10.13.200.10/24,10.13.200.1",
                    "3,frontend,00:50:56:b4:ef:d1,10.13.200.10/24",
                ]
            )
            #expect(try Self.values(directory, "/etc/vmware/anyip-routes.cfg") == ["10.13.200.32/27"])
            #expect(try Self.values(directory, "/etc/vmware/workload-networks.cfg") == ["10.13.21.0/24"])
            let sshd = try Self.read(directory, "/etc/ssh/sshd_config.d/10-appliance-net.conf")
            #expect(sshd.contains("PermitRootLogin yes\nListenAddress 10.13.10.199\n"))
            #expect(try Self.read(directory, "/etc/haproxy/dataplaneapi.cfg").contains("TLS_PORT=5556\n"))

            let second = FirstBoot.run(context)
            #expect(second.changes == [])
            #expect(second.failed.isEmpty)
        }
    }

    /// IPv6, MTU, search domains and time servers come through to the files, the certificate and sshd.
    @Test func writesBothFamilies() throws {
        try withTemporaryDirectory { directory in
            var context = try Self.context(root: directory)
            context.settings.network.searchDomains = ["corp.example"]
            context.settings.network.ntpServers = ["ntp1.corp.example"]
            context.settings.network.management.address6 = InterfaceAddress("fd00:10::199/64")
            context.settings.network.management.gateway6 = IPAddress("fe80::1")
            context.settings.network.management.mtu = 9000
            context.settings.network.workload.address6 = InterfaceAddress("fd00:201::10/64")
            context.settings.network.workload.gateway6 = IPAddress("fd00:201::1")
            #expect(FirstBoot.run(context).failed.map(\.failure) == [])
            let settings = try Self.read(directory, "/etc/appliance-net/appliance.toml")
            let management = "address6 = \"fd00:10::199/64\"\ngateway6 = \"fe80::1\"\nmtu = 9000\n"
            #expect(settings.contains(management))
            #expect(settings.contains("search_domains = [\"corp.example\"]\nntp_servers = [\"ntp1.corp.example\"]\n"))
            let tables = try Self.values(directory, "/etc/vmware/route-tables.cfg")
            #expect(tables.contains("2,workload,00:50:56:b4:ca:fd,fd00:201::10/64,fd00:201::1"))
            #expect(tables.contains("2,workload,00:50:56:b4:ca:fd,fd00:201::10/64"))
            let sshd = try Self.read(directory, "/etc/ssh/sshd_config.d/10-appliance-net.conf")
            #expect(sshd.contains("ListenAddress 10.13.10.199\nListenAddress fd00:10::199\n"))
            let server = directory + "/etc/haproxy/server.crt"
            let names = try run("openssl", "x509", "-in", server, "-noout", "-ext", "subjectAltName")
            #expect(names.contains("IP Address:FD00:10:0:0:0:0:0:199"))
            #expect(FirstBoot.run(context).changes == [])
        }
    }

    @Test func certificatesVerify() throws {
        try withTemporaryDirectory { directory in
            _ = FirstBoot.run(try Self.context(root: directory))
            let authority = directory + "/etc/haproxy/ca.crt"
            let server = directory + "/etc/haproxy/server.crt"
            #expect(try run("openssl", "verify", "-CAfile", authority, server).contains("OK"))
            let names = try run("openssl", "x509", "-in", server, "-noout", "-ext", "subjectAltName")
            for name in [
                "DNS:haproxy.local", "DNS:localhost", "IP Address:127.0.0.1", "IP Address:10.13.10.199",
                "IP Address:10.13.201.10", "IP Address:10.13.200.10",
            ] {
                #expect(names.contains(name))
            }
        }
    }

    /// The oracle accepts what we ship, and the API's user is there with a salted hash.
    @Test func proxyConfigurationIsAcceptedByHAProxy() throws {
        try withTemporaryDirectory { directory in
            _ = FirstBoot.run(try Self.context(root: directory))
            let path = directory + "/etc/haproxy/haproxy.cfg"
            try run("haproxy", "-c", "-f", path)
            let text = try Self.read(directory, "/etc/haproxy/haproxy.cfg")
            let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("  user admin password ") })
            let hash = PasswordHash(String(line.split(separator: " ")[3]))
            #expect(hash.matches("example-password"))
            #expect(!text.contains("example-password"))
        }
    }

    @Test func keepsTheServicesOfAnExistingFile() throws {
        try withTemporaryDirectory { directory in
            let services = "# by hand\nfrontend f\n  bind 127.0.0.1:80   # kept\n  default_backend b\n\nbackend b\n"
            try AtomicFile.makeDirectory(directory + "/etc/haproxy")
            try AtomicFile.replace(directory + "/etc/haproxy/haproxy.cfg", with: "defaults\n  mode tcp\n" + services)
            let report = FirstBoot.run(try Self.context(root: directory))
            #expect(report.failed.isEmpty)
            let text = try Self.read(directory, "/etc/haproxy/haproxy.cfg")
            #expect(text.contains(services.dropLast()))
            #expect(text.contains("userlist controller\n  user admin password $6$"))
        }
    }

    /// sshd itself says what it makes of the drop-in.
    @Test func sshdTakesTheDropIn() throws {
        try withTemporaryDirectory { directory in
            _ = FirstBoot.run(try Self.context(root: directory))
            let key = directory + "/host_key"
            try run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)
            let dropIn = directory + "/etc/ssh/sshd_config.d/10-appliance-net.conf"
            // sshd wants a directory that its unit makes; a /run of its own leaves this machine's alone.
            let ownRun = "mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd && exec /usr/sbin/sshd -T \"$@\""
            let settings = try run("unshare", "--mount", "sh", "-c", ownRun, "sshd", "-h", key, "-f", dropIn)
            #expect(settings.contains("permitrootlogin yes\n"))
            #expect(settings.contains("listenaddress 10.13.10.199:22\n"))
        }
    }

    /// What an admin added by hand stays while the properties say what they said; a changed property wins.
    @Test func anEditedFileStaysUntilItsPropertiesChange() throws {
        try withTemporaryDirectory { directory in
            let path = "/etc/vmware/anyip-routes.cfg"
            var context = try Self.context(root: directory)
            _ = FirstBoot.run(context)
            let edited = try Self.read(directory, path) + "10.13.200.64/27\n"
            try AtomicFile.replace(directory + path, with: edited)
            #expect(FirstBoot.run(context).changes == [])
            #expect(try Self.read(directory, path) == edited)

            context.settings.loadBalance.serviceRanges = [try #require(IPNetwork("10.13.200.96/27"))]
            #expect(FirstBoot.run(context).changes == ["rewrote \(path)"])
            #expect(try Self.values(directory, path) == ["10.13.200.96/27"])

            try AtomicFile.remove(directory + path)
            #expect(FirstBoot.run(context).changes == ["created \(path)"])
        }
    }

    /// A password that was changed on the appliance is not set back by the next boot; a changed property wins.
    @Test func aChangedPasswordStaysUntilItsPropertyChanges() throws {
        try withTemporaryDirectory { directory in
            var context = try Self.context(root: directory)
            _ = FirstBoot.run(context)
            func hash() throws -> PasswordHash {
                let text = try Self.read(directory, ProxyConfigurationStep.path)
                let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("  user admin password ") })
                return PasswordHash(String(line.split(separator: " ")[3]))
            }
            let old = try hash()
            let own = try PasswordHash.make("chosen by the admin")
            let text = try Self.read(directory, ProxyConfigurationStep.path)
            let path = directory + ProxyConfigurationStep.path
            try AtomicFile.replace(path, with: text.replacing(old.text, with: own.text), mode: 0o640)
            #expect(FirstBoot.run(context).changes == [])
            #expect(try hash() == own)

            context.settings.loadBalance.password = Secret("another-password")
            #expect(FirstBoot.run(context).changes == ["rewrote \(ProxyConfigurationStep.path)"])
            #expect(try hash().matches("another-password"))
            let record = directory + FirstBootContext.derived + ProxyConfigurationStep.record
            #expect(try run("stat", "-c", "%f", record) == "8180\n")
        }
    }

    /// An image's absolute links point into the image, not at the files of the machine that builds it.
    @Test func writesNothingOutsideItsRoot() throws {
        try withTemporaryDirectory { directory in
            let outside = directory + "/outside"
            try AtomicFile.makeDirectory(outside)
            try AtomicFile.replace(outside + "/hostname", with: "builder\n")
            try AtomicFile.makeDirectory(directory + "/image/etc")
            symlink(outside + "/hostname", directory + "/image/etc/hostname")
            symlink(outside, directory + "/image/etc/haproxy")
            let report = FirstBoot.run(try Self.context(root: directory + "/image"))
            #expect(
                report.failed.map(\.name) == [
                    "network", "certificates", "proxy configuration", "API configuration",
                ]
            )
            #expect(try run("ls", "-A", outside) == "hostname\n")
            #expect(try AtomicFile.readText(outside + "/hostname") == "builder\n")
        }
    }

    /// One step that cannot do its work takes none of the others down.
    @Test func aFailedStepIsNamedAndTheOthersRun() throws {
        try withTemporaryDirectory { directory in
            try AtomicFile.makeDirectory(directory + "/etc/hostname")
            let report = FirstBoot.run(try Self.context(root: directory))
            #expect(report.failed.map(\.name) == ["network"])
            #expect(report.failed.first?.failure?.contains("/etc/hostname") == true)
            #expect(try Self.values(directory, "/etc/vmware/anyip-routes.cfg") == ["10.13.200.32/27"])
        }
    }

    /// Everything that was planted as a secret, searched for in everything that was written.
    @Test func writesNoSecretInPlainText() throws {
        try withTemporaryDirectory { directory in
            let report = FirstBoot.run(try Self.context(root: directory))
            #expect(!"\(report)".contains("example-"))
            let found = try Syscalls.Subprocess.run(["grep", "-rlE", "example-(root-)?password", directory])
            #expect(found.output == "")
        }
    }

    /// What cannot be used is found before anything is changed.
    @Test func checksTheMaterialAndTheAdapters() throws {
        let environment = try Self.environment()
        var settings = try Self.context(root: "/nonexistent").settings
        #expect(
            FirstBoot.check(settings, from: environment, now: .init(Date(timeIntervalSince1970: 1_800_000_000))).isEmpty
        )
        settings.network.workload.mac = nil
        settings.appliance.caCertificate = "no certificate"
        settings.appliance.caKey = Secret("no key, canary")
        let problems = FirstBoot.check(
            settings,
            from: environment,
            now: .init(Date(timeIntervalSince1970: 1_800_000_000))
        )
        #expect(problems.contains { $0.message.hasPrefix("network.workload_ip: it is given, but no network adapter") })
        #expect(problems.contains { $0.message.hasPrefix("appliance.ca_cert: ") })
        #expect(problems.contains { $0.message.hasPrefix("appliance.ca_cert_key: ") })
        #expect(problems.allSatisfy { $0.remedy != nil && !$0.rendered.contains("canary") })
        #expect(problems.allSatisfy { $0.file == environment.file && $0.position != nil })
    }

    /// A new version's comments are no reason to write over what an admin added.
    @Test func commentsAreNoReasonToWrite() throws {
        try withTemporaryDirectory { directory in
            let context = try Self.context(root: directory)
            _ = FirstBoot.run(context)
            let path = "/etc/appliance-net/appliance.toml"
            let record = directory + FirstBootContext.derived + path
            let former = try #require(try AtomicFile.readText(record))
            try AtomicFile.replace(record, with: "# Settings, as another version had them.\n" + former, mode: 0o600)
            let edited = try Self.read(directory, path) + "\n[guard]\nping = \"never\"\n"
            try AtomicFile.replace(directory + path, with: edited)
            #expect(FirstBoot.run(context).changes == [])
            #expect(try Self.read(directory, path) == edited)
        }
    }

    /// A file that reading would refuse is a problem before it is written.
    @Test func checksTheFilesItWouldWrite() throws {
        let environment = try Self.environment()
        var settings = try Self.context(root: "/nonexistent").settings
        settings.network.workload.gateway = IPAddress("10.99.0.1")
        let problems = FirstBoot.check(
            settings,
            from: environment,
            now: .init(Date(timeIntervalSince1970: 1_800_000_000))
        )
        #expect(
            problems.map(\.message) == [
                "the properties together give a wrong /etc/vmware/route-tables.cfg: "
                    + "gateway 10.99.0.1 is not inside 10.13.201.0/24"
            ]
        )
    }

    /// A gateway that is left in the form beside an empty address must not stop the whole network.
    @Test func aGatewayWithoutAnAddressIsLeftOut() throws {
        try withTemporaryDirectory { directory in
            var context = try Self.context(root: directory)
            context.settings.network.management.address = nil
            #expect(FirstBoot.run(context).failed.isEmpty)
            #expect(try NetworkConfiguration.load(context.root).appliance[.management]?.gateway == nil)
        }
    }

    /// Nothing has to follow a lease: what is for management listens everywhere then, and the guard keeps others from it.
    @Test func withoutAnAddressOfManagementTheServicesListenEverywhere() throws {
        try withTemporaryDirectory { directory in
            var context = try Self.context(root: directory)
            context.settings.network.management.address = nil
            #expect(FirstBoot.run(context).failed.isEmpty)
            #expect(try Self.read(directory, "/etc/haproxy/dataplaneapi.cfg").contains("TLS_HOST=::\n"))
            let sshd = try Self.read(directory, "/etc/ssh/sshd_config.d/10-appliance-net.conf")
            #expect(!sshd.contains("ListenAddress"))
        }
    }

    static func context(root: String) throws -> FirstBootContext {
        let settings = try #require(SettingsReader.read(try environment()).settings)
        return FirstBootContext(
            settings: settings,
            root: Root(root),
            filesOnly: true,
            handsOver: false,
            now: CertificateClock.now()
        )
    }

    static func environment() throws -> OVFEnvironment {
        let path = examples + "frontend.ovf-env.xml"
        return try OVFEnvironment(xml: try AtomicFile.read(path), file: path)
    }

    static let examples =
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path(percentEncoded: false) + "/ovf/examples/"

    static func read(_ directory: String, _ path: String) throws -> String {
        try #require(try AtomicFile.readText(directory + path))
    }

    /// The lines that are neither blank nor comments.
    static func values(_ directory: String, _ path: String) throws -> [String] {
        try read(directory, path).split(separator: "\n").filter { !$0.hasPrefix("#") }.map { String($0) }
    }
}

@Suite struct HandOverTests {
    @Test(arguments: [
        ("appliance-proxy.service", "/etc/haproxy/haproxy.cfg", "start", "reload"),
        ("appliance-dataplane.service", "/etc/haproxy/dataplaneapi.cfg", "start", "restart"),
        ("ssh.service", "/etc/ssh/sshd_config.d/10-appliance-net.conf", nil, "reload"),
    ])
    func aRunningUnitTakesUpWhatChanged(_ unit: String, _ file: String, _ stopped: String?, _ running: String) {
        func verbs(_ isActive: Bool, _ changes: [String]) -> [String] {
            HandOverStep.verbs(unit, isEnabled: false, isActive: isActive, changes: changes)
        }
        #expect(verbs(false, []) == (stopped.map { [$0] } ?? []))
        #expect(verbs(true, ["rewrote \(file)"]) == [running])
        #expect(verbs(true, ["rewrote /etc/hosts"]) == [])
        #expect(verbs(true, []) == [])
    }

    /// Host keys of a rebuild that a power cut or a failure kept from the services of this start.
    @Test func whatARebuildRestoredIsHandedOverOnce() throws {
        try withTemporaryDirectory { directory in
            let context = try FirstBootTests.context(root: directory)
            try HandOverStep.expect(["/etc/ssh/ssh_host_rsa_key", "/etc/hosts"], context.root)
            try HandOverStep.expect(["/etc/haproxy/haproxy.cfg"], context.root)
            let changes = try HandOverStep.changes(context)
            for (unit, verb) in [("ssh.service", "reload"), ("appliance-proxy.service", "reload")] {
                #expect(HandOverStep.verbs(unit, isEnabled: true, isActive: true, changes: changes) == [verb])
            }
        }
    }

    /// What keeps the network is there at every boot, also where first boot does not run any more.
    @Test func theNetworkServiceIsEnabledAndStarted() {
        func verbs(_ unit: String, _ isEnabled: Bool, _ isActive: Bool) -> [String] {
            let changes = ["rewrote /etc/vmware/anyip-routes.cfg"]
            return HandOverStep.verbs(unit, isEnabled: isEnabled, isActive: isActive, changes: changes)
        }
        #expect(verbs("appliance-net.service", false, false) == ["enable", "start"])
        #expect(verbs("appliance-net.service", true, false) == ["start"])
        #expect(verbs("appliance-net.service", false, true) == ["enable"])
        #expect(verbs("appliance-net.service", true, true) == [])
        #expect(verbs("appliance-net-resume.service", false, false) == ["enable"])
        #expect(verbs("appliance-net-resume.service", true, false) == [])
    }
}

@Suite struct RootPasswordTests {
    @Test func findsRootsHash() {
        #expect(RootPasswordStep.rootHash("daemon:*:1\nroot:$y$x:2:3\n") == "$y$x")
        #expect(RootPasswordStep.rootHash("daemon:*:1\n") == nil)
    }
}
