import Appliance
import Diagnostics
import Files
import Guestinfo
import OVF
import TestSupport
import Testing

@testable import FirstBoot

/// Where the properties come from, and what becomes of the secrets in them.
@Suite(.blocking) struct PropertySourceTests {
    private static func example() throws -> String {
        try #require(try AtomicFile.readText(FirstBootTests.examples + "frontend.ovf-env.xml"))
    }

    /// A disc as vCenter burns it: the ISO transport of OVF.
    private static func disc(_ directory: String, _ text: String, options: [String] = ["-J", "-R"]) throws {
        let tree = directory + "/tree"
        try run("mkdir", "-p", tree, directory + "/dev")
        try AtomicFile.replace(tree + "/ovf-env.xml", with: text)
        try AtomicFile.replace(tree + "/another.txt", with: String(repeating: "x", count: 5000))
        let image = directory + "/dev/sr0"
        try run(["xorriso", "-as", "mkisofs", "-quiet", "-V", "OVF ENV"] + options + ["-o", image, tree])
    }

    @Test func guestinfoComesBeforeTheDiscAndTheDiscBeforeTheCopy() throws {
        try withTemporaryDirectory { directory in
            let root = Root(directory)
            let host = try StandInGuestinfo(directory + "/host")
            let guestinfo = Guestinfo(program: host.program)
            func found() throws -> PropertySource? {
                try PropertySource.find(root, guestinfo: guestinfo) { Issue.record("\($0)") }
            }
            #expect(try found() == nil)
            try AtomicFile.makeDirectory(directory + "/var/lib/appliance-net/recovery")
            // Of an image: the machine that it is put on has other adapters.
            try AtomicFile.replace(root[PropertyRecord.path], with: "{\"network.hostname\": \"copy\"}")
            #expect(try found() == nil)
            let adapters = #""adapters": [{"mac": "00:50:56:b4:0a:c7", "network": "a"}]"#
            try AtomicFile.replace(root[PropertyRecord.path], with: "{\"network.hostname\": \"copy\", \(adapters)}")
            #expect(try found()?.origin == .copy)
            try Self.disc(directory, try Self.example())
            #expect(try found()?.origin == .disc(device: directory + "/dev/sr0"))
            try host.set(GuestinfoKey.ovfEnvironment, try Self.example())
            #expect(try found()?.origin == .guestinfo(guestinfo))
            #expect(try found()?.environment["network.hostname"]?.value == "haproxy.local")
            // What is there and wrong is told; an older source would not be what was asked for.
            try host.set(GuestinfoKey.ovfEnvironment, "<Environment")
            #expect(throws: DiagnosticsError.self) { try found() }
        }
    }

    /// At a power-on the host may be late.
    @Test func guestinfoIsAskedAgain() throws {
        try withTemporaryDirectory { directory in
            let host = try StandInGuestinfo(directory + "/host")
            try host.set(GuestinfoKey.ovfEnvironment, try Self.example())
            try host.failsToRead(2)
            var said: [String] = []
            let guestinfo = Guestinfo(program: host.program)
            let found = try PropertySource.find(Root(directory), guestinfo: guestinfo, patience: .seconds(300)) {
                said.append($0)
            }
            #expect(found?.origin == .guestinfo(guestinfo) && found?.unread == nil)
            #expect(said == ["read guestinfo.ovfEnv: vmware-rpctool ended with status 1: Failed to get the host"])
        }
    }

    /// What vCenter has just written is not known to be in place, nor to be gone: another source does not make it so.
    @Test func guestinfoThatCannotBeReadIsNotForgotten() throws {
        try withTemporaryDirectory { directory in
            let root = Root(directory)
            let host = try StandInGuestinfo(directory + "/host")
            try host.set(GuestinfoKey.ovfEnvironment, try Self.example())
            try host.failsToRead(1000)
            func find() throws -> PropertySource? {
                try PropertySource.find(root, guestinfo: Guestinfo(program: host.program), patience: .zero) { _ in }
            }
            let alone = #expect(throws: DiagnosticsError.self) { try find() }
            #expect(alone?.diagnostics.first?.message.contains("Failed to get the host; there is no other") == true)
            try AtomicFile.makeDirectory(directory + "/var/lib/appliance-net/recovery")
            let copy = #"{"adapters": [{"mac": "00:50:56:b4:0a:c7", "network": "a"}]}"#
            try AtomicFile.replace(root[PropertyRecord.path], with: copy)
            var sources = [try find()]
            try Self.disc(directory, try Self.example())
            sources.append(try find())
            #expect(sources.map { $0?.origin } == [.copy, .disc(device: directory + "/dev/sr0")])
            for source in sources {
                var context = try FirstBootTests.context(root: directory)
                context.filesOnly = false
                context.source = source
                let live = context
                let error = #expect(throws: FirstBootError.self) { try ScrubStep().run(live) }
                #expect(error?.message.hasSuffix("Failed to get the host") == true)
                #expect(error?.remedy.hasSuffix("systemctl restart appliance-firstboot") == true)
            }
            #expect(try host.value(GuestinfoKey.ovfEnvironment) == (try Self.example()))
        }
    }

    /// What vCenter and scripts write for what nobody has typed.
    @Test(arguments: ["", " ", "null", " null "])
    func whatNobodyTypedIsTheBundles(_ value: String) {
        let typed = OVFEnvironment(file: "", properties: [OVFProperty("network.hostname", value)])
        let former = "{\"network.hostname\": \"former\"}"
        #expect(PropertyRecord.overlay(typed, on: former)["network.hostname"]?.value == "former")
        #expect(PropertyRecord.differences(typed, from: former) == [])
    }

