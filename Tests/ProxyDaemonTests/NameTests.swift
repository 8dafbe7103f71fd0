import Addresses
import Glibc
@testable import ProxyDaemon
import ProxyConfig
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// Host names in the configuration: resolved when it is read, quarantined without an address, asked for again.
@Suite(.blocking) struct NameTests {
    @Test func eachNameIsAskedForOnce() throws {
        let text = """
            defaults
              mode tcp
            frontend f
              bind front.test:80,127.0.0.1:81
              bind gone.test:82
            backend b
              server s1 back.test:8080
              server s2 back.test:8081
              server s3 gone.test:8082

            """
        var model = try #require(ConfigurationFile(text, file: "x").checked().model)
        var asked: [String] = []
        let addresses = ["front.test": "192.0.2.1", "back.test": "2001:db8::2"]
        var names = NameResolution(
            former: FormerAddresses(),
            lookUp: { name in
                asked.append(name)
                return addresses[name].flatMap { IPAddress($0) }
            }
        )
        names.resolve(&model)
        #expect(asked == ["front.test", "gone.test", "back.test"])
        #expect(names.unresolved == ["gone.test"])
        #expect(model.frontends[0].binds.map { $0.quarantine } == [nil, "the name 'gone.test' does not resolve"])
        #expect("\(model.frontends[0].binds[0].addresses[0])" == "192.0.2.1:80")
        #expect(
            model.backends[0].servers.map { "\($0.address)" } == [
                "[2001:db8::2]:8080", "[2001:db8::2]:8081", "gone.test:8082",
            ]
        )
        #expect(names.servers.map { $0.server.name } == ["s3"])
    }

    /// Name servers that are silent take neither the address of what serves nor the time of a change.
    @Test func silentNameServersTakeNothingAway() throws {
        let servers = (1...4).map { "  server s\($0) s\($0).test:80\n" }.joined()
        let checked = try #require(ConfigurationFile("listen l\n  mode tcp\n" + servers, file: "x").checked().model)
        let former = FormerAddresses()
        var now: UInt64 = 0
        var asked: [String] = []
        func resolve(_ addresses: [String: String]) -> NameResolution {
            var model = checked
            asked = []
            var names = NameResolution(
                former: former,
                clock: { now },
                lookUp: { name in
                    asked.append(name)
                    let address = addresses[name].flatMap { IPAddress($0) }
                    now += address == nil ? 3000 : 60000
                    return address
                }
            )
            names.resolve(&model)
            #expect(model.backends[0].servers.map { $0.quarantine == nil } == [true, true, false, false])
            return names
        }
        let first = resolve(["s1.test": "192.0.2.1", "s2.test": "192.0.2.2"])
        #expect(first.unresolved == ["s3.test", "s4.test"] && first.warnings.isEmpty)
        #expect(asked.count == 4)
        // 6 seconds went by for nothing: nobody else is asked.
        let second = resolve([:])
        #expect(asked == ["s1.test", "s2.test"])
        #expect(second.unresolved == ["s3.test", "s4.test"])
        #expect(second.warnings.first == "the name 's1.test' does not resolve now, and keeps the address it had")
        #expect(second.kept == ["s1.test", "s2.test"])
    }

    /// `localhost` is in /etc/hosts everywhere; `.invalid` nowhere (RFC 6761).
    @Test func aNameWithoutAnAddressIsQuarantined() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s1")
            let body = "listen l\n  bind localhost:80\n  server s1 localhost:\(server.port)\n"
            let missing = "  server s2 nowhere.invalid:80\n"
            let daemon = try DaemonFixture(body + missing, in: directory)
            let line = "server l/s2 nowhere.invalid:80 quarantined the name 'nowhere.invalid' does not resolve"
            #expect(try daemon.client.send("show quarantine") == line + "\n")
            let file = "\(directory)/haproxy.cfg"
            #expect(try Subprocess.run([proxyd, "-c", "-dr", "-f", file]).status == 0)
            let ours = try Subprocess.run([proxyd, "-c", "-f", file])
            let theirs = try Subprocess.run(["haproxy", "-c", "-f", file])
            #expect(ours.status == theirs.status && ours.status == 1)
            func alerts(_ text: String) -> [String] {
                text.split(separator: "\n").filter { $0.hasPrefix("[ALERT]") }.map { String($0.drop { $0 != ")" }) }
            }
            #expect(alerts(ours.errors) == alerts(theirs.errors))
        }
    }

    @Test func anAddressThatComesRingsTheBell() throws {
        let retry = try NameRetry()
        retry.change(to: ["nowhere.invalid", "localhost"], now: 1000)
        #expect(retry.due == 2000)
        retry.startDue(now: 1999)
        #expect(retry.due == 2000)
        retry.startDue(now: 2000)
        #expect(retry.due == 4000)
        var wait = pollfd(fd: retry.event.raw, events: Int16(POLLIN), revents: 0)
        #expect(poll(&wait, 1, 60000) == 1)
        retry.take()
        retry.change(to: [], now: 5000)
        #expect(retry.due == nil)
    }
}
