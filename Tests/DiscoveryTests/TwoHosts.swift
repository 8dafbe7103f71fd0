import Addresses
import CLinux
import Discovery
import Glibc
import Netlink
import Synchronization
import Syscalls
import TestSupport

/// Two machines on one cable: this thread is in the namespace of ours, and ``Other`` says what the other does.
struct Other: Sendable {
    /// The other's network namespace.
    var path: String
    static let mac = "02:00:00:00:00:02"

    /// Runs a program on the other machine.
    @discardableResult
    func run(_ arguments: String...) throws -> String {
        try TestSupport.run(["nsenter", "--net=" + path] + arguments)
    }

    /// Runs a part of a script with raw sockets: `send(HEX)` sends a frame.
    @discardableResult
    func python(_ text: String) throws -> String {
        try run("python3", "-c", Self.prelude + text)
    }

    private static let prelude = """
        import socket, sys, time
        raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        raw.bind(("theirs", 0))
        mac = bytes.fromhex("020000000002")
        def send(text): raw.send(bytes.fromhex(text))
        def arp(sender, target, by=mac):
            raw.send(b"\\xff" * 6 + by + b"\\x08\\x06\\0\\x01\\x08\\0\\x06\\x04\\0\\x01" + by
                + socket.inet_aton(sender) + b"\\0" * 6 + socket.inet_aton(target))

        """
}

/// What a test knows of our end.
struct Own {
    var index: Int
    static let mac = MACAddress("02:00:00:00:00:01") ?? .broadcast

    func request(_ text: String) throws -> AddressProbe.Request {
        guard let address = IPAddress(text) else { throw SystemError(code: EINVAL, operation: "read \(text)") }
        return AddressProbe.Request(address, interface: index, mac: Self.mac)
    }
}

func withTwoHosts(_ body: @escaping @Sendable (Own, Other) throws -> Void) throws {
    try withNetworkNamespace {
        let other = Other(path: try networkNamespacePath())
        try withNetworkNamespace {
            try run("ip", "link", "set", "lo", "up")
            try run("ip", "link", "add", "ours", "type", "veth", "peer", "name", "theirs")
            for (name, mac) in [("ours", "\(Own.mac)"), ("theirs", Other.mac)] {
                try run("ip", "link", "set", name, "address", mac)
            }
            try run("ip", "link", "set", "theirs", "netns", other.path)
            try other.run("ip", "link", "set", "theirs", "up")
            try other.run("ip", "link", "set", "lo", "up")
            try run("ip", "link", "set", "ours", "up")
            try run("ip", "address", "add", "10.13.200.10/24", "dev", "ours")
            try run("ip", "address", "add", "2001:db8::10/64", "dev", "ours", "nodad")
            try other.run("ip", "address", "add", "10.13.200.1/24", "dev", "theirs")
            try other.run("ip", "address", "add", "2001:db8::1/64", "dev", "theirs", "nodad")
            try body(Own(index: try indexOfLink("ours")), other)
        }
    }
}

/// The index of an interface once it has carrier.
func indexOfLink(_ name: String) throws -> Int {
    let socket = try NetlinkSocket()
    guard try eventually({ try socket.links().contains { $0.name == name && $0.isRunning } }),
        let link = try socket.links().first(where: { $0.name == name })
    else { throw SystemError(code: ENETDOWN, operation: "wait for the cable of \(name)") }
    return link.index
}

/// Runs `body` on a thread in the other's namespace while `meanwhile` runs here.
func inOther<Result: Sendable>(
    _ other: Other,
    _ body: @escaping @Sendable () throws -> Result,
    meanwhile: () throws -> Void
) throws -> Result {
    let work = OtherWork(other: other, body: body)
    try startDetachedThread("be the other machine") { work.run() }
    let mine = Swift.Result { try meanwhile() }
    try work.finished.wait()
    try mine.get()
    guard let outcome = work.outcome else { throw SystemError(code: EINVAL, operation: "be the other machine") }
    return try outcome.get()
}

/// Written before the flag is raised, read after.
private final class OtherWork<Value: Sendable>: @unchecked Sendable {
    let other: Other
    let body: @Sendable () throws -> Value
    let finished = Flag()
    var outcome: Result<Value, any Error>?

    init(other: Other, body: @escaping @Sendable () throws -> Value) {
        self.other = other
        self.body = body
    }

    func run() {
        outcome = Result {
            try syscall("enter \(other.path)") { clinux_enter_network(other.path) }
            return try body()
        }
        finished.raise()
    }
}

/// One thread waits for another.
final class Flag: Sendable {
    private let mutex = Mutex(false)

    func raise() { mutex.withLock { $0 = true } }

    var isRaised: Bool { mutex.withLock { $0 } }

    /// - Throws: ETIMEDOUT after a minute.
    func wait() throws {
        guard eventually({ isRaised }) else { throw SystemError(code: ETIMEDOUT, operation: "wait for a flag") }
    }
}