    /// Names as the standard alone has them, and with its extensions.
    @Test(arguments: [["-J", "-R"], [], ["-R"], ["-relaxed-filenames", "-allow-lowercase"]])
    func readsTheDisc(_ options: [String]) throws {
        try withTemporaryDirectory { directory in
            try Self.disc(directory, try Self.example(), options: options)
            let bytes = try EnvironmentDisc.read(directory + "/dev/sr0")
            #expect(bytes == Array(try Self.example().utf8))
        }
    }

    /// Another disc, half a disc, no disc: no source, and nothing that falls over.
    @Test func readsOverOtherDiscs() throws {
        try withTemporaryDirectory { directory in
            try Self.disc(directory, try Self.example())
            let image = directory + "/dev/sr0"
            let whole = try AtomicFile.read(image)
            #expect(try EnvironmentDisc.read(directory + "/nothing") == nil)
            for count in [0, 100, 2048 * 17, 2048 * 20] {
                try AtomicFile.replace(image, with: Array(whole.prefix(count)))
                #expect(throws: EnvironmentDisc.Failure.self) { try EnvironmentDisc.read(image) }
            }
            try run("rm", image, directory + "/tree/ovf-env.xml")
            try run("xorriso", "-as", "mkisofs", "-quiet", "-o", image, directory + "/tree")
            let other = #expect(throws: EnvironmentDisc.Failure.self) { try EnvironmentDisc.read(image) }
            #expect(other?.description == "the disc in \(image) has no properties: there is no ovf-env.xml on it")
            var generator = SeededGenerator(state: 7)
            for _ in 0..<500 {
                var damaged = Array(whole.prefix(2048 * 40))
                for _ in 0..<20 {
                    damaged[Int.random(in: 2048 * 16..<damaged.count, using: &generator)] =
                        UInt8.random(in: 0...255, using: &generator)
                }
                try AtomicFile.replace(image, with: damaged)
                _ = try? EnvironmentDisc.read(image)
            }
        }
    }

    /// vCenter's document as a first boot takes it in; the later boots find it scrubbed and keep everything.
    @Test func scrubsOnceEverythingIsInPlace() throws {
        try withTemporaryDirectory { directory in
            let host = try StandInGuestinfo(directory + "/host")
            try host.set(GuestinfoKey.ovfEnvironment, try Self.example())
            let guestinfo = Guestinfo(program: host.program)
            let scrub = GuestinfoScrub(guestinfo, Root(directory))
            try host.fails(true)
            #expect(throws: GuestinfoError.self) { try scrub.begin() }
            #expect(GuestinfoScrub.isPending(Root(directory)))
            #expect(throws: GuestinfoError.self) { try scrub.finish() }
            #expect(try host.value(GuestinfoKey.ovfEnvironment) == (try Self.example()))
            try host.fails(false)
            #expect(try scrub.finish() == ["appliance.root_pwd", "loadbalance.haproxy_pwd"])
            #expect(!GuestinfoScrub.isPending(Root(directory)))
            let scrubbed = try #require(try host.value(GuestinfoKey.ovfEnvironment))
            #expect(!scrubbed.contains("example-"))
            #expect(try scrub.begin() == [])
            // The secrets are not among the texts that the program was called with either.
            #expect(try !host.calls().contains("example-password"))
            let settings = SettingsReader.read(try OVFEnvironment(xml: Array(scrubbed.utf8), file: "env")).settings
            #expect(settings?.loadBalance.password == nil)
            #expect(settings?.loadBalance.user == "admin")
        }
    }

    @Test func publishesTheAuthorityInBase64() throws {
        try withTemporaryDirectory { directory in
            let host = try StandInGuestinfo(directory + "/host")
            let guestinfo = Guestinfo(program: host.program)
            let root = Root(directory)
            #expect(try !Publisher.publishAuthority(to: guestinfo, root))
            _ = FirstBoot.run(try FirstBootTests.context(root: directory))
            #expect(try Publisher.publishAuthority(to: guestinfo, root))
            #expect(try !Publisher.publishAuthority(to: guestinfo, root))
            let value = try #require(try host.value("guestinfo.dataplaneapi.cacert"))
            #expect(
                try run("base64", "-d", input: value) == (try FirstBootTests.read(directory, "/etc/haproxy/ca.crt"))
            )
        }
    }

    /// The properties on it can be read by everybody: that it stays is an error with a remedy, where there is no eject too.
    @Test func aDiscThatStaysIsTold() throws {
        try withTemporaryDirectory { directory in
            let (drive, program) = (directory + "/sr0", directory + "/eject")
            let words = "the disc in \(drive), which holds the properties with their secrets, stays there: "
            let missing = #expect(throws: FirstBootError.self) { try ScrubStep.eject(drive, program: program) }
            #expect(missing?.message.hasPrefix(words) == true && missing?.message.contains("ENOENT") == true)
            let script = "#!/bin/sh\ntest -e \"$1\" || { echo \"unable to open $1\" >&2; exit 1; }\n"
            try AtomicFile.replace(program, with: script, mode: 0o755)
            let failed = #expect(throws: FirstBootError.self) { try ScrubStep.eject(drive, program: program) }
            #expect(failed?.message == words + "eject ended with status 1: unable to open \(drive)")
            #expect(failed?.remedy == "disconnect the CD drive in the virtual machine's settings")
            try AtomicFile.replace(drive, with: "")
            #expect(try ScrubStep.eject(drive, program: program).first?.hasPrefix("ejected \(drive); ") == true)
        }
    }
}
