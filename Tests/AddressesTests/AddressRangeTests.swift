import Addresses
import Testing

@Suite struct AddressRangeTests {
    @Test(
        arguments: [
            ("10.13.200.32-10.13.200.63", ["10.13.200.32/27"]),
            (
                "10.13.200.33-10.13.200.38",
                ["10.13.200.33/32", "10.13.200.34/31", "10.13.200.36/31", "10.13.200.38/32"]
            ),
            ("10.0.0.7-10.0.0.7", ["10.0.0.7/32"]),
            ("0.0.0.0-255.255.255.255", ["0.0.0.0/0"]),
            ("255.255.255.254-255.255.255.255", ["255.255.255.254/31"]),
            ("::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", ["::/0"]),
            ("fd99::-fd99::ffff", ["fd99::/112"]),
            ("fd99::fffe-fd99::1:0", ["fd99::fffe/127", "fd99::1:0/128"]),
        ]
    )
    func isTheFewestNetworks(_ text: String, _ networks: [String]) throws {
        let range = try #require(AddressRange(text))
        #expect(range.networks.map { $0.description } == networks)
        #expect(range.description == (networks.count == 1 ? networks[0] : text))
        #expect(AddressRange(range.description) == range)
    }

    @Test func holdsEveryAddressOnce() throws {
        let seed = UInt32.random(in: 0 ... .max)
        print("seed \(seed)")
        for step in 0..<500 as Range<UInt32> {
            let first = seed / 2 &+ step &* 977
            let last = first + (seed &+ step &* 7919) % 5000
            let range = try #require(AddressRange(IPAddress(v4: first), IPAddress(v4: last)))
            var next = UInt128(first)
            for network in range.networks {
                #expect(network.first.number == next)
                next = network.last.number + 1
            }
            #expect(next == UInt128(last) + 1)
            #expect(range.contains(range.last) && !range.contains(IPAddress(v4: last + 1)))
        }
    }

    @Test(arguments: ["10.0.0.2-10.0.0.1", "10.0.0.1-fd00::1", "10.0.0.1-", "-", "10.0.0.1", "10.0.0.1-10.0.0.2-3"])
    func isNoRange(_ text: String) { #expect(AddressRange(text) == nil) }
}
