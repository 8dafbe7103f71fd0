import Glibc
import Syscalls
import TestSupport
import Testing

/// A master socket with an address of IP (`-S ADDRESS:PORT`), beside the real HAProxy's.
@Suite(.blocking) struct MasterAddressTests {
    private static let body = "listen l\n  bind 127.0.0.1:80\n"

    private static func ask(_ command: String, port: UInt16, isV6: Bool) throws -> String {
        let socket = try isV6 ? TestSocket.connectV6(port: port) : TestSocket.connect(port: port)
        try socket.send(command + "\n")
        socket.shutdownWrite()
        return try socket.receiveAll()
    }

    private static func start(
        _ program: String,
        _ place: String,
        _ body: (_ directory: String) -> String,
        in room: String
    ) throws -> (proxy: Background, directory: String) {
        let directory = "\(room)/\(program.split(separator: "/").last ?? "")"
        mkdir(directory, 0o755)
        try DaemonFixture.write(body(directory), in: directory)
        let arguments = [program, "-W", "-S", place, "-f", "\(directory)/haproxy.cfg"]
        return (try Background(arguments, in: directory), directory)
    }

    /// A master of HAProxy's that is ended early leaves its worker behind.
    private static func end(_ proxy: Background) {
        let children = (try? run("cat", "/proc/\(proxy.pid)/task/\(proxy.pid)/children")) ?? ""
        proxy.signal(SIGTERM)
        let hasEnded = eventually { proxy.poll() != nil }
        #expect(hasEnded)
        for child in children.split(whereSeparator: \.isWhitespace).compactMap({ pid_t($0) }) { kill(child, SIGKILL) }
    }

    /// Where it listens, and what kinds of process answer there.
    private static func look(_ program: String, _ place: String, isV6: Bool, in room: String) throws -> [String] {
        let (proxy, _) = try start(program, place, { _ in body }, in: room)
        func kinds() throws -> [String] {
            try ask("show proc", port: 9999, isV6: isV6).split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap
            {
                let words = $0.split(separator: " ")
                return words.count > 1 ? String(words[1]) : nil
            }
        }
        // HAProxy's master starts itself again first, and lets go of who came before.
        let isThere = eventually {
            proxy.errors.contains("Loading success") && (try? kinds().contains("worker")) == true
        }
        try #require(isThere, "\(program) \(place): \(proxy.errors)")
        let sockets = try run("ss", "-Hltn", "sport = 9999").split(separator: "\n").map {
            String($0.split(separator: " ")[3])
        }
        let result = try Array(Set(sockets)) + kinds().sorted()
        end(proxy)
        return result
    }

    /// What programs hear of it. HAProxy leaves its socket open in them, so that nobody answers some of who connect.
    @Test(arguments: [
        "127.0.0.1:9999", "*:9999", ":::9999", "[::1]:9999", "localhost:9999", "abns@here", "unix@/PATH/m",
    ])
    func programsHearOfIt(place: String) throws {
        try withDaemonRoom { directory in
            func tell(_ program: String) throws -> String {
                let place = place.replacing("PATH", with: String(directory.dropFirst()))
                let (proxy, own) = try Self.start(
                    program,
                    place,
                    { own in
                        """
                        listen l
                          bind 127.0.0.1:80
                        program told
                          command sh -c 'echo $HAPROXY_MASTER_CLI >\(own)/a; mv \(own)/a \(own)/b; exec sleep 1000'

                        """
                    },
                    in: directory
                )
                let isTold = eventually { access("\(own)/b", F_OK) == 0 }
                try #require(isTold, "\(proxy.errors)")
                Self.end(proxy)
                return try run("cat", "\(own)/b")
            }
            // What HAProxy has started may listen on after it.
            let ours = try tell(proxyd)
            #expect(try tell("haproxy") == ours)
            #expect(ours.contains("@"))
        }
    }

    @Test(arguments: [
        ("127.0.0.1:9999", false), ("ipv4@127.0.0.1:9999", false), ("*:9999", false), (":9999", false),
        (":::9999", true), ("[::1]:9999", true), ("ipv6@:9999", true), ("ipv6@:9999,v6only", true),
        ("tcp4@127.0.0.1:9999,mode,600,level,admin", false), ("localhost:9999,name,x", false),
        ("127.0.0.1:9999,interface,lo", false),
    ]) func itListensWhereHAProxysDoes(place: String, isV6: Bool) throws {
        try withDaemonRoom { directory in
            let theirs = try Self.look("haproxy", place, isV6: isV6, in: directory)
            #expect(try Self.look(proxyd, place, isV6: isV6, in: directory) == theirs)
            #expect(theirs.contains("worker"))
        }
    }

    @Test func itIsRefusedInHAProxysWords() throws {
        try withDaemonRoom { directory in
            try DaemonFixture.write(Self.body, in: directory)
            for place in [
                "127.0.0.1:0", "127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:+5", "127.0.0.1:http",
                "ipv4@::1:9999", "ipv6@127.0.0.1:9999", "udp@127.0.0.1:9999", "nowhere.invalid:9999",
            ] {
                func alerts(_ program: String) throws -> [String] {
                    let result = try Subprocess.run([
                        program, "-c", "-W", "-S", place, "-f", "\(directory)/haproxy.cfg",
                    ])
                    #expect(result.status == 1, "\(program) \(place)")
                    return result.errors.split(separator: "\n").filter { $0.hasPrefix("[ALERT]") }.map {
                        String($0.drop { $0 != ")" })
                    }
                }
                let theirs = try alerts("haproxy")
                #expect(try alerts(proxyd) == theirs, "\(place)")
                #expect(theirs.count == 3)
                // Who is no master needs none.
                let check = ["-c", "-S", place, "-f", "\(directory)/haproxy.cfg"]
                #expect(try Subprocess.run(["haproxy"] + check).status == 0)
                #expect(try Subprocess.run([proxyd] + check).status == 0)
            }
        }
    }

    /// As over a path: a change, and another process in place of this one.
    @Test func itReloadsAndIsTakenOver() throws {
        try withDaemonRoom { directory in
            try DaemonFixture.write(Self.body, in: directory)
            let arguments = ["-W", "-S", "127.0.0.1:9999", "-f", "\(directory)/haproxy.cfg"]
            let first = try Background([proxyd] + arguments, in: directory)
            let runs = eventually { (try? Self.ask("show proc", port: 9999, isV6: false))?.contains("worker") ?? false }
            try #require(runs, "\(first.errors)")
            try DaemonFixture.write("listen l\n  bind 127.0.0.1:81\n", in: directory)
            #expect(try Self.ask("reload", port: 9999, isV6: false).hasPrefix("Success=1\n"))
            #expect(try Oracle.listens("127.0.0.1:81"))
            // Who does not say that it takes the place of another has none.
            let other = try Background([proxyd] + arguments, in: directory)
            let isRefused = eventually { other.poll() == 1 }
            #expect(isRefused, "\(other.errors)")
            let second = try Background([proxyd] + arguments + ["-sf", "\(first.pid)"], in: directory)
            let isGone = eventually { first.poll() != nil }
            #expect(isGone, "\(second.errors)")
            let master = try Self.ask("show proc", port: 9999, isV6: false).split(separator: "\n").first {
                $0.contains(" master ")
            }
            #expect(master?.split(separator: " ").first == "\(second.pid)", "\(second.errors)")
        }
    }
}
