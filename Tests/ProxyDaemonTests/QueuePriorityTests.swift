import Glibc
import TestSupport
import Testing

/// `set-priority-class` and `set-priority-offset`: who is served first, against the real HAProxy.
@Suite(.blocking) struct QueuePriorityTests {
    private func body(_ host: UInt8, _ server: UInt16) -> String {
        """
        frontend f
          bind 127.0.0.\(host):80
          tcp-request inspect-delay 60s
          tcp-request content accept if !{ req.len gt 1 }
          tcp-request content set-priority-class req.payload(1,5),ltrim(0) if { req.payload(0,1) -m str c }
          tcp-request content set-priority-offset req.payload(1,7),ltrim(0) if { req.payload(0,1) -m str o }
          tcp-request content set-priority-class int(99999) if { req.payload(0,1) -m str l }
          tcp-request content set-var(txn.words) req.payload(0,0)
          log-format "%[var(txn.words)] %[prio_class] %[prio_offset] %ts"
          default_backend b
        backend b
          server s1 127.0.0.1:\(server) maxconn 1

        """
    }

    /// Clients come one after the other while one holds the only place; each says when it is served.
    private func order(_ host: UInt8, _ words: [String], _ server: TurnServer) throws -> [String] {
        let holder = try TestSocket.connect(port: 80, host: host)
        try holder.send("0")
        holder.shutdownWrite()
        try #require(eventually { server.held() == 1 })
        var clients: [TestSocket] = []
        for word in words {
            let client = try TestSocket.connect(port: 80, host: host)
            try client.send(word)
            client.shutdownWrite()
            clients.append(client)
            // Each waits before the next one comes, and comes a moment later.
            try #require(try eventually { try Self.waiting(host) == clients.count + 1 })
            usleep(20000)
        }
        server.open()
        for client in clients { _ = try client.receiveAll() }
        _ = try holder.receiveAll()
        return server.close()
    }

    /// Connections of clients that the proxy has read.
    private static func waiting(_ host: UInt8) throws -> Int {
        try run("ss", "-Htn", "state", "close-wait", "src = 127.0.0.\(host):80").split(separator: "\n").filter {
            host == 1 || $0.hasPrefix("1 ") || $0.hasPrefix("0 ")
        }.count
    }

    @Test(
        arguments: [
            ["c00005", "c-0005", "n0", "c00005", "n1", "c-0009", "l", "c-9999"],
            ["o0090000", "n0", "o-090000", "n1", "o0000000", "o-000001"],
            ["n0", "n1", "n2", "n3"],
        ]
    )
    func waitersAreServedInHAProxysOrder(_ words: [String]) throws {
        try withDaemonRoom { directory in
            let server = try TurnServer()
            let both = try BothProxies(in: directory, ports: [80]) { body($0, server.port) }
            let (ours, theirs) = (try order(1, words, server), try order(2, words, server))
            #expect(ours == theirs)
            #expect(ours.count == words.count + 1)
            func lines(_ host: UInt8) -> [String] {
                both.output(host).split(separator: "\n").map { String($0) }.filter { $0.hasSuffix(" --") }
            }
            try #require(eventually { lines(1).count == ours.count && lines(2).count == ours.count })
            #expect(lines(1) == lines(2))
        }
    }
}

/// Notes what its clients say, in order; holds the first until it is opened.
private final class TurnServer: Sendable {
    private final class State: @unchecked Sendable {
        private var lock = pthread_mutex_t()
        private var words: [String] = []
        private var isOpen = false

        init() { pthread_mutex_init(&lock, nil) }

        func with<Result>(_ body: (inout [String], inout Bool) -> Result) -> Result {
            pthread_mutex_lock(&lock)
            defer { pthread_mutex_unlock(&lock) }
            return body(&words, &isOpen)
        }
    }

    private let state: State
    private let server: TestServer
    var port: UInt16 { server.port }

    init() throws {
        let state = State()
        self.state = state
        server = try TestServer { connection in
            let text = try connection.receiveAll()
            state.with { words, _ in words.append(text) }
            guard eventually({ state.with { _, isOpen in isOpen } }) else { return }
            try connection.send(text)
        }
    }

    func held() -> Int { state.with { words, _ in words.count } }
    func open() { state.with { _, isOpen in isOpen = true } }

    /// What was said, in order; it begins anew.
    func close() -> [String] {
        state.with { words, isOpen in
            defer { (words, isOpen) = ([], false) }
            return words
        }
    }
}
