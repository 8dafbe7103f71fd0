@testable import ProxyEngine
import TestSupport
import Testing

/// What entries of a stick table count.
@Suite(.blocking) struct StickCounterTests {
    private static let everything = StickData.Kind.allCases.map { kind in
        StickData(kind, count: kind.isArray ? 3 : 1, period: kind.form == .rate ? 1000 : 0)
    }

    private func table(_ data: [StickData], size: UInt32 = 10, expiry: UInt32? = nil) throws -> SharedStickTable {
        try SharedStickTable(StickTable(name: "t", size: size, expiry: expiry, data: data))
    }

    private func bytes(_ number: UInt32) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }

    private func track(_ shared: SharedStickTable, _ number: UInt32, now: UInt64) -> UInt32 {
        bytes(number).withUnsafeBytes { shared.memory.pointee.track($0, now: now) }
    }

    private func value(
        _ shared: SharedStickTable,
        _ kind: StickData.Kind,
        _ number: UInt32,
        _ element: UInt32 = 0,
        now: UInt64
    ) -> UInt64? {
        let reading = bytes(number).withUnsafeBytes { key in
            shared.memory.pointee.read(kind, element, at: .key(key), now: now)
        }
        if case .value(let value) = reading { return value }
        return nil
    }

    @Test func aConnectionIsCountedFromBeginningToEnd() throws {
        let shared = try table(Self.everything)
        let first = track(shared, 1, now: 1000)
        let second = track(shared, 1, now: 1000)
        #expect(first == second)
        shared.memory.pointee.countSession(first, now: 1000)
        #expect(value(shared, .connections, 1, now: 1000) == 2)
        #expect(value(shared, .currentConnections, 1, now: 1000) == 2)
        #expect(value(shared, .connectionRate, 1, now: 1000) == 2)
        #expect(value(shared, .sessions, 1, now: 1000) == 1)
        #expect(value(shared, .sessionRate, 1, now: 1000) == 1)
        shared.memory.pointee.untrack(first, bytesIn: 5_000_000_000, bytesOut: 7, now: 1500)
        #expect(value(shared, .currentConnections, 1, now: 1500) == 1)
        #expect(value(shared, .bytesIn, 1, now: 1500) == 5_000_000_000)
        #expect(value(shared, .bytesOut, 1, now: 1500) == 7)
        shared.memory.pointee.untrack(second, bytesIn: 0, bytesOut: 0, now: 1500)
        #expect(value(shared, .currentConnections, 1, now: 1500) == 0)
        #expect(value(shared, .connections, 1, now: 9000) == 2)
        #expect(value(shared, .connectionRate, 1, now: 9000) == 0)
        // What a table does not store is counted nowhere, and nothing else is disturbed.
        let bare = try table([])
        let index = track(bare, 1, now: 0)
        bare.memory.pointee.untrack(index, bytesIn: 1, bytesOut: 1, now: 0)
        #expect(value(bare, .connections, 1, now: 0) == nil)
        #expect(bare.memory.pointee.count(now: 0) == 1)
    }

    @Test func anEntryThatIsTrackedStays() throws {
        let shared = try table([StickData(.connections)], size: 2, expiry: 1000)
        let index = track(shared, 1, now: 0)
        _ = track(shared, 2, now: 0)
        // Both are in use: there is no room, whatever the time.
        #expect(track(shared, 3, now: 5000) == StickMemory.none)
        #expect(value(shared, .connections, 1, now: 5000) == 1)
        shared.memory.pointee.untrack(index, bytesIn: 0, bytesOut: 0, now: 5000)
        // It had expired long ago.
        #expect(shared.memory.pointee.count(now: 5000) == 1)
        #expect(track(shared, 3, now: 5000) != StickMemory.none)
    }

    /// A full table makes room for several at once, as HAProxy does.
    @Test func aFullTableForgetsSeveralAtOnce() throws {
        let shared = try table([], size: 1024)
        for number in 0..<1024 as Range<UInt32> {
            let index = track(shared, number, now: UInt64(number))
            shared.memory.pointee.untrack(index, bytesIn: 0, bytesOut: 0, now: UInt64(number))
        }
        _ = track(shared, 5000, now: 5000)
        #expect(shared.memory.pointee.count(now: 5000) == 1020)
    }

    @Test func countersOfRulesAreSetAndRead() throws {
        let shared = try table([
            StickData(.gpc, count: 2), StickData(.gpcRate, count: 2, period: 1000), StickData(.gpt, count: 3),
        ])
        let index = track(shared, 1, now: 0)
        func increment(_ kind: StickData.Kind, _ rate: StickData.Kind, _ element: UInt32) -> StickMemory.Reading {
            shared.memory.pointee.increment(kind, rate, element, at: .entry(index), makes: false, now: 100)
        }
        #expect(increment(.gpc, .gpcRate, 1) == .value(1))
        // The array stands in for single counters.
        #expect(increment(.gpc1, .gpc1Rate, 0) == .value(2))
        #expect(increment(.gpc0, .gpc0Rate, 0) == .value(1))
        #expect(increment(.gpc, .gpcRate, 2) == .notStored)
        #expect(value(shared, .gpcRate, 1, 1, now: 100) == 2)
        let before = shared.memory.pointee.exchange(.gpt, 2, at: .entry(index), makes: false, with: 7, now: 0)
        #expect(before == .value(0) && value(shared, .gpt, 1, 2, now: 0) == 7)
        let made = bytes(9).withUnsafeBytes { key in
            shared.memory.pointee.increment(.gpc0, .gpc0Rate, 0, at: .key(key), makes: true, now: 0)
        }
        #expect(made == .value(1))
    }

    /// A rate is that of the current period, and of the one before as much as still counts.
    @Test func ratesSlide() {
        var counter = PeriodCounter()
        for time in stride(from: 100_000 as UInt32, to: 102_000, by: 10) { counter.add(1, period: 1000, now: time) }
        #expect(counter.events(period: 1000, now: 101_990) == 101)
        #expect(counter.events(period: 1000, now: 102_500) == 50)
        #expect(counter.events(period: 1000, now: 104_000) == 0)
        // Little that comes does not go up and down.
        var single = PeriodCounter()
        single.add(1, period: 1000, now: 100_000)
        #expect(single.events(period: 1000, now: 101_999) == 1)
        // A thread whose clock is a moment behind counts all the same.
        var shared = PeriodCounter()
        shared.add(7, period: 1000, now: 9000)
        shared.add(5, period: 1000, now: 10000)
        for _ in 0..<4 { shared.add(1, period: 1000, now: 9997) }
        #expect(shared.events(period: 1000, now: 9997) == 16)
        #expect(shared.events(period: 1000, now: 10500) == 12)
        // The clock begins anew after 49 days.
        var late = PeriodCounter()
        late.add(5, period: 1000, now: .max - 10)
        late.add(5, period: 1000, now: 100)
        #expect(late.events(period: 1000, now: 200) == 10)
    }

    @Test func samplesBecomeKeys() throws {
        func key(_ sample: Sample, _ kind: StickTable.Kind, _ length: UInt16 = 32) throws -> [UInt8]? {
            let shared = try SharedStickTable(StickTable(name: "t", kind: kind, length: length, size: 1))
            return shared.memory.pointee.withKey(of: sample) { Array($0) }
        }
        func text(_ text: String, _ body: (UnsafeRawBufferPointer) throws -> [UInt8]?) rethrows -> [UInt8]? {
            try Array(text.utf8).withUnsafeBytes(body)
        }
        #expect(try key(.address(0x0102_0304, family: 4), .v4) == [1, 2, 3, 4])
        #expect(try key(.address(1, family: 6), .v4) == nil)
        #expect(try key(.integer(-12), .string) == Array("-12".utf8))
        #expect(try key(.integer(8080), .integer) == [0, 0, 0x1f, 0x90])
        #expect(try text("1.2.3.4") { try key(.string($0), .v4) } == [1, 2, 3, 4])
        #expect(try text("::1") { try key(.string($0), .v6) } == [UInt8](repeating: 0, count: 15) + [1])
        #expect(try text("300x") { try key(.string($0), .integer) } == [0, 0, 1, 44])
        #expect(try text("x") { try key(.string($0), .v4) } == nil)
        #expect(try text("\u{1}\u{ab}") { try key(.binary($0), .string) } == [1, 0xc2, 0xab])
        let long = String(repeating: "k", count: 300)
        #expect(try text(long) { try key(.string($0), .string, 301) }?.count == 300)
    }

    /// Another size, or other data, keeps what is known; nobody who is connected is lost.
    @Test func aChangeKeepsWhatIsCounted() throws {
        var shared = try table([StickData(.connections), StickData(.currentConnections)], size: 4)
        let index = track(shared, 1, now: 0)
        _ = track(shared, 2, now: 0)
        let larger = StickTable(name: "t", size: 5000, data: shared.table.data)
        shared = try #require(shared.succeeded(by: larger))
        for number in 10..<4000 as Range<UInt32> { #expect(track(shared, number, now: 1) != StickMemory.none) }
        #expect(value(shared, .connections, 1, now: 1) == 1)
        shared.memory.pointee.untrack(index, bytesIn: 0, bytesOut: 0, now: 1)
        #expect(value(shared, .currentConnections, 1, now: 1) == 0)
        let other = StickTable(name: "t", size: 5000, data: [StickData(.connections), StickData(.gpc0)])
        let next = try #require(shared.succeeded(by: other))
        #expect(next.memory != shared.memory)
        #expect(value(next, .connections, 3999, now: 1) == 1 && value(next, .gpc0, 3999, now: 1) == 0)
    }

    @Test func questionsSurviveTheChannel() throws {
        let questions: [TableQuestion] = [
            .sizes, .show("t", .key([1, 2])), .show("t", .matching([.init(.gpc0, .greater, -7)])),
            .clear("t", .matching([])), .set("t", key: [9], [.init(.bytesIn, 1 << 40)]),
        ]
        for question in questions { #expect(try TableQuestion(encoded: question.encoded()) == question) }
        let row = TableAnswer.Row(place: 3, key: [1], uses: 2, rest: 5, values: [-1, 1 << 60], server: "s")
        for answer in [.sizes(["a": 1]), .rows(used: 2, [row]), .refused, .done] as [TableAnswer] {
            #expect(try TableAnswer(encoded: answer.encoded()) == answer)
        }
        #expect(throws: MalformedSnapshot.self) { try TableQuestion(encoded: [9]) }
    }
}
