import Addresses
import Glibc
@testable import ProxyEngine
import Syscalls
import TestSupport
import Testing

@Suite(.blocking) struct StickTests {
    private func key(_ number: UInt32) throws -> StickKey {
        try #require(StickKey(Party(number: UInt128(number), family: 4), for: .v4, length: 32))
    }

    @Test func entriesExpireAfterTheirLastUse() throws {
        let shared = try SharedStickTable(StickTable(name: "t", size: 10, expiry: 1000))
        let memory = shared.memory
        memory.pointee.store(try key(1), server: 7, now: 0)
        #expect(memory.pointee.match(try key(1), now: 999) == 7)
        #expect(memory.pointee.match(try key(1), now: 1998) == 7)
        #expect(memory.pointee.match(try key(1), now: 2998) == nil)
        #expect(memory.pointee.count(now: 2998) == 0)
        #expect(memory.pointee.match(try key(2), now: 0) == nil)
    }

    @Test func aFullTableForgetsTheOldestOrRefuses() throws {
        for purges in [true, false] {
            let shared = try SharedStickTable(StickTable(name: "t", size: 2, purges: purges))
            let memory = shared.memory
            memory.pointee.store(try key(1), server: 1, now: 0)
            memory.pointee.store(try key(2), server: 2, now: 1)
            // The first one is the newer of the two now.
            #expect(memory.pointee.match(try key(1), now: 2) == 1)
            #expect(memory.pointee.store(try key(3), server: 3, now: 3) == purges)
            #expect(memory.pointee.match(try key(1), now: 4) == 1)
            #expect(memory.pointee.match(try key(2), now: 4) == (purges ? nil : 2))
            #expect(memory.pointee.match(try key(3), now: 4) == (purges ? 3 : nil))
        }
    }

    /// The table does what a dictionary with an order would do.
    @Test func aTableIsADictionaryWithAnOrder() throws {
        var generator = SeededGenerator()
        print("seed \(generator.seed)")
        let size = 20
        let expiry: UInt64 = 50
        var shared = try SharedStickTable(StickTable(name: "t", size: UInt32(size), expiry: UInt32(expiry)))
        var model: [(key: UInt32, server: UInt32, touched: UInt64)] = []
        for now in 0..<5000 as Range<UInt64> {
            let number = UInt32.random(in: 0..<40, using: &generator)
            let known = model.firstIndex { $0.key == number && $0.touched + expiry > now }
            if Bool.random(using: &generator) {
                #expect(shared.memory.pointee.match(try key(number), now: now) == known.map { model[$0].server })
                if let known {
                    let entry = model.remove(at: known)
                    model.append((number, entry.server, now))
                }
            } else {
                let server = UInt32.random(in: 1...9, using: &generator)
                #expect(shared.memory.pointee.store(try key(number), server: server, now: now))
                model.removeAll { $0.key == number }
                model.append((number, server, now))
                if model.count > size { model.removeFirst() }
            }
            if now % 1000 == 999 {
                // Another size keeps all that has room.
                let table = StickTable(name: "t", size: UInt32(size) + UInt32(now), expiry: UInt32(expiry))
                let larger = try #require(shared.succeeded(by: table))
                shared = try #require(larger.succeeded(by: StickTable(name: "t", size: UInt32(size), expiry: 50)))
            }
            #expect(
                shared.memory.pointee.count(now: now) == model.count { $0.touched + expiry > now },
                "seed \(generator.seed) at \(now)"
            )
        }
    }

    @Test func keysAreMadeAsTheTableHasThem() {
        let v4 = Party(number: 0xc000_0201, family: 4)
        let v6 = Party(number: 0x2001_0db8 << 96 | 1, family: 6)
        let mapped = Party(number: 0xffff_c000_0201, family: 6)
        func made(_ party: Party, _ kind: StickTable.Kind, _ length: UInt16 = 32) -> StickKey? {
            StickKey(party, for: kind, length: length)
        }
        #expect(made(v4, .v4) == made(mapped, .v4) && made(v4, .v4) != nil)
        #expect(made(v6, .v4) == nil && made(v6, .integer) == nil)
        #expect(made(v4, .v6) == made(mapped, .v6))
        #expect(made(v4, .v6) != made(v6, .v6))
        #expect(made(v4, .string) == StickKey(Array("192.0.2.1".utf8), for: .string, length: 32))
        #expect(made(v6, .string) == StickKey(Array("2001:db8::1".utf8), for: .string, length: 32))
        // `len 4`, and the NUL that HAProxy counts.
        #expect(made(v4, .string, 5) == StickKey(Array("192.".utf8), for: .string, length: 32))
        #expect(made(v4, .binary, 2) == StickKey([192, 0], for: .binary, length: 32))
        #expect(made(Party(number: 8080), .string) == StickKey(Array("8080".utf8), for: .string, length: 32))
        #expect(StickKey(Array("x".utf8), for: .v4, length: 32) == nil)
    }

    /// Many threads on one table: every answer is one that was stored for that key.
    @Test func threadsShareATable() throws {
        let shared = try SharedStickTable(StickTable(name: "t", size: 100))
        let keys = try (0..<200 as Range<UInt32>).map { try key($0) }
        var threads: [pthread_t] = []
        final class Box: Sendable {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        for number in 0..<4 {
            let body: @Sendable () -> Void = {
                for round in 0..<20000 {
                    let index = (round * 7 + number * 13) % keys.count
                    if let server = shared.memory.pointee.match(keys[index], now: UInt64(round)) {
                        #expect(server == UInt32(index) + 1)
                    } else {
                        shared.memory.pointee.store(keys[index], server: UInt32(index) + 1, now: UInt64(round))
                    }
                }
            }
            var thread = pthread_t()
            pthread_create(
                &thread,
                nil,
                { context in
                    guard let context else { return nil }
                    Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body()
                    return nil
                },
                Unmanaged.passRetained(Box(body)).toOpaque()
            )
            threads.append(thread)
        }
        for thread in threads { pthread_join(thread, nil) }
        #expect(shared.memory.pointee.count(now: 0) == 100)
    }
}
