import Addresses
import Discovery
import Glibc
import Netlink
import Syscalls
import TestSupport
import Testing

/// Probing on a real link, with the kernel of another machine, or a program on it, as the one who has the address.
@Suite(.blocking) struct ProbeTests {
    @Test func freeAddresses() throws {
        try withTwoHosts { own, _ in
            let requests = try ["10.13.200.33", "2001:db8::33", "10.13.200.34"].map { try own.request($0) }
            let begin = ContinuousClock.now
            let outcome = try AddressProbe.run(requests)
            #expect(ContinuousClock.now - begin >= .milliseconds(150))
            #expect(outcome == AddressProbe.Outcome())
        }
    }

    @Test func addressesOfAnother() throws {
        try withTwoHosts { own, other in
            // As its own, as one of a range, and by a program alone.
            try other.run("ip", "address", "add", "10.13.200.33/24", "dev", "theirs")
            try other.run("ip", "route", "add", "local", "10.13.200.64/27", "dev", "lo")
            try other.run("ip", "address", "add", "2001:db8::33/64", "dev", "theirs", "nodad")
            let requests = try [
                "10.13.200.33", "10.13.200.34", "10.13.200.70", "2001:db8::33", "2001:db8::34",
            ].map { try own.request($0) }
            let outcome = try AddressProbe.run(requests)
            let mac = try #require(MACAddress(Other.mac))
            let held = Set(["10.13.200.33", "10.13.200.70", "2001:db8::33"].compactMap { IPAddress($0) })
            #expect(Set(outcome.conflicts.keys) == held)
            #expect(outcome.conflicts.values.allSatisfy { $0 == mac })
            #expect(outcome.failures.isEmpty)
        }
    }

    /// One interface of ours hears the answers of another: both are the machine's.
    @Test func ownAnswersAreNone() throws {
        try withTwoHosts { own, other in
            try other.run("ip", "route", "add", "local", "10.13.200.64/27", "dev", "lo")
            let request = try own.request("10.13.200.70")
            let mac = try #require(MACAddress(Other.mac))
            #expect(try AddressProbe.run([request], ownMACs: [mac]).conflicts.isEmpty)
            #expect(try AddressProbe.run([request]).conflicts == [request.address: mac])
        }
    }

    /// At most one takes it: who hears the other's probe gives up.
    @Test func bothProbeAtOnce() throws {
        try withTwoHosts { own, other in
            let mac = try #require(MACAddress(Other.mac))
            let texts = ["10.13.200.33", "2001:db8::33"]
            let begun = Flag()
            var mine = AddressProbe.Outcome()
            let theirs = try inOther(other) {
                let index = try indexOfLink("theirs")
                begun.raise()
                let addresses = texts.compactMap { IPAddress($0) }
                return try AddressProbe.run(addresses.map { AddressProbe.Request($0, interface: index, mac: mac) })
            } meanwhile: {
                try begun.wait()
                mine = try AddressProbe.run(texts.map { try own.request($0) })
            }
            for address in texts.compactMap({ IPAddress($0) }) {
                let found = [mine.conflicts[address], theirs.conflicts[address]]
                #expect(found[0] != nil || found[1] != nil)
                #expect(found[0] ?? mac == mac && found[1] ?? Own.mac == Own.mac)
            }
        }
    }

    @Test func interfaceThatIsDownOrGone() throws {
        try withTwoHosts { own, _ in
            try run("ip", "link", "set", "ours", "down")
            let down = try AddressProbe.run([try own.request("10.13.200.33")])
            #expect(down.failures[own.index]?.code == ENETDOWN)
            let gone = AddressProbe.Request(try own.request("10.13.200.33").address, interface: 4711, mac: Own.mac)
            let outcome = try AddressProbe.run([gone])
            #expect(outcome.failures[4711]?.code == ENODEV)
            #expect(outcome.conflicts.isEmpty)
        }
    }

    @Test func thousandAddresses() throws {
        try withTwoHosts { own, other in
            try other.run("ip", "route", "add", "local", "10.13.203.0/24", "dev", "lo")
            try run("ip", "address", "add", "10.13.200.11/21", "dev", "ours")
            let requests = (0..<1000).map {
                AddressProbe.Request(IPAddress(v4: 0x0a0d_c900 + $0), interface: own.index, mac: Own.mac)
            }
            let begin = ContinuousClock.now
            let outcome = try AddressProbe.run(requests)
            print("1,000 addresses probed in \(ContinuousClock.now - begin)")
            let held = requests.filter { $0.address.number >> 8 == 0x0a0dcb }
            #expect(Set(outcome.conflicts.keys) == Set(held.map { $0.address }))
        }
    }
}
