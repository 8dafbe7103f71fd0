import Files
import Glibc
import Guard
import NetworkTestSupport
import Nftables
import Syscalls
import TestSupport
import Testing

@testable import NetworkWatch

/// Tables that the kernel does not keep from others, as before Linux 6.9: a foreign `nft flush ruleset` takes them away.
@Suite(.blocking) struct UnprotectedTablesTests {
    /// Connects again and again, from where the clients are: to a port that the proxy listens on, and to one that
    /// something else of the machine listens on everywhere. Writes when a connection to the latter was begun that came to be, and
    /// at the end how many to the former did and did not.
    private static let client = """
        import os, select, socket, sys, time
        host, shut, bound, directory = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
        def connects(port, patience):
            s = socket.socket()
            s.setblocking(False)
            begun = time.monotonic()
            s.connect_ex((host, port))
            done = select.select([], [s], [], patience)[1] and not s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            s.close()
            return begun if done else None
        served = failed = 0
        with open(directory + "/open", "w", buffering=1) as found:
            while not os.path.exists(directory + "/stop"):
                if connects(bound, 20) is None: failed += 1
                else: served += 1
                begun = connects(shut, 0.005)
                if begun is not None: print(begun, file=found)
                elif served == 1: print("closed", file=found)
        with open(directory + "/count", "w") as count: print(served, failed, file=count)
        """

    /// Listens on every address.
    private static let server = """
        import socket, sys, threading
        for port in sys.argv[1:]:
            s = socket.create_server(("0.0.0.0", int(port)), backlog=4096)
            def serve(s):
                while True: s.accept()[0].close()
            threading.Thread(target=serve, args=(s,), daemon=True).start()
        print("ready", flush=True)
        threading.Event().wait()
        """

    @Test func aFlushIsPutRightWithinASecond() throws {
        try withTemporaryDirectory { directory in
            try inNeighbourhood { root, others in try Self.flush(root, others, directory) }
        }
    }

    private static func flush(_ root: Root, _ others: Neighbourhood, _ directory: String) throws {
        let part = GuardPart(root, keeper: try Firewall(.none, listening: true), claims: Neighbours())
        let box = try Box(root, nil, [part])
        let master = try FakeMaster(root[GuardPart.masterPath], ["listen f 10.13.200.33:80"])
        let isReady = try box.turns { master.lines == ["ok 0"] && box.report.state == .inSync }
        try #require(isReady)
        let before = try box.ask("{\"command\":\"status\"}")
        #expect(before.contains("\"protected\":false,\"repairs\":0"))
        func read(_ name: String) -> String { (try? AtomicFile.readText(directory + name)) ?? "" }
        let server = try SpawnedProcess(["python3", "-c", server, "80", "22"], output: directory + "/server")
        let isServing = eventually { read("/server") == "ready\n" }
        try #require(isServing)
        let words = ["nsenter", "--net=" + others.path, "python3", "-c", client, "10.13.200.33", "22", "80", directory]
        let client = try SpawnedProcess(words, output: directory + "/client")
        let isClosed = eventually { read("/open") == "closed\n" }
        try #require(isClosed, "\(read("/client"))")
        // The service does not look while the client finds the gap: without it the gap stays.
        try run("nft", "flush", "ruleset")
        let isOpen = eventually { read("/open") != "closed\n" }
        #expect(isOpen)
        let begin = MonotonicTime.now
        let isRight = try box.turns { try box.ask("{\"command\":\"status\"}").contains("\"repairs\":1") }
        let end = MonotonicTime.now
        #expect(isRight)
        print("a flush of tables that nobody keeps from others was put right \(end - begin) after it was heard")
        #expect(end - begin < .seconds(1))
        let bound = try run("nft", "list", "set", "inet", "appliance_net", "bound4")
        #expect(bound.contains("10.13.200.33 . 80"))
        try box.quiet()
        try AtomicFile.replace(directory + "/stop", with: "")
        let isDone = eventually { !read("/count").isEmpty }
        #expect(isDone)
        let times = read("/open").split(separator: "\n").compactMap { Double($0) }
        let last = try #require(times.max())
        #expect(last < end / .seconds(1), "open after it was put right: \(times.count)")
        // Nothing that is served failed meanwhile.
        #expect(read("/count").hasSuffix(" 0\n"), "\(read("/count"))")
        withExtendedLifetime((server, client)) {}
    }
}
