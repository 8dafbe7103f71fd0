import Files
import Foundation
import Glibc
import NetworkTestSupport
import Syscalls
import TestSupport
import Testing

/// First boot out of guestinfo, as on VMware: what is read, what is told, what is taken out, and what a power cut leaves.
@Suite(.blocking) struct GuestinfoBootTests {
    private static let environment = "guestinfo.ovfEnv"
    private static let status = "guestinfo.appliance.status"
    private static let authority = "guestinfo.dataplaneapi.cacert"

    @Test func bootsAndLeavesNoSecretBehind() throws {
        try inGuest { guest in
            let first = try guest.program("firstboot")
            #expect(first.status == 0, "\(first.errors)")
            let took = "took appliance.root_pwd, loadbalance.haproxy_pwd out of guestinfo.ovfEnv\n"
            #expect(first.errors.contains("firstboot: scrub: " + took))
            #expect(try guest.host.value(Self.environment)?.contains("example-") == false)
            #expect(try guest.passwordIs("example-password"))

            let authority = try #require(try guest.host.value("guestinfo.dataplaneapi.cacert"))
            let certificate = try AtomicFile.readText(guest.root["/etc/haproxy/ca.crt"])
            #expect(try run("base64", "-d", input: authority) == certificate)
            // No proxy and no API run here.
            #expect(try guest.told(".state") == "degraded")
            #expect(try guest.told(".first_boot.state") == "complete")
            #expect(try guest.told(".first_boot.source") == Self.environment)
            #expect(try guest.told("[.interfaces[].addresses[]] | join(\" \")").hasPrefix("10.13.10.199/24 "))
            #expect(try guest.told(".api.url") == "https://10.13.10.199:5556/")

            // The next boot: scrubbed means keep.
            let second = try guest.program("firstboot")
            #expect(second.status == 0)
            #expect(second.output == "nothing to change: the appliance is as its properties want it\n")
            #expect(try guest.passwordIs("example-password"))

            // A power-on writes all of it again, with another password.
            try guest.powerOn(replacing: "\"example-password\"", with: "\"another-password\"")
            #expect(try guest.program("firstboot").status == 0)
            #expect(try guest.passwordIs("another-password"))
            #expect(try guest.host.value(Self.environment)?.contains("another-") == false)

            // Nothing in guestinfo at all: what was last good, without the secrets.
            try guest.host.set(Self.environment, " ")
            let copied = try guest.program("firstboot")
            #expect(copied.output == "nothing to change: the appliance is as its properties want it\n")
            #expect(try guest.passwordIs("another-password"))
            let path = guest.root["/var/lib/appliance-net/recovery/properties.json"]
            #expect(try run("stat", "-c", "%f", path) == "8180\n")
            #expect(try AtomicFile.readText(path)?.contains("another-") == false)
        }
    }

    /// None given, none by default: one is made once, for root alone, and shown on the console until it holds no more.
    @Test func makesAPasswordWhereNoneIsGiven() throws {
        try inGuest { guest in
            let path = guest.root["/var/lib/appliance-net/api-password"]
            try guest.powerOn(replacing: "\"example-password\"", with: "\"\"")
            let first = try guest.program("firstboot")
            #expect(first.status == 0, "\(first.errors)")
            #expect(try run("stat", "-c", "%f", path) == "8180\n")
            let words = try #require(try AtomicFile.readText(path)).split { $0.isWhitespace }
            let password = String(words[1])
            #expect(words[0] == "admin" && password.wholeMatch(of: /[a-z2-9]{5}(-[a-z2-9]{5}){3}/) != nil)
            #expect(try guest.passwordIs(password))
            #expect(!(first.output + first.errors).contains(password))
            #expect(try guest.program("console", "--once").output.contains("API password  \(password)\n"))
            #expect(try !guest.program("console", "--once", "--json").output.contains(password))
            #expect(try guest.host.value(Self.status)?.contains(password) == false)

            #expect(try guest.program("firstboot").output.hasPrefix("nothing to change"))
            #expect(try guest.passwordIs(password))
            // haproxy.cfg gone: the same password, not another one.
            try run("rm", guest.root["/etc/haproxy/haproxy.cfg"])
            #expect(try guest.program("firstboot").status == 0)
            #expect(try guest.passwordIs(password))

            try guest.powerOn()
            #expect(try guest.program("firstboot").status == 0)
            #expect(try guest.passwordIs("example-password"))
            #expect(try AtomicFile.status(path) == nil)
            #expect(try !guest.program("console", "--once").output.contains("API password"))
        }
    }

