import Addresses
import Guard
import NetworkFiles
import NetworkState
import RuntimeAPI
import TestSupport
import Testing

@testable import NetworkWatch

/// The order of things, without a kernel.
@Suite struct GuardChainTests {
    private static func network(_ ranges: String..., policy: String = "") throws -> GuardNetwork {
        let anyIP = AnyIPRoutesFile.parse(ranges.map { $0 + "\n" }.joined()).value
        let appliance = ApplianceFile.parse("[guard]\n" + policy).value
        return GuardNetwork(NetworkConfiguration(anyIPRoutes: anyIP, appliance: appliance))
    }

    private static func part(_ sequence: Int, whole: Bool = false, add: [String] = [], remove: [String] = [])
        throws -> ListenerStream.Part
    {
        var part = ListenerStream.Part()
        part.isWhole = whole
        part.added = try add.map { try #require(ProxyListener(line: $0)) }
        part.removed = try remove.map { try #require(ProxyListener(line: $0)) }
        part.sequence = sequence
        return part
    }

    @Test func anAddressIsAskedForThenLetThroughThenAnnouncedThenAnswered() throws {
        let address = try #require(IPAddress("10.0.0.1"))
        var chain = GuardChain()
        _ = chain.changed(try Self.network("10.0.0.0/24"), isApplied: true)
        let asked = chain.heard(try Self.part(0, whole: true, add: ["listen f 10.0.0.1:80"]))
        #expect(asked.last == .probe([address]))
        #expect(!asked.contains { if case .answer = $0 { true } else { false } })
        let done = chain.probed([address], [:])
        let names = done.map { "\($0)".prefix { $0 != "(" } }
        #expect(names == ["change", "remember", "announce", "answer"])
        #expect(done.first == .change(GuardChange(claiming: [address])))
        // Another port of it need not wait.
        let more = chain.heard(try Self.part(1, add: ["listen f 10.0.0.1:81"]))
        #expect(more.map { "\($0)".prefix { $0 != "(" } } == ["change", "answer"])
    }

    @Test func whileOneIsAskedForOthersAreLetThrough() throws {
        let addresses = try ["10.0.0.1", "10.0.0.2"].map { try #require(IPAddress($0)) }
        var chain = GuardChain()
        _ = chain.changed(try Self.network("10.0.0.0/24"), isApplied: true)
        _ = chain.heard(try Self.part(0, whole: true, add: ["listen f 10.0.0.1:80"]))
        _ = chain.probed([addresses[0]], [:])
        _ = chain.heard(try Self.part(1, add: ["listen f 10.0.0.2:80"]))
        let meanwhile = chain.heard(try Self.part(2, add: ["listen f 10.0.0.1:81"]))
        #expect(meanwhile.count == 1)
        // Both parts are answered by the number of the last.
        let done = chain.probed([addresses[1]], [:])
        #expect(done.last == .answer(ListenerVerdict(sequence: 2)))
    }

    /// Whose bind went while the proxy was away is no conflict any more.
    @Test func aConflictEndsWithItsBind() throws {
        let address = try #require(IPAddress("10.0.0.1"))
        let mac = try #require(MACAddress("02:00:00:00:00:01"))
        var chain = GuardChain()
        _ = chain.changed(try Self.network("10.0.0.0/24"), isApplied: true)
        _ = chain.heard(try Self.part(0, whole: true, add: ["want f 10.0.0.1:80"]))
        _ = chain.probed([address], [address: mac])
        #expect(chain.conflicts == [address: mac])
        _ = chain.lost()
        let answer = chain.heard(try Self.part(0, whole: true)).last
        #expect(chain.conflicts == [:])
        #expect(answer == .answer(ListenerVerdict(sequence: 0)))
    }

    /// What is claimed all the same is watched by others, who know when that ends.
    @Test func aConflictOfAClaimedAddressIsHandedOver() throws {
        let address = try #require(IPAddress("10.0.0.1"))
        let mac = try #require(MACAddress("02:00:00:00:00:01"))
        let handed = GuardChain.Action.announce([address], held: [address: mac])
        var warning = GuardChain()
        _ = warning.changed(try Self.network("10.0.0.0/24", policy: "conflict = \"warn\"\n"), isApplied: true)
        _ = warning.heard(try Self.part(0, whole: true, add: ["want f 10.0.0.1:80"]))
        let claimed = warning.probed([address], [address: mac])
        #expect(claimed.contains(handed))
        #expect(warning.conflicts == [:])
        // The policy changes.
        for policy in ["warn", "off"] {
            var chain = GuardChain()
            _ = chain.changed(try Self.network("10.0.0.0/24"), isApplied: true)
            _ = chain.heard(try Self.part(0, whole: true, add: ["want f 10.0.0.1:80"]))
            _ = chain.probed([address], [address: mac])
            let next = try Self.network("10.0.0.0/24", policy: "conflict = \"\(policy)\"\n")
            let changed = chain.changed(next, isApplied: true)
            #expect(changed.contains(handed))
            #expect(chain.conflicts == [:])
        }
    }

    /// Nobody could be asked when it was claimed; then it turns out to be another's.
    @Test func aClaimIsTakenBack() throws {
        let address = try #require(IPAddress("10.0.0.1"))
        let mac = try #require(MACAddress("02:00:00:00:00:01"))
        var chain = GuardChain()
        _ = chain.changed(try Self.network("10.0.0.0/24"), isApplied: true)
        _ = chain.heard(try Self.part(0, whole: true, add: ["listen f 10.0.0.1:80"]))
        _ = chain.probed([address], [:])
        let actions = chain.refused([address: mac])
        #expect(actions.map { "\($0)".prefix { $0 != "(" } } == ["change", "remember", "release"])
        #expect(chain.conflicts == [address: mac])
        #expect(chain.claimed == ClaimedAddresses())
        let again = chain.probeAgain()
        #expect(again == [.probe([address])])
        let free = chain.probed([address], [:])
        #expect(free.contains(.announce([address])))
    }

    /// A range takes the place of an address's own route: until the kernel has the range, the route stays.
    /// That of a range of one address is the same route: nobody takes it away.
    @Test(arguments: ["10.0.0.0/29", "10.0.0.5/32"])
    func theOwnRouteStaysUntilTheRangeIsThere(_ range: String) throws {
        let address = try #require(IPAddress("10.0.0.5"))
        var network = try Self.network("10.9.0.0/24")
        network.interfaces = [
            GuardState.Interface(
                index: 2,
                name: "frontend",
                role: .frontend,
                networks: [try #require(IPNetwork("10.0.0.0/24"))]
            )
        ]
        var next = try Self.network(range)
        next.interfaces = network.interfaces
        var chain = GuardChain(canProbe: false)
        func routes(_ actions: [GuardChain.Action]) -> [GuardChain.Action] {
            actions.filter { if case .route = $0 { true } else { false } }
        }
        _ = chain.changed(network, isApplied: true)
        let come = routes(chain.heard(try Self.part(0, whole: true, add: ["listen f 10.0.0.5:80"])))
        #expect(come == [.route(add: [address], delete: [])])
        // Whoever would apply it is busy, again and again.
        for _ in 0..<2 {
            let prepared = chain.changed(next, isApplied: false)
            #expect(routes(prepared) == [])
        }
        #expect(chain.claimed == ClaimedAddresses(inRanges: [address]))
        let applied = routes(chain.changed(next, isApplied: true))
        #expect(applied == (range.hasSuffix("/32") ? [] : [.route(add: [], delete: [address])]))
        // The other way round: the route is there before the range goes.
        let back = routes(chain.changed(network, isApplied: false))
        #expect(back == [.route(add: [address], delete: [])])
    }

    /// Whoever would take its route away is busy, or fails: until then it is a range.
    @Test(arguments: ["10.0.1.0/24", "10.0.0.128/25", "10.0.0.0/23"])
    func aRangeIsGuardedUntilItIsGone(_ range: String) throws {
        let (former, next) = (try Self.network("10.0.0.0/24"), try Self.network(range))
        var chain = GuardChain(canProbe: false)
        func ranges(_ actions: [GuardChain.Action]) -> [[IPNetwork]] {
            actions.compactMap { if case .protect(let state) = $0 { state.ranges } else { nil } }
        }
        #expect(ranges(chain.changed(former, isApplied: true)) == [former.ranges])
        #expect(ranges(chain.changed(next, isApplied: false)) == [(former.ranges + next.ranges).sorted()])
        #expect(ranges(chain.changed(next, isApplied: false)) == [])
        #expect(ranges(chain.changed(next, isApplied: true)) == [next.ranges])
    }

    /// Whatever comes in whatever order: what is let through are the claimed addresses of those that are listened on, and
    /// every part is answered in the end.
    @Test func anyOrderEndsTheSame() throws {
        for seed in 0..<200 as Range<UInt64> {
            var generator = SeededGenerator(state: seed)
            var chain = GuardChain()
            var listeners: Set<String> = []
            var probes: [[IPAddress]] = []
            var answered = -1
            var sequence = 0
            func take(_ actions: [GuardChain.Action]) {
                for action in actions {
                    if case .probe(let addresses) = action { probes.append(addresses) }
                    if case .answer(let verdict) = action { answered = verdict.sequence }
                }
            }
            take(chain.changed(try Self.network("10.0.0.0/29"), isApplied: true))
            take(chain.heard(try Self.part(0, whole: true)))
            for _ in 0..<40 {
                switch Int.random(in: 0..<6, using: &generator) {
                case 0...2:
                    let line = "listen f 10.0.0.\(Int.random(in: 0..<12, using: &generator)):80"
                    sequence += 1
                    if listeners.remove(line) != nil {
                        take(chain.heard(try Self.part(sequence, remove: [line])))
                    } else {
                        listeners.insert(line)
                        take(chain.heard(try Self.part(sequence, add: [line])))
                    }
                case 3 where !probes.isEmpty: take(chain.probed(probes.removeFirst(), [:]))
                case 4:
                    let range = Bool.random(using: &generator) ? "10.0.0.0/29" : "10.0.0.8/29"
                    take(chain.changed(try Self.network(range), isApplied: true))
                default:
                    take(chain.lost())
                    sequence += 1
                    take(chain.heard(try Self.part(sequence, whole: true, add: Array(listeners))))
                }
            }
            take(chain.changed(try Self.network("10.0.0.0/28"), isApplied: true))
            while !probes.isEmpty { take(chain.probed(probes.removeFirst(), [:])) }
            let wanted = try Set(listeners.map { try #require(ProxyListener(line: $0)).endpoint.address })
            #expect(chain.state.claimed == wanted, "seed \(seed)")
            #expect(chain.claimed == ClaimedAddresses(inRanges: wanted))
            #expect(Set(chain.state.listeners.map { $0.address }) == wanted)
            #expect(answered == sequence, "seed \(seed)")
        }
    }
}
