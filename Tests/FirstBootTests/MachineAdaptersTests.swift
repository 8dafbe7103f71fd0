import Addresses
import Diagnostics
import Files
@testable import FirstBoot
import OVF
import TestSupport
import Testing

/// Which adapter is which, where the properties do not say it.
@Suite struct MachineAdaptersTests {
    private static let macs = ["00:50:56:00:00:0a", "00:50:56:00:00:0b", "00:50:56:00:00:0c", "00:50:56:00:00:0d"]
    private static let frontend = OVFEnvironment(
        file: "f",
        properties: [OVFProperty("network.frontend_ip", "10.0.0.1/24")]
    )
    private static let two = OVFEnvironment(file: "f", properties: [])

    /// The MAC addresses in the order of the roles, by their last digits; else the message.
    private static func chosen(_ environment: OVFEnvironment, _ plug: (FakeBus, Root) throws -> Void) throws -> String {
        try withTemporaryDirectory { directory in
            let root = Root(directory)
            try plug(try FakeBus(root), root)
            do {
                let choice = try MachineAdapters(root).choice(environment)
                #expect(choice.adapters.map { $0.unitNumber } == Array([7, 8, 9].prefix(choice.adapters.count)))
                return choice.adapters.map { String($0.mac.suffix(1)) }.joined()
                    + choice.notes.map { "\n" + $0 }.joined()
            } catch let error as DiagnosticsError {
                #expect(error.diagnostics.allSatisfy { $0.remedy?.contains("\"adapters\"") == true && $0.file == "f" })
                return error.diagnostics.map { $0.message }.joined()
            }
        }
    }

    @Test func slotsSayItWhateverTheNames() throws {
        let words = try Self.chosen(Self.frontend) { bus, _ in
            try bus.plug("eth0", Self.macs[2], inSlot: 224)
            try bus.plug("eth1", Self.macs[0], inSlot: 160)
            try bus.plug("eth2", Self.macs[1], inSlot: 192)
            try bus.plug("eth3", Self.macs[3], inSlot: 256)
            try bus.plug("lo", "00:00:00:00:00:00", at: nil)
        }
        let expected = """
            abc
            management is eth1 (00:50:56:00:00:0a), in slot 160: the properties name no adapters
            workload is eth2 (00:50:56:00:00:0b), in slot 192: the properties name no adapters
            frontend is eth0 (00:50:56:00:00:0c), in slot 224: the properties name no adapters
            eth3 (00:50:56:00:00:0d, at 0000:1b:00.0, slot 256) is not used
            """
        #expect(words == expected)
    }

    /// The firmware's numbers come before what the bridges say.
    @Test func theFirmwareNumbersItsSlots() throws {
        let words = try Self.chosen(Self.two) { bus, _ in
            try bus.plug("a", Self.macs[1], at: "pci0000:00/0000:00:15.0/0000:03:00.0", slot: 192)
            try bus.plug("b", Self.macs[0], at: "pci0000:00/0000:00:16.0/0000:0b:00.0/virtio1", slot: 160)
        }
        #expect(words.hasPrefix("ab\nmanagement is b "))
    }

    /// Of two adapters for three interfaces those are named that are there: what is missing is told, and management started.
    @Test func tooFewInTheirSlotsAreNamed() throws {
        let words = try Self.chosen(Self.frontend) { bus, _ in
            try bus.plug("a", Self.macs[0], inSlot: 160)
            try bus.plug("b", Self.macs[1], inSlot: 192)
        }
        #expect(words.hasPrefix("ab\n"))
    }

    @Test(arguments: [2, 3])
    func asManyAsAreNeededAreInTheOrderOfTheBus(_ count: Int) throws {
        let words = try Self.chosen(count == 2 ? Self.two : Self.frontend) { bus, _ in
            try bus.plug("eth0", Self.macs[1], at: "pci0000:00/0000:00:0a.0/virtio3")
            try bus.plug("eth1", Self.macs[0], at: "pci0000:00/0000:00:09.0/virtio7")
            if count == 3 { try bus.plug("a", Self.macs[2], at: "pci0000:00/0000:00:02.0/0000:01:00.0") }
            try bus.plug("br0", Self.macs[3], at: nil)
        }
        #expect(words.hasPrefix(count == 2 ? "ab\n" : "abc\n"))
        #expect(
            words.contains("management is eth1 (\(Self.macs[0])), number 1 of \(count) on the PCI bus (0000:00:09.0)")
        )
    }

    /// A machine that was told once, or has more adapters since.
    @Test func whatIsConfiguredStays() throws {
        let words = try Self.chosen(Self.two) { bus, root in
            for (index, slot) in [160, 192, 224].enumerated() {
                try bus.plug("e\(index)", Self.macs[index], inSlot: slot)
            }
            let text = """
                [interface.management]
                mac = "\(Self.macs[1])"
                [interface.workload]
                mac = "\(Self.macs[0])"
                """
            try AtomicFile.makeDirectory(root["/etc/appliance-net"])
            try AtomicFile.replace(root["/etc/appliance-net/appliance.toml"], with: text)
        }
        #expect(words.hasPrefix("ba\nmanagement is e1 (\(Self.macs[1])), as before: "))
        #expect(words.hasSuffix("e2 (\(Self.macs[2]), at 0000:13:00.0, slot 224) is not used"))
    }

    @Test func whatIsAmbiguousIsNotGuessed() throws {
        let needed = "the properties name no network adapters, and which of this machine's is which cannot be told: "
        let none = try Self.chosen(Self.two) { bus, _ in try bus.plug("veth0", Self.macs[0], at: nil) }
        #expect(
            none == needed + "2 are needed (management, workload); there are veth0 (\(Self.macs[0]), on no PCI bus)"
        )
        let many = try Self.chosen(Self.frontend) { bus, _ in
            for index in 0..<4 { try bus.plug("e\(index)", Self.macs[index], at: "pci0000:00/0000:00:0\(index + 2).0") }
        }
        #expect(many.hasPrefix(needed + "3 are needed (management, workload, frontend); there are e0 ("))
        // The second of these may be the one for 192.
        let halfPlaced = try Self.chosen(Self.frontend) { bus, _ in
            try bus.plug("a", Self.macs[0], inSlot: 160)
            try bus.plug("b", Self.macs[1], inSlot: 256)
        }
        #expect(halfPlaced.hasPrefix(needed))
        // Two ports of one card.
        let doubled = try Self.chosen(Self.two) { bus, _ in
            for index in 0..<2 {
                try bus.plug("e\(index)", Self.macs[index], at: "pci0000:00/0000:00:02.0/net\(index)")
            }
        }
        #expect(doubled.hasPrefix(needed))
        #expect(try Self.chosen(Self.two) { _, _ in }.hasSuffix("there are none"))
    }
}
