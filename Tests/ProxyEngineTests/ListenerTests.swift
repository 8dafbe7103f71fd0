import Addresses
import Glibc
import ProxyEngine
import Syscalls
import TestSupport
import Testing

/// What can be bound, in a network of its own.
@Suite(.blocking) struct ListenerTests {
    private static func listener(_ address: String) throws -> Listener {
        Listener(name: "f", address: ListenAddress(Endpoint(try #require(IPAddress(address)), port: 80)))
    }

    /// An address that a `local` route makes ours is ours in IPv6 as well; one that is routed elsewhere is not, and the
    /// kernel's own word for that is told.
    @Test(arguments: ["10.13.200.32/27", "fd00:13:200::100/122"]) func addressesOfARange(_ range: String) throws {
        let isV6 = range.contains(":")
        let (inside, outside) =
            isV6 ? ("fd00:13:200::104", "fd00:13:200::204") : ("10.13.200.34", "10.13.200.99")
        try withNetworkNamespace {
            try run("ip", "link", "set", "lo", "up")
            #expect { _ = try Self.listener(inside).open(backlog: 10) } throws: {
                ($0 as? SystemError)?.code == EADDRNOTAVAIL
            }
            try run("ip", isV6 ? "-6" : "-4", "route", "add", "local", range, "dev", "lo")
            let socket = try Self.listener(inside).open(backlog: 10)
            let literal = isV6 ? "[\(inside)]" : inside
            #expect(try run("ss", "-Hltn").contains("\(literal):80"))
            // Each failure is the first bind's own.
            for (address, code) in [(outside, EADDRNOTAVAIL), (inside, EADDRINUSE)] {
                let error = #expect(throws: SystemError.self) { _ = try Self.listener(address).open(backlog: 10) }
                #expect(
                    error?.code == code && error?.operation.hasPrefix("bind ") == true,
                    "\(String(describing: error))"
                )
            }
            _ = consume socket
        }
    }
}
