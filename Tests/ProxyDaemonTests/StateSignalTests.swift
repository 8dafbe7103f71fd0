import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// What a proxy says of its state when a signal asks for it, beside the real HAProxy.
@Suite(.blocking) struct StateSignalTests {
    /// Ours on 127.0.0.1, then HAProxy on 127.0.0.2.
    private static func start(
        in room: String,
        options: [String],
        ports: [UInt16],
        _ body: (_ host: UInt8, _ directory: String) -> String
    ) throws -> [Background] {
        try zip(BothProxies.hosts, [proxyd, "haproxy"]).map { host, program in
            let directory = "\(room)/\(host)"
            mkdir(directory, 0o755)
            try DaemonFixture.write(body(host, directory), in: directory)
            let master = "\(directory)/master"
            let socket = options == ["-W"] ? ["-S", master] : []
            let proxy = try Background(
                [program] + options + socket + ["-f", "\(directory)/haproxy.cfg"],
                in: directory
            )
            func isMaster() -> Bool {
                // HAProxy's starts itself again once its worker runs: only its answer tells that it is there to stay.
                proxy.errors.contains("Loading success")
                    && (try? MasterClient(path: master).send("show proc"))?.contains("worker") == true
            }
            let listens = try eventually {
                try (socket.isEmpty || isMaster())
                    && ports.allSatisfy { try Oracle.listens("127.0.0.\(host):\($0)") }
            }
            try #require(listens, "\(proxy.errors)")
            return proxy
        }
    }

    /// The lines of standard error and of the log that are about it, without process ids and HAProxy's own proxies.
    private static func said(_ proxy: Background, _ sign: String) -> [String] {
        let lines = proxy.errors.split(separator: "\n").filter { $0.hasPrefix("[WARNING]") }.map {
            String($0.drop { $0 != ")" })
        }
        let log = proxy.output.split(separator: "\n").map { String($0) }
        return (lines + log).filter { line in
            line.contains(sign) && !["GLOBAL", "HTTPCLIENT", "HTTPSCLIENT"].contains { line.contains($0) }
        }
    }

    @Test func serversAreDumped() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.staying("s")
            let proxies = try Self.start(in: directory, options: ["-db"], ports: [80, 81, 82]) { host, own in
                """
                global
                  stats socket \(own)/stats level admin
                frontend z
                  bind 127.0.0.\(host):80
                  default_backend queued
                backend queued
                  timeout queue 60s
                  server a 127.0.0.1:\(server.port) maxconn 1
                  server b 127.0.0.1:9 disabled
                backend checked
                  server b 127.0.0.1:9 check inter 100ms fall 1
                  server c 127.0.0.1:9 backup
                listen l
                  bind 127.0.0.\(host):81
                  server x 127.0.0.1:\(server.port) backup
                  server y 127.0.0.1:9
                listen rejecting
                  bind 127.0.0.\(host):82
                  tcp-request connection reject
                backend empty
                backend tracking
                  server a 127.0.0.1:9 track checked/b
                  server d 127.0.0.1:9
                backend both
                  server a 127.0.0.1:9
                  server b 127.0.0.1:9 weight 0
                  server c 127.0.0.1:9 backup
                frontend last
                  bind 127.0.0.\(host):83

                """
            }
            var held: [TestSocket] = []
            for (host, proxy) in zip(BothProxies.hosts, proxies) {
                let client = MasterClient(path: "\(directory)/\(host)/stats", timeoutMilliseconds: 60000)
                for command in [
                    "set server l/y state maint", "set server tracking/d state drain", "disable frontend last",
                ] { _ = try client.send(command) }
                held.append(try TestSocket.asking(port: 80, host: host).socket)
                held.append(try TestSocket.connect(port: 80, host: host))
                try TestSocket.asking(port: 81, host: host).socket.finish()
                held.append(try TestSocket.asking(port: 81, host: host).socket)
                _ = try? TestSocket.connect(port: 82, host: host).receiveAll()
                let isReady = try eventually {
                    let rows = try client.send("show stat").split(separator: "\n").map {
                        $0.split(separator: ",", omittingEmptySubsequences: false)
                    }
                    func has(_ section: String, _ name: String, _ column: Int, _ value: String) -> Bool {
                        rows.contains { $0[0] == section && $0[1] == name && $0[column] == value }
                    }
                    // The connection that ended has gone from all counts.
                    return has("queued", "BACKEND", 2, "1") && has("l", "x", 4, "1") && has("l", "FRONTEND", 4, "1")
                        && has("checked", "b", 17, "DOWN") && has("rejecting", "FRONTEND", 4, "0")
                }
                try #require(isReady)
                proxy.signal(SIGHUP)
                let isTold = eventually {
                    let log = proxy.output
                    return proxy.errors.contains("SIGHUP: Proxy last ") && log.contains("SIGHUP: Proxy last ")
                }
                #expect(isTold, "\(proxy.errors)")
            }
            let (ours, theirs) = (Self.said(proxies[0], "SIGHUP"), Self.said(proxies[1], "SIGHUP"))
            for (own, other) in zip(ours, theirs) { #expect(own == other) }
            #expect(ours.count == theirs.count && ours.count > 40)
            for socket in held { socket.finish() }
        }
    }

    @Test(arguments: [["-db"], ["-W"]]) func frontendsPauseAndResume(options: [String]) throws {
        try withDaemonRoom { directory in
            let server = try TestServer.staying("s")
            let proxies = try Self.start(in: directory, options: options, ports: [80, 81]) { host, _ in
                """
                frontend z
                  bind 127.0.0.\(host):80
                  default_backend b
                listen l
                  bind 127.0.0.\(host):81
                  server s 127.0.0.1:\(server.port)
                backend b
                  server s 127.0.0.1:\(server.port)

                """
            }
            for (host, proxy) in zip(BothProxies.hosts, proxies) {
                proxy.signal(SIGTTOU)
                let isSilent = try eventually {
                    try !Oracle.listens("127.0.0.\(host):80") && !Oracle.listens("127.0.0.\(host):81")
                }
                #expect(isSilent, "\(proxy.errors)")
                let isPaused = eventually { Self.said(proxy, "Paused").count == 4 }
                #expect(isPaused, "\(proxy.errors) \(proxy.output)")
                proxy.signal(SIGTTIN)
                let isBack = eventually { Self.said(proxy, "Resumed").count == 4 }
                #expect(isBack, "\(proxy.errors) \(proxy.output)")
                #expect(try TestSocket.asking(port: 80, host: host).answer == "s")
            }
            for sign in ["Paused", "Resumed"] {
                let (ours, theirs) = (Self.said(proxies[0], sign), Self.said(proxies[1], sign))
                #expect(ours == theirs)
            }
        }
    }
}
