import Files
import Foundation
import NetworkTestSupport
import Syscalls
import TestSupport
import Testing

/// Properties without adapters, as nobody but vCenter adds them: what `ovf env` prints is what first boot takes.
@Suite(.blocking) struct UnnamedAdaptersTests {
    private static let examples = CommandLineTests.example.replacing("frontend.ovf-env.xml", with: "")
    /// Of the links that `inGuest` makes, in their order.
    private static let macs = ["00:50:56:b4:0a:c7", "00:50:56:b4:ca:fd", "00:50:56:b4:ef:d1"]

    /// The properties of the quick start, with passwords where it has none.
    private static func quickStart(_ directory: String) throws -> String {
        let document = examples.replacing("ovf/examples/", with: "docs/deploy/quick-start.md")
        let text = try #require(try AtomicFile.readText(document))
        let blocks = text.components(separatedBy: "```json\n").dropFirst()
        let json = try #require(blocks.first?.components(separatedBy: "```").first)
        let path = directory + "/appliance.json"
        try AtomicFile.replace(path, with: json.replacing("\"…\"", with: "\"example-password\""))
        return path
    }

    /// What `ovf env` prints for properties without adapters.
    private static func printed(_ source: String, _ directory: String) throws -> String {
        let program = try builtProgram("appliance-net")
        let option = source.hasSuffix(".json") ? "--properties" : "--ovf-env"
        let given = directory + "/given" + (source.hasSuffix(".json") ? ".json" : ".xml")
        var text = try #require(try AtomicFile.readText(source))
        for (pattern, end) in [
            (",\n  \"adapters\": [", "]"), ("<ve:EthernetAdapterSection", "</ve:EthernetAdapterSection>"),
        ] {
            guard let start = text.range(of: pattern),
                let stop = text.range(of: end, range: start.upperBound..<text.endIndex)
            else { continue }
            text.removeSubrange(start.lowerBound..<stop.upperBound)
        }
        #expect(!text.contains("00:50:56"))
        try AtomicFile.replace(given, with: text)
        let printed = try Subprocess.run([program, "ovf", "env", option, given])
        #expect(printed.status == 0, "\(printed.errors)")
        let file = directory + "/printed.xml"
        try AtomicFile.replace(file, with: printed.output)
        let validate = try Subprocess.run([program, "validate", "--ovf-env", file, "--root", directory])
        #expect(validate.status == 0 && validate.output == "valid\n", "\(validate.errors)")
        #expect(validate.errors.contains("note: they name no network adapters: first boot takes"))
        return printed.output
    }

    @Test(arguments: ["quick-start", "frontend.ovf-env.xml", "default.ovf-env.xml", "seed000.properties.json"])
    func whatIsPrintedBoots(_ name: String) throws {
        try inGuest { guest in
            let source = name == "quick-start" ? try Self.quickStart(guest.directory) : Self.examples + name
            try guest.host.set("guestinfo.ovfEnv", try Self.printed(source, guest.directory))
            // The links are in another order than the slots.
            let bus = try FakeBus(guest.root)
            let slots = name.hasPrefix("default") ? [192, 160] : [224, 160, 192]
            for (index, slot) in slots.enumerated() { try bus.plug("eth\(index)", Self.macs[index], inSlot: slot) }
            let first = try guest.program("firstboot")
            #expect(first.status == 0, "\(first.errors)")
            let index = try #require(slots.firstIndex(of: 160))
            let note = "management is eth\(index) (\(Self.macs[index])), in slot 160: the properties name no adapters"
            #expect(first.errors.contains("firstboot: \(note)\n"), "\(first.errors)")
            #expect(try run("ip", "-o", "link", "show", "management").contains(Self.macs[index]))
            #expect(try guest.told(".first_boot.adapters[0]") == note)
            let page = try guest.program("console", "--once").output.split { $0.isWhitespace }.joined(separator: " ")
            #expect(page.contains(note))

            let second = try guest.program("firstboot")
            #expect(
                second.output == "nothing to change: the appliance is as its properties want it\n",
                "\(second.errors)"
            )
            #expect(second.errors.contains("(\(Self.macs[index])), as before: "))
        }
    }

    /// Which of four would be a guess.
    @Test func anAmbiguousMachineIsNotGuessed() throws {
        try inGuest { guest in
            let source = try Self.quickStart(guest.directory)
            try guest.host.set("guestinfo.ovfEnv", try Self.printed(source, guest.directory))
            let bus = try FakeBus(guest.root)
            for (index, mac) in (Self.macs + ["00:50:56:b4:ef:d9"]).enumerated() {
                try bus.plug("eth\(index)", mac, at: "pci0000:00/0000:00:0\(index + 2).0/virtio\(index)")
            }
            let links = try run("ip", "-o", "link")
            let refused = try guest.program("firstboot")
            #expect(refused.status == 78)
            #expect(refused.errors.contains("firstboot: no adapter is named; nothing was changed\n"))
            let reason = try guest.told(".first_boot.problems[]")
            #expect(reason.contains("eth3 (00:50:56:b4:ef:d9, at 0000:00:05.0)") && reason.contains("\"adapters\": ["))
            #expect(try guest.told(".state") == "failed")
            #expect(try AtomicFile.status(guest.root["/etc"]) == nil)
            #expect(try run("ip", "-o", "link") == links)
            #expect(try guest.program("console", "--once").output.contains("! the properties name no network"))
        }
    }

    /// As many as there are to be, on a bus that is not VMware's.
    @Test func anotherBusHasItsOrder() throws {
        try inGuest { guest in
            let source = try Self.quickStart(guest.directory)
            try guest.host.set("guestinfo.ovfEnv", try Self.printed(source, guest.directory))
            let bus = try FakeBus(guest.root)
            for (index, mac) in Self.macs.enumerated() {
                try bus.plug("eth\(index)", mac, at: "pci0000:00/0000:00:0\(9 - index).0/virtio\(index)")
            }
            let first = try guest.program("firstboot")
            #expect(first.status == 0, "\(first.errors)")
            let note = "management is eth2 (\(Self.macs[2])), number 1 of 3 on the PCI bus (0000:00:07.0)"
            #expect(first.errors.contains(note))
        }
    }
}
