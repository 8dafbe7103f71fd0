import Addresses
import Glibc
import Guard
import Netlink
import NetworkFiles
import Syscalls
import TestSupport

/// An appliance with a management and a frontend cable, and whoever is at their other ends: this thread is in the
/// appliance's namespace.
struct TestSite: Sendable {
    /// The other ends' network namespace.
    var outside: String

    /// 10.13.200.32/27 and 2001:db8:0:1::/64 are virtual; the outside is .1 of both networks.
    static let ranges = ["10.13.200.32/27", "2001:db8:0:1::/64"].compactMap { IPNetwork($0) }

    static func with(_ body: @escaping @Sendable (TestSite) throws -> Void) throws {
        try withNetworkNamespace {
            let site = TestSite(outside: try networkNamespacePath())
            try withNetworkNamespace {
                try site.lay()
                try body(site)
            }
        }
    }

    private func lay() throws {
        try run("ip", "link", "set", "lo", "up")
        for (name, network) in [("management", "10.13.10"), ("frontend", "10.13.200")] {
            try run("ip", "link", "add", name, "type", "veth", "peer", "name", "to-\(name)")
            try run("ip", "link", "set", "to-\(name)", "netns", outside)
            try run("ip", "address", "add", "\(network).10/24", "dev", name)
            try run("ip", "link", "set", name, "up")
            try runOutside("ip", "address", "add", "\(network).1/24", "dev", "to-\(name)")
            try runOutside("ip", "link", "set", "to-\(name)", "up")
        }
        try run("ip", "address", "add", "2001:db8::10/64", "dev", "frontend", "nodad")
        try runOutside("ip", "address", "add", "2001:db8::1/64", "dev", "to-frontend", "nodad")
        try runOutside("ip", "route", "add", "2001:db8:0:1::/64", "via", "2001:db8::10")
        for range in Self.ranges { try run("ip", "route", "add", "local", "\(range)", "dev", "lo") }
    }

    @discardableResult
    func runOutside(_ arguments: String...) throws -> String { try runOutside(arguments) }

    @discardableResult
    func runOutside(_ arguments: [String]) throws -> String {
        try run(["nsenter", "--net=" + outside] + arguments)
    }

    /// Begins to connect to all of `places` at once, and waits until those of `open` are; gives those that are open then.
    /// What was dropped tells the counters, and not the time.
    func connect(_ places: [String], open: [String]) throws -> [String] {
        let script = """
            import select, socket, sys, time
            places, wanted = sys.argv[1].split(), set(sys.argv[2].split())
            pending, done = {}, set()
            for place in places:
                host, port = place.rsplit(":", 1)
                family = socket.AF_INET6 if "[" in host else socket.AF_INET
                s = socket.socket(family)
                s.setblocking(False)
                s.connect_ex((host.strip("[]"), int(port)))
                pending[s] = place
            end = time.time() + 30
            while not wanted <= done and time.time() < end:
                for s in select.select([], list(pending), [], 0.1)[1]:
                    if s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0: done.add(pending[s])
                    del pending[s]
            print(" ".join(p for p in places if p in done))
            """
        let words = try runOutside("python3", "-c", script, places.joined(separator: " "), open.joined(separator: " "))
        return words.split(whereSeparator: { $0 == " " || $0 == "\n" }).map { String($0) }
    }

    func interfaces() throws -> [GuardState.Interface] {
        let links = try NetlinkSocket().links()
        return [("management", InterfaceRole.management, "10.13.10"), ("frontend", .frontend, "10.13.200")]
            .compactMap { name, role, network in
                guard let link = links.first(where: { $0.name == name }) else { return nil }
                return GuardState.Interface(
                    index: link.index,
                    name: name,
                    role: role,
                    networks: ["\(network).0/24"].compactMap { IPNetwork($0) },
                    addresses: ["\(network).10"].compactMap { IPAddress($0) }
                )
            }
    }

    /// - Parameter bound: `10.13.200.33:80`; each is claimed.
    func state(_ bound: String...) throws -> GuardState {
        let listeners = bound.compactMap { TestSite.listener($0) }
        return GuardState(
            interfaces: try interfaces(),
            ranges: Self.ranges,
            claimed: Set(
                listeners.filter { listener in
                    Self.ranges.contains { $0.contains(listener.address) }
                }.map { $0.address }
            ),
            listeners: Set(listeners)
        )
    }

    static func listener(_ text: String) -> Listener? {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]),
            let address = IPAddress(text[..<colon].filter { $0 != "[" && $0 != "]" })
        else { return nil }
        return Listener(address: address, port: port, frontend: "web")
    }
}

/// A directory that goes with whoever holds it.
final class ScratchDirectory {
    let path: String

    init() throws {
        var template = Array("/tmp/appliance-net-test.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError(code: errno, operation: "mkdtemp") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { _ = try? Subprocess.run(["rm", "-rf", path]) }
}

/// A program that listens in the appliance's namespace on addresses and ports, and says back what it hears.
final class TestListeners {
    private let process: SpawnedProcess
    private let directory: ScratchDirectory

    init(_ places: String...) throws {
        let script = """
            import socket, sys, threading
            def serve(s):
                while True:
                    c = s.accept()[0]
                    threading.Thread(target=talk, args=(c,), daemon=True).start()
            def talk(c):
                while True:
                    data = c.recv(65536)
                    if not data: return
                    c.sendall(data)
            for place in sys.argv[1:]:
                host, port = place.rsplit(":", 1)
                s = socket.socket(socket.AF_INET6 if "[" in host else socket.AF_INET)
                s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if "[" in host: s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                s.bind((host.strip("[]"), int(port)))
                s.listen(128)
                threading.Thread(target=serve, args=(s,), daemon=True).start()
            print("ready", flush=True)
            threading.Event().wait()
            """
        directory = try ScratchDirectory()
        let output = directory.path + "/output"
        process = try SpawnedProcess(["python3", "-c", script] + places, output: output, isPatient: false)
        let isReady = eventually { process.hasEnded || ((try? run("cat", output)) ?? "").contains("ready") }
        guard isReady, !process.hasEnded else {
            throw ProgramFailed(arguments: places, status: 1, text: (try? run("cat", output)) ?? "")
        }
    }
}
