import Addresses
import Testing

@Suite struct IPAddressTests {
    @Test(arguments: [
        ("10.13.200.34", "10.13.200.34"), ("0.0.0.0", "0.0.0.0"), ("::", "::"), ("::1", "::1"),
        ("FD00:0:0::A", "fd00::a"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("::ffff:1.2.3.4", "::ffff:1.2.3.4"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("fe80::", "fe80::"),
    ])
    func readsAndWrites(_ text: String, _ canonical: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == canonical)
        #expect(IPAddress(bytes: address.bytes) == address)
    }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.+4", " 1.2.3.4", "1:2", "1::2::3", ":::", "12345::",
        "1:2:3:4:5:6:7:8:9", "1.2.3.4::", "::1.2.3", "g::", "1:2:3:4:5:6:7::8",
    ])
    func refuses(_ text: String) {
        #expect(IPAddress(text) == nil)
    }
}

@Suite struct IPNetworkTests {
    @Test func containsAndOverlaps() throws {
        let frontend = try #require(IPNetwork("10.13.200.0/24"))
        let range = try #require(IPNetwork("10.13.200.32/27"))
        #expect(frontend.contains(range))
        #expect(!range.contains(frontend))
        #expect(range.overlaps(frontend))
        #expect(range.last == IPAddress("10.13.200.63"))
        #expect(range.broadcast == IPAddress("10.13.200.63"))
        #expect(try !#require(IPNetwork("::/0")).contains(#require(IPAddress("1.2.3.4"))))
        #expect(try #require(IPNetwork("::/0")).contains(#require(IPAddress("ff::"))))
    }

    @Test func hostBitsAreNotANetwork() {
        #expect(IPNetwork("10.13.200.10/24") == nil)
        #expect(InterfaceAddress("10.13.200.10/24")?.network == IPNetwork("10.13.200.0/24"))
        #expect(InterfaceAddress("10.13.200.10/33") == nil)
        #expect(InterfaceAddress("10.13.200.10/024") == nil)
        #expect(InterfaceAddress("10.13.200.10") == nil)
    }
}

@Suite struct MACAddressTests {
    @Test func readsAndWrites() {
        #expect(MACAddress("00:50:56:B4:CA:FD")?.description == "00:50:56:b4:ca:fd")
        #expect(MACAddress("00-50-56-b4-ca-fd")?.description == "00:50:56:b4:ca:fd")
        #expect(MACAddress("00:50:56:b4:ca") == nil)
        #expect(MACAddress("00:50:56:b4:ca:fg") == nil)
        #expect(MACAddress("00:50:56:b4:ca:+f") == nil)
    }
}

@Suite struct EndpointTests {
    @Test func readsAndWrites() {
        #expect(Endpoint("10.13.200.34:6443")?.description == "10.13.200.34:6443")
        #expect(Endpoint("[fd00::1]:443")?.description == "[fd00::1]:443")
        #expect(Endpoint("fd00::1:443")?.port == 443)
        #expect(Endpoint("10.13.200.34:65536") == nil)
        #expect(Endpoint("10.13.200.34") == nil)
    }
}
