import Addresses
import Glibc
@testable import ProxyEngine
import Syscalls
import TestSupport
import Testing

/// What peers, and those who say that they are, can make this side keep.
@Suite(.blocking) struct PeerBoundTests {
    private static let section = PeersSection(
        name: "pp",
        own: .init("me", Endpoint(IPAddress(v4: 0x7f00_0001), port: 0))
    )

    private static func session(now: UInt64 = 0) throws -> (PeerSession, TestSocket) {
        var ends: [CInt] = [-1, -1]
        try syscall("socketpair") { socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends) }
        return (PeerSession(ends[0], .welcoming, now: now), TestSocket(owning: ends[1]))
    }

    /// Nothing wakes the thread while strangers take all places, and the next come in when those have had their time.
    @Test func strangersWaitWithoutTurns() throws {
        let service = PeersService(ServerNames())
        service.configure([Self.section], [])
        defer { service.stop() }
        func look() -> (strangers: Int, listener: CInt, turns: Int) {
            service.withGroups { groups, turns in (groups[0].strangers.count, groups[0].listener, turns) }
        }
        #expect(eventually { look().listener >= 0 })
        let port = TestSocket.localPort(look().listener)
        let sockets = try (0..<70).map { _ in try TestSocket.connect(port: port) }
        #expect(eventually { look().strangers == 64 })
        let before = look().turns
        #expect(eventually { look().strangers < 64 })
        let turns = look().turns - before
        #expect(turns < 1000, "\(turns)")
        _ = sockets
    }

    @Test func aWordNowAndThenKeepsNoStranger() throws {
        let group = PeerGroup(Self.section, ServerNames(), now: 0)
        group.configure(Self.section, [])
        let (session, other) = try Self.session()
        group.strangers.append(session)
        for now in stride(from: UInt64(1000), to: PeerGroup.patience, by: 1000) {
            try other.send("H")
            #expect(session.receive(now: now))
            group.tend(now: now)
            #expect(group.strangers.count == 1)
        }
        group.tend(now: PeerGroup.patience)
        #expect(group.strangers.isEmpty)
    }

    /// Another process that says that it is there and never that it has got all does not keep this one.
    @Test func whoNeverAnswersKeepsNoProcess() throws {
        let shared = try SharedStickTable(StickTable(name: "t", size: 10, expiry: 60000, data: [], peers: "pp"))
        let group = PeerGroup(Self.section, ServerNames(), now: 0)
        group.configure(Self.section, [shared])
        group.handOver(now: 1000)
        let (session, other) = try Self.session(now: 1000)
        session.state = .established
        let local = try #require(group.local)
        local.session = session
        local.status = 200
        let end = 1000 + PeerGroup.longestHandOver
        for now in stride(from: UInt64(2000), to: end, by: 1000) {
            try other.send("x")
            #expect(session.receive(now: now))
            group.tend(now: now)
            #expect(!group.hasHandedOver && local.session === session)
        }
        try other.send("x")
        #expect(session.receive(now: end))
        group.tend(now: end)
        #expect(group.hasHandedOver)
        #expect(local.session == nil)
    }

    /// The clock may have been read a moment before a peer was heard of.
    @Test func aReportMayBeOlderThanWhatItTells() {
        var section = Self.section
        section.others = [.init("you", Endpoint(IPAddress(v4: 0x7f00_0001), port: 9))]
        let group = PeerGroup(section, ServerNames(), now: 2000)
        group.configure(section, [])
        group.remotes[0].greetedAt = 3000
        func text(_ now: UInt64) -> String {
            PeersReport(group: group, number: 1, turns: 0, hasNames: false, now: now).text
        }
        #expect(text(1000).contains("last_hdshk=0s\n"))
        #expect(text(5000).contains("last_hdshk=2s\n"))
    }

    @Test func asManyDefinitionsAreKeptAsThereAreTables() throws {
        let shared = try SharedStickTable(
            StickTable(name: "t", size: 10, expiry: 60000, data: [StickData(.gpc0)], peers: "pp")
        )
        let group = PeerGroup(Self.section, ServerNames(), now: 0)
        group.configure(Self.section, [shared])
        let remote = RemotePeer(.init("you", Endpoint(IPAddress(v4: 0x7f00_0001), port: 9)))
        let (session, other) = try Self.session()
        let table = try #require(group.tables.first)
        func define(_ id: UInt64, _ name: String) -> Bool {
            var body = PeerWriter()
            body.number(id)
            body.text(name.utf8)
            body.number(table.keyType)
            body.number(table.keyLength)
            body.number(1 << UInt64(StickData.Kind.gpc0.rawValue))
            body.number(60000)
            return group.hear(PeerMessage.Table.define, body.bytes[...], remote, session, now: 1)
        }
        for id in 1...1000 as ClosedRange<UInt64> {
            #expect(define(id, "other\(id)"))
            #expect(session.definitions.isEmpty)
        }
        for id in 1...1000 as ClosedRange<UInt64> { #expect(define(id, "t")) }
        #expect(Array(session.definitions.keys) == [1000])
        var entry = PeerWriter()
        entry.word(1)
        entry.word(5000)
        entry.bytes += [192, 0, 2, 1]
        entry.number(7)
        #expect(group.hear(PeerMessage.Table.timedUpdate, entry.bytes[...], remote, session, now: 900_000))
        let isThere = shared.memory.pointee.locked { content in
            ([192, 0, 2, 1] as [UInt8]).withUnsafeBytes { content.find($0, 900_000) != StickMemory.none }
        }
        #expect(isThere)
        _ = other
    }

    @Test func aPeerThatReadsNothingIsLetGoOf() throws {
        let group = PeerGroup(Self.section, ServerNames(), now: 0)
        let remote = RemotePeer(.init("you", Endpoint(IPAddress(v4: 0x7f00_0001), port: 9)))
        let (session, other) = try Self.session()
        session.state = .established
        #expect(session.take(group, remote, now: 1))
        session.say(String(repeating: "x", count: 9 << 20))
        #expect(!session.take(group, remote, now: 1))
        _ = other
    }

    @Test func peersNamesAreBounded() {
        let names = ServerNames()
        let own = names.number(of: "own")
        let text = String(repeating: "x", count: 1000)
        let learnt = (0..<10000).compactMap { names.number(ofLearnt: "\(text)\($0)") }
        #expect((1000..<9000).contains(learnt.count))
        #expect(Set(learnt).count == learnt.count)
        // Those that are known stay so, and those of the configuration come in.
        #expect(names.number(ofLearnt: "own") == own)
        #expect(names.number(ofLearnt: text + "0") == learnt[0])
        #expect(names.text(of: names.number(of: "next")) == "next")
    }
}