    /// A scrub that fails is an error that is told, and the console goes on trying.
    @Test func aScrubThatFailsIsTriedAgain() throws {
        try inGuest { guest in
            try guest.host.fails(true)
            let first = try guest.program("firstboot")
            #expect(first.status == 1)
            #expect(first.errors.contains("firstboot: scrub: FAILED: set guestinfo.ovfEnv: vmware-rpctool ended with"))
            #expect(try guest.program("console", "--once").output.contains("! scrub: set guestinfo.ovfEnv: "))
            try guest.host.fails(false)
            let console = try guest.console("--publish", "--every", "1")
            #expect(try eventually { try guest.host.value(Self.environment)?.contains("example-") == false })
            #expect(try eventually { try guest.host.value(Self.status) != nil })
            #expect(try eventually { try guest.host.value("guestinfo.dataplaneapi.cacert") != nil })
            withExtendedLifetime(console) {}
        }
    }

    /// Of a configured machine too: what was last good counts, and first boot has failed; the next one takes up what was
    /// typed, and its secrets out.
    @Test func whatCannotBeReadIsNotPassedOver() throws {
        try inGuest { guest in
            #expect(try guest.program("firstboot").status == 0)
            try guest.powerOn(replacing: "\"example-password\"", with: "\"another-password\"")
            try guest.host.failsToRead(1000)
            let failed = try guest.program("firstboot")
            #expect(failed.status == 1)
            let words = "firstboot: scrub: FAILED: what vCenter has written counts not yet, and its secrets stay: "
            #expect(failed.errors.contains(words + "read guestinfo.ovfEnv: vmware-rpctool ended"), "\(failed.errors)")
            #expect(try guest.passwordIs("example-password"))
            #expect(try guest.host.value(Self.environment)?.contains("another-password") == true)
            #expect(try guest.told(".first_boot.problems[]").contains("scrub: what vCenter has written"))
            try guest.host.failsToRead(0)
            #expect(try guest.program("firstboot").status == 0)
            #expect(try guest.passwordIs("another-password"))
            #expect(try guest.host.value(Self.environment)?.contains("another-") == false)
        }
    }

    /// What the host does not take keeps it from nothing else.
    @Test func eachIsTriedForItself() throws {
        try inGuest { guest in
            try guest.host.fails(true)
            #expect(try guest.program("firstboot").status == 1)
            try guest.host.fails(true, Self.status)
            try guest.host.fails(false)
            let console = try guest.console("--publish", "--every", "1")
            #expect(try eventually { try guest.host.value(Self.environment)?.contains("example-") == false })
            #expect(try eventually { try guest.host.value(Self.authority) != nil })
            try guest.host.fails(false, Self.status)
            #expect(try eventually { try guest.host.value(Self.status) != nil })
            withExtendedLifetime(console) {}
        }
    }

    /// An adapter in another one's network looks as it should, but for the gateway, which is not there.
    @Test func aSilentGatewayIsTold() throws {
        try inGuest { guest in
            #expect(try guest.program("firstboot").status == 0)
            let console = try guest.console("--publish", "--every", "1")
            let silent = ".problems | any(startswith(\"gateway 10.13.201.1: no answer to ARP on workload (\"))"
            #expect(try eventually { try guest.host.value(Self.status) != nil && guest.told(silent) == "true" })
            withExtendedLifetime(console) {}
        }
    }

