import Addresses
import Nftables
import TestSupport
import Testing

/// Any table becomes any other, in the order that the kernel takes.
@Suite(.blocking) struct DifferenceTests {
    @Test func ordersAreThoseOfTheKernel() throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        try withNetworkNamespace {
            var generator = SeededGenerator(state: seed)
            let socket = try NftablesSocket()
            var current: Table?
            for _ in 0..<60 {
                let next = Int.random(in: 0..<10, using: &generator) == 0 ? nil : Self.random(&generator)
                let operations = Table.diff(from: current, to: next)
                try socket.execute(operations)
                current = try socket.table(Table.Identity(.inet, "test"))
                #expect(current == next, "\(operations)")
            }
        }
    }

    @Test func nothingToDo() throws {
        let table = try ReadBackTests.table()
        #expect(Table.diff(from: table, to: table).isEmpty)
        #expect(Table.diff(from: nil, to: nil).isEmpty)
    }

    @Test func operationsInWords() throws {
        var table = Table(.inet, "t", chains: [Chain("a"), Chain("b")], sets: [NamedSet("s", .ipv4Address, .service)])
        let empty = table
        table.sets["s"]?.elements = [SetElement(.address(try ReadBackTests.address("10.0.0.1")), .port(80))]
        table.counters = ["c"]
        table.chains["b"] = nil
        table.chains["a"]?.rules = [FilterRule([.counter], comment: "count")]
        #expect(
            Table.diff(from: empty, to: table).map { "\($0)" } == [
                "add counter inet t c", "add element inet t s { 10.0.0.1 . 80 }", "add rule inet t a \"count\"",
                "flush chain inet t b", "delete chain inet t b",
            ]
        )
        #expect(
            Table.diff(from: table, to: empty).map { "\($0)" } == [
                "add chain inet t b", "delete element inet t s { 10.0.0.1 . 80 }", "flush chain inet t a",
                "delete counter inet t c",
            ]
        )
        #expect(Table.diff(from: table, to: nil).map { "\($0)" } == ["delete table inet t"])
    }

    /// Another hook, or another type of key, takes a new table.
    @Test func whatCannotBeChangedIsReplaced() throws {
        let table = try ReadBackTests.table()
        var moved = table
        moved.chains["main"]?.hook?.priority = 10
        #expect(
            Table.diff(from: table, to: moved).prefix(2).map { "\($0)" } == [
                "delete table inet test", "add table inet test",
            ]
        )
        var retyped = table
        retyped.sets["ports"] = NamedSet("ports", .mark)
        #expect(Table.diff(from: table, to: retyped).first?.action == .deleteTable)
        var strict = table
        strict.chains["main"]?.hook?.policy = .drop
        #expect(Table.diff(from: table, to: strict).map { "\($0)" } == ["add chain inet test main"])
    }

    private static func random(_ generator: inout SeededGenerator) -> Table {
        var table = Table(.inet, "test")
        for name in ["a", "b", "c"] where Bool.random(using: &generator) {
            let kind = Int.random(in: 0..<4, using: &generator)
            let numbers = Set((0..<5).map { _ in UInt16.random(in: 1...20, using: &generator) })
            switch kind {
            case 0:
                table.sets[name] = NamedSet(name, .service, elements: Set(numbers.map { SetElement(.port($0)) }))
            case 1:
                let value = UInt32.random(in: 0...1, using: &generator)
                table.sets[name] = NamedSet(
                    name,
                    .service,
                    maps: .value(.mark),
                    elements: Set(numbers.map { SetElement(.port($0), maps: .bytes(Match.native(value))) })
                )
            default:
                let width = UInt32.random(in: 29...31, using: &generator)
                let networks = numbers.compactMap { number in
                    IPNetwork(containing: IPAddress(v4: UInt32(number) * 8), prefixLength: Int(width))
                }
                table.sets[name] = NamedSet(
                    name,
                    .ipv4Address,
                    isInterval: true,
                    elements: Set(networks.map { SetElement($0) })
                )
            }
        }
        if Bool.random(using: &generator) { table.counters.insert("x") }
        if Bool.random(using: &generator) { table.counters.insert("y") }
        let names = ["main", "one", "two"].filter { _ in Int.random(in: 0..<3, using: &generator) > 0 }
        for (index, name) in names.enumerated() {
            var chain = Chain(name)
            if name == "main" {
                let priority = Int32.random(in: 0...1, using: &generator)
                chain.hook = Chain.Hook(Chain.Hook.input, priority: priority)
                chain.hook?.policy = Bool.random(using: &generator) ? .accept : .drop
            }
            for counter in table.counters.sorted() where Bool.random(using: &generator) {
                chain.rules.append(FilterRule([.namedCounter(counter)]))
            }
            for set in table.sets.values.sorted(by: { $0.name < $1.name }) where set.target == nil {
                guard Bool.random(using: &generator) else { continue }
                let match =
                    set.isInterval
                    ? Match.destination(.v4, in: set.name)
                    : Match.transport(6) + [Match.destinationPort(), .lookup(set: set.name)]
                // Chains refer to those after them: no loops.
                let target = names.dropFirst(index + 1).randomElement(using: &generator)
                chain.rules.append(FilterRule(match, target.map { .jump($0) } ?? .accept))
            }
            table.chains[name] = chain
        }
        return table
    }
}
