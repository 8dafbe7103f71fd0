import Addresses
import Glibc
@testable import ProxyEngine
import Syscalls
import TestSupport
import Testing

@Suite(.blocking) struct ValueTests {
    private var snapshot: ProxySnapshot {
        get throws {
            var snapshot = ProxySnapshot.single([
                Server("s1", port: 1, weight: 256, check: CheckSettings(fastInterval: 5, endpoint: .loopback(9))),
                Server(name: "s2", endpoint: try #require(Endpoint("[fd00::1]:443")), isBackup: true, isDisabled: true),
            ])
            snapshot.settings = EngineSettings(threads: 4, maxConnections: 60000, spreadChecks: 5)
            snapshot.logGroups = [
                LogGroup(
                    outputs: [
                        LogOutput(.standardOutput, format: .raw, level: .informational),
                        LogOutput(.datagrams(.loopback(514)), format: .rfc5424, facility: 3, minimumLevel: .warning),
                        LogOutput(.unix("/dev/log"), length: 80), LogOutput(.standardError, format: .timed),
                    ],
                    tag: "other",
                    hostName: "box"
                )
            ]
            snapshot.settings.logGroup = snapshot.logGroups[0].number
            snapshot.frontends[0].logGroup = snapshot.logGroups[0].number
            snapshot.frontends[0].logStyle = .connect
            snapshot.frontends[0].separatesErrors = true
            snapshot.frontends[0].logTag = "tag"
            snapshot.backends[0].logGroup = 7
            snapshot.backends[0].logTag = snapshot.backends[0].name
            snapshot.frontends[0].rules = [
                SwitchingRule(
                    backend: "be",
                    alternatives: [
                        [Condition(.destinationPort([1...2, 443...443])), Condition(.constant(true), negated: true)],
                        [Condition(.source([try #require(IPNetwork("10.0.0.0/8"))])), Condition(.sourcePort([0...1]))],
                        [Condition(.destination([try #require(IPNetwork("fd00::/64"))]))],
                    ]
                ),
                SwitchingRule(backend: "be"),
            ]
            snapshot.frontends[0].listeners.append(
                Listener(
                    name: "domain-c8:5071:nginx",
                    address: ListenAddress(try #require(Endpoint("[::]:80")), onlyV6: false, interface: "frontend"),
                    backlog: 7,
                    options: everyListenerOption
                )
            )
            for place in [.path("/run/x.sock"), .abstract("x"), .descriptor(7)] as [ListenAddress.Place] {
                snapshot.frontends[0].listeners.append(
                    Listener(name: "n", address: ListenAddress(place, interface: "i", namespace: "s"))
                )
            }
            snapshot.frontends[0].uniqueID = LineFormat("%{+X}o %ci:%cp_%fi:%fp_%{-X}Ts.%ms_%rt:%pid%%")
            snapshot.frontends[0].logFormat = LineFormat("%{+Q,+E}b [%H] %{-Q}ts")
            snapshot.backends[0].abortsOnClose = true
            snapshot.backends[0].servers[1].isNeverStuckTo = true
            snapshot.stickTables = [
                StickTable(
                    name: "t",
                    kind: .binary,
                    length: 7,
                    size: 1000,
                    expiry: 5,
                    purges: false,
                    knowsServersByAddress: true
                )
            ]
            snapshot.backends[0].stickRules = [
                StickRule(table: "t", pattern: .source(bitsV4: 24, bitsV6: nil)),
                StickRule(matches: false, table: "t", pattern: .destination(bitsV4: 32, bitsV6: 64)),
                StickRule(stores: false, table: "t", pattern: .text("x"), alternatives: [[Condition(.constant(true))]]),
                StickRule(table: "t", pattern: .integer(7)), StickRule(table: "t", pattern: .sourcePort),
                StickRule(table: "t", pattern: .destinationPort),
            ]
            snapshot.backends[0].servers[0].connection = try everyConnectionOption
            return snapshot
        }
    }

    private var everyListenerOption: ListenerOptions {
        var options = ListenerOptions()
        options.acceptsProxy = true
        options.isTransparent = true
        options.defersAccept = true
        options.usesFastOpen = true
        options.maxSegmentSize = -12
        options.userTimeout = 30000
        options.keepAlive = KeepAlive(count: 1, idle: 2, interval: 3)
        options.resetsOnClose = true
        options.mode = 0o660
        options.user = 0
        options.group = 7
        return options
    }

    private var everyConnectionOption: ConnectionOptions {
        get throws {
            var options = ConnectionOptions()
            options.path = "@x"
            options.portOffset = -1000
            options.source = SourceAddress(
                IPAddress(v4: 0x7f00_0002),
                ports: 1000...2000,
                foreign: .fixed(try #require(Endpoint("192.0.2.1:7"))),
                interface: "lo"
            )
            options.proxyHeader = ProxyHeaderOptions(version: 2, checksum: true, tls: true, uniqueID: true)
            options.keepAlive = KeepAlive(idle: 60)
            options.userTimeout = 7
            options.resetsOnClose = true
            options.connectsSmartly = true
            return options
        }
    }

    @Test func aSnapshotComesBackFromItsBytes() throws {
        let snapshot = try snapshot
        #expect(try ProxySnapshot(encoded: snapshot.encoded()) == snapshot)
        #expect(try ProxySnapshot(encoded: ProxySnapshot().encoded()) == ProxySnapshot())
    }

    @Test func bytesThatAreNoSnapshotAreRefused() throws {
        let bytes = try snapshot.encoded()
        for count in 0..<bytes.count {
            #expect(throws: MalformedSnapshot.self) { try ProxySnapshot(encoded: Array(bytes[..<count])) }
        }
        #expect(throws: MalformedSnapshot.self) { try ProxySnapshot(encoded: bytes + [0]) }
        var generator = SeededGenerator()
        print("seed \(generator.seed)")
        for _ in 0..<2000 {
            var damaged = bytes
            damaged[Int.random(in: damaged.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            _ = try? ProxySnapshot(encoded: damaged)
        }
    }

    @Test func theDifferenceIsByAddressAndByServer() throws {
        let old = try snapshot
        #expect(SnapshotDifference.diff(from: old, to: old).isEmpty)
        var new = old
        new.frontends[0].name = "renamed"
        new.frontends[0].listeners[1].address = .loopback(host: 3)
        new.backends[0].servers[0].weight = 1
        new.backends[0].servers[1].endpoint.port = 444
        let difference = SnapshotDifference.diff(from: old, to: new)
        #expect(difference.keptBinds.map { $0.listener.name } == ["one", "n", "n", "n"])
        #expect(difference.addedBinds.map { $0.listener.address } == [.loopback(host: 3)])
        #expect(difference.removedBinds.map { $0.listener.address } == [old.frontends[0].listeners[1].address])
        #expect(difference.addedServers.map { $0.server.name } == ["s2"])
        #expect(difference.removedServers.map { $0.server.endpoint.port } == [443])
    }

    @Test func riseAndFallAsHAProxyCounts() {
        var health = HealthState(CheckSettings(fall: 3, rise: 2))
        #expect(health.isUp)
        // A server that was never checked goes down at its first failure.
        #expect(health.failed() == .markDown)
        #expect(!health.isUp)
        #expect(health.passed() == .none)
        #expect(health.failed() == .none)
        #expect(health.passed() == .none)
        #expect(health.passed() == .markUp)
        #expect(health.failed() == .none)
        #expect(health.failed() == .none)
        #expect(health.passed() == .none)
        #expect(health.passed() == .none)
        #expect(health.failed() == .none)
        #expect(health.failed() == .none)
        #expect(health.isUp)
        #expect(health.failed() == .markDown)
    }

    @Test func intervalsFollowTheState() {
        let settings = CheckSettings(interval: 2000, fastInterval: 500, downInterval: 9000, fall: 2, rise: 2)
        var health = HealthState(settings)
        _ = health.passed()
        #expect(health.interval(settings) == 2000)
        _ = health.failed()
        #expect(health.interval(settings) == 500)
        _ = health.failed()
        #expect(health.interval(settings) == 9000)
        _ = health.passed()
        #expect(health.interval(settings) == 500)
    }

    @Test func retriesBackOffToHalfAMinute() {
        var retry = RetrySchedule(failedAt: 0)
        var delays: [UInt64] = [retry.due]
        for _ in 0..<6 {
            let now = retry.due
            retry.failed(at: now)
            delays.append(retry.due - now)
        }
        #expect(delays == [1000, 2000, 4000, 8000, 16000, 30000, 30000])
    }

    @Test func aConnectionFitsInAQuarterOfAKilobyte() {
        #expect(MemoryLayout<Connection>.stride <= 256)
    }

    @Test func aBindThatFailsIsPutAsideAndTriedAgain() throws {
        try withNetworkNamespace {
            try run("ip", "link", "set", "lo", "up")
            let there = ListenAddress(try #require(Endpoint("127.0.0.1:80")))
            let missing = ListenAddress(try #require(Endpoint("192.0.2.1:80")))
            let snapshot = ProxySnapshot(frontends: [
                Frontend(
                    name: "fe",
                    listeners: [Listener(name: "a", address: missing), Listener(name: "b", address: there)]
                )
            ])
            var book = ListenerBook()
            book.keep(book.open(snapshot, now: 0))
            #expect(Set(book.sockets.keys) == [there])
            #expect(book.quarantined[missing]?.reason.code == EADDRNOTAVAIL)
            #expect(book.nextRetry == 1000)
            #expect(book.retryDue(snapshot, now: 1000).isEmpty)
            try run("ip", "address", "add", "192.0.2.1/32", "dev", "lo")
            #expect(book.retryDue(snapshot, now: 2999).isEmpty)
            book.keep(book.retryDue(snapshot, now: 3000))
            #expect(Set(book.sockets.keys) == [there, missing])
            #expect(book.quarantined.isEmpty)
        }
    }
}