    /// While one CA follows the other, the host has both, as `cert export` gives them.
    @Test func theHostIsToldOfEveryAuthority() throws {
        try inGuest { guest in
            #expect(try guest.program("firstboot").status == 0)
            let console = try guest.console("--publish", "--every", "1")
            func fingerprints() throws -> String { try guest.program("cert", "show", "--json").output }
            for (step, count) in [
                ("", "1\n"), ("rotate", "2\n"), ("--cancel", "1\n"), ("rotate", "2\n"), ("--finish", "1\n"),
            ] {
                let options = step == "rotate" ? [] : [step]
                if !step.isEmpty { #expect(try guest.program(["cert", "rotate-ca"] + options).status == 0) }
                let wanted = try guest.program("cert", "export", "--base64").output
                #expect(try run("jq", "-r", ".trust | length", input: fingerprints()) == count)
                #expect(try eventually { try guest.host.value(Self.authority).map { $0 + "\n" } == wanted }, "\(step)")
            }
            withExtendedLifetime(console) {}
        }
    }

    /// Of wrong properties management alone is started; the host, the console and `status` tell why, and right ones make
    /// the whole appliance.
    @Test func tellsWhyThePropertiesAreRefused() throws {
        try inGuest { guest in
            let settings = guest.root["/etc/appliance-net/appliance.toml"]
            for gateway in ["10.13.10.1", "10.13.10.2"] {
                var text = try #require(try AtomicFile.readText(CommandLineTests.example))
                    .replacing("10.13.201.10/24", with: "10.13.201.10/33").replacing(
                        "10.13.10.1\"",
                        with: gateway + "\""
                    )
                text = text.replacing("haproxy.local", with: "-not-a-name-")
                try guest.host.set(Self.environment, text)
                let refused = try guest.program("firstboot")
                #expect(refused.status == 65)
                #expect(refused.errors.contains("firstboot: 2 errors in the properties; only management was started\n"))
                #expect(try run("ip", "-o", "address").contains(" management    inet 10.13.10.199/24 "))
                #expect(try run("ip", "route").hasPrefix("default via \(gateway) dev management"))
                #expect(try AtomicFile.readText(settings)?.contains("[interface.workload]") == false)
            }
            #expect(try guest.host.value(Self.environment)?.contains("example-password") == true)
            #expect(try guest.told(".state") == "failed")
            #expect(try guest.told(".first_boot.problems[]").contains("network.workload_ip = \"10.13.201.10/33\": "))
            #expect(try guest.told(".first_boot.progress") == "only management was started")
            let page = try guest.program("console", "--once").output
            #expect(page.contains("First boot    refused, only management was started"))
            #expect(page.contains("! network.workload_ip"))
            #expect(page.contains("management    10.13.10.199/24"))
            let status = try guest.program("status", "--long", "--wait")
            #expect(status.status != 0)
            #expect(status.output.contains("First boot    refused"))

            try guest.powerOn()
            #expect(try guest.program("firstboot").status == 0)
            let whole = try #require(try AtomicFile.readText(settings))
            #expect(whole.contains("[interface.workload]") && whole.contains("hostname = \"haproxy.local\""))
            // Of an appliance that is configured nothing is changed.
            try guest.powerOn(replacing: "10.13.201.10/24", with: "10.13.201.10/33")
            #expect(try guest.program("firstboot").errors.contains("in the properties; nothing was changed\n"))
            #expect(try AtomicFile.readText(settings) == whole)
        }
    }

    /// What is no document of properties is told by its name, and by the line that is wrong.
    @Test func tellsWhichDocumentIsWrong() throws {
        try inGuest { guest in
            try guest.host.set(Self.environment, "<Environment>\n<")
            #expect(try guest.program("firstboot").status == 65)
            #expect(try guest.told(".first_boot.problems[]").hasPrefix("guestinfo.ovfEnv:2: "))
        }
    }

    /// What is wrong with management itself starts nothing.
    @Test(arguments: [("10.13.10.199/24", "10.13.10.199/33"), ("\"10.13.10.1\"", "\"10.13.99.1\"")])
    func aWrongManagementIsNotStarted(_ right: String, _ wrong: String) throws {
        try inGuest { guest in
            try guest.powerOn(replacing: right, with: wrong)
            let refused = try guest.program("firstboot")
            #expect(refused.status == 65)
            #expect(refused.errors.contains("in the properties; nothing was changed\n"))
            #expect(try AtomicFile.status(guest.root["/etc"]) == nil)
            #expect(try guest.told(".first_boot.progress") == "nothing was changed")
        }
    }

    /// An adapter that the kernel finds late is waited for, and udev, which may be about to name one.
    @Test func waitsForAdapters() throws {
        try inGuest { guest in
            let adapter = ["00:50:56:b4:ef:d1", "type", "veth", "peer", "name", "peer2"]
            try run("ip", "link", "delete", "eth2")
            let hurried = try guest.program("firstboot")
            #expect(hurried.status == 1)
            #expect(
                hurried.errors.contains("network: FAILED: link frontend: no link has the MAC address 00:50:56:b4:ef:d1")
            )
            #expect(!hurried.errors.contains("waits"))

            try guest.reset()
            let late = try guest.firstBoot("--wait", "600")
            #expect(eventually { late.log.contains("firstboot: waits for the adapter 00:50:56:b4:ef:d1\n") })
            try run(["ip", "link", "add", "eth2", "address"] + adapter)
            #expect(eventually { late.hasEnded })
            #expect(late.log.contains("configured;"), "\(late.log)")
            #expect(try guest.told(".first_boot.state") == "complete")

            try run("ip", "link", "delete", "frontend")
            try run(["ip", "link", "add", "eth2", "index", "77", "address"] + adapter)
            let udev = guest.root["/run/udev"]
            try run("mkdir", "-p", udev + "/data")
            for index in try run("jq", "-r", ".[].ifindex", input: run("ip", "-j", "link")).split(separator: "\n") {
                if index != "77" { try run("touch", udev + "/data/n\(index)") }
            }
            try run("touch", udev + "/control")
            let named = try guest.firstBoot("--wait", "600")
            #expect(eventually { named.log.hasSuffix("firstboot: waits for the adapter 00:50:56:b4:ef:d1\n") })
            #expect(try run("ip", "link").contains(" eth2@"))
            try run("touch", udev + "/data/n77")
            #expect(eventually { named.hasEnded })
            #expect(try run("ip", "link").contains(" frontend@"))
        }
    }

    /// Before first boot has begun, and while what it is to rebuild from does not answer, nothing is ready.
    @Test func startsUntilItIsConfigured() throws {
        try inGuest { guest in
            let page = try guest.program("console", "--once").output
            #expect(page.contains("State         unconfigured\n") && page.contains("! this machine was never "))
            let source = "<Property oe:key=\"recovery.source\" oe:value=\"http://127.0.0.1:1/a.bundle\"/>"
            try guest.powerOn(replacing: "</PropertySection>", with: source + "</PropertySection>")
            let boot = try guest.firstBoot()
            #expect(try eventually { try guest.host.value(Self.status) != nil })
            #expect(try guest.told(".state") == "starting")
            #expect(try guest.told(".first_boot.state") == "running")
            #expect(
                try eventually { try guest.program("console", "--once").output.contains("0 of 11 steps, now: rebuild") }
            )
            withExtendedLifetime(boot) {}
        }
    }

    /// Killed at each of its steps: the secrets are either in place or still in guestinfo, and the next boot ends it. Most of a
    /// step is waiting for answers that do not come: several machines take turns.
    @Test(arguments: [("rename", 1, 4), ("rename", 2, 4), ("rename", 3, 4), ("rename", 4, 4), ("unlink", 1, 1)])
    func aPowerCutLosesNoSecret(_ call: String, _ first: Int, _ turns: Int) throws {
        try inGuest { guest in
            var step = first
            while step < 200 {
                let result = try guest.killed("firstboot", at: call, step)
                let isScrubbed = try guest.host.value(Self.environment)?.contains("example-password") == false
                if isScrubbed { #expect(try guest.passwordIs("example-password"), "\(call) \(step)") }
                if result.status == 0 { break }
                #expect(result.status == 256 + Int(SIGKILL), "\(call) \(step): \(result.errors)")
                let next = try guest.program("firstboot")
                #expect(next.status == 0, "\(call) \(step): \(next.errors)")
                #expect(try guest.passwordIs("example-password"), "\(call) \(step)")
                #expect(try guest.host.value(Self.environment)?.contains("example-") == false)
                #expect(try guest.told(".first_boot.state") == "complete")
                try guest.reset()
                step += turns
            }
            #expect(step > (call == "rename" ? 20 : 1))
        }
    }
}

/// A virtual machine with open-vm-tools, in a namespace of its own.
struct Guest: Sendable {
    var root: Root
    var host: StandInGuestinfo
    var directory: String

    init(_ directory: String) throws {
        self.directory = directory
        root = Root(directory + "/root")
        host = try StandInGuestinfo(directory + "/host")
        try run("mkdir", root.prefix)
        try powerOn()
    }

    var path: String { "PATH=\(host.programs):/usr/sbin:/usr/bin:/sbin:/bin" }

    func program(_ arguments: String...) throws -> Subprocess.Result { try program(arguments) }

    func program(_ arguments: [String]) throws -> Subprocess.Result {
        try Subprocess.run(
            [try builtProgram("appliance-net")] + arguments + ["--root", root.prefix],
            environment: [path]
        )
    }

    /// Runs the program and kills it when it makes a system call for the `step`th time.
    func killed(_ arguments: String..., at call: String, _ step: Int) throws -> Subprocess.Result {
        let inject = "inject=\(call):signal=KILL:when=\(step)"
        let trace = ["strace", "-qq", "-o", "/dev/null", "-e", "trace=\(call)", "-e", inject]
        let program = [try builtProgram("appliance-net")] + arguments + ["--root", root.prefix]
        return try Subprocess.run(trace + program, environment: [path])
    }

    /// The console beside the test.
    func console(_ options: String...) throws -> SpawnedProcess {
        let program = [try builtProgram("appliance-net"), "console", "--root", root.prefix] + options
        return try SpawnedProcess(["env", path] + program, output: directory + "/console", isPatient: false)
    }

    /// First boot beside the test.
    func firstBoot(_ options: String...) throws -> SpawnedProcess {
        let program = [try builtProgram("appliance-net"), "firstboot", "--root", root.prefix] + options
        return try SpawnedProcess(["env", path] + program, output: directory + "/firstboot", isPatient: false)
    }

    /// vCenter writes the properties into guestinfo.
    func powerOn(replacing old: String = "", with new: String = "") throws {
        var text = try #require(try AtomicFile.readText(CommandLineTests.example))
        if !old.isEmpty { text = text.replacing(old, with: new) }
        try host.set("guestinfo.ovfEnv", text)
    }

    /// As it was deployed.
    func reset() throws {
        try run("rm", "-rf", root.prefix)
        try run("mkdir", root.prefix)
        try powerOn()
    }

    /// A part of what the host was told, by a filter of jq(1).
    func told(_ filter: String) throws -> String {
        let text = try #require(try host.value("guestinfo.appliance.status"))
        return String(try run("jq", "-r", filter, input: text).dropLast())
    }

    /// Whether the API's user has this password, as crypt(5) sees it.
    func passwordIs(_ password: String) throws -> Bool {
        let text = try AtomicFile.readText(root["/etc/haproxy/haproxy.cfg"]) ?? ""
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("  user admin password ") }),
            let hash = line.split(separator: " ").last
        else { return false }
        let check = "import crypt, sys; sys.exit(crypt.crypt(sys.argv[1], sys.argv[2]) != sys.argv[2])"
        return try Subprocess.run(["python3", "-W", "ignore", "-c", check, password, String(hash)]).status == 0
    }
}

/// Runs `body` in a fresh namespace whose adapters are those of the example.
func inGuest(_ body: @escaping @Sendable (Guest) throws -> Void) throws {
    try withNetworkNamespace {
        try CommandLineTests.plugIn()
        try withTemporaryDirectory { try body(try Guest($0)) }
    }
}
