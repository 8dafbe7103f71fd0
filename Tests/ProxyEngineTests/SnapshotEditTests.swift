import Addresses
@testable import ProxyEngine
import Testing

/// What a change leaves alone stays as it is, and the result is that of the whole.
struct SnapshotEditTests {
    /// Draws snapshots, and changes them.
    private struct Draw {
        var random = SeededGenerator()
        private var names = 0

        init() { print("edit seed \(random.seed)") }

        mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<max(1, limit), using: &random) }

        private mutating func newName(_ kind: String) -> String {
            names += 1
            // Some come back under a name that has been there.
            return "\(kind)-\(below(3) == 0 ? below(names) : names)-with-a-name-of-some-length"
        }

        mutating func server() -> Server {
            var server = Server("s\(below(6))", port: UInt16(1 + below(4)), weight: UInt16(below(5)))
            if below(4) == 0 { server.check = CheckSettings(interval: UInt32(1 + below(5000))) }
            if below(9) == 0 { server.connection.path = "/run/\(below(3)).sock" }
            if below(9) == 0 { server.connection.portOffset = Int32(below(3)) }
            if below(9) == 0 { server.isBackup = true }
            return server
        }

        mutating func backend(_ snapshot: ProxySnapshot, _ name: String? = nil) -> Backend {
            var backend = Backend(name: name ?? newName("be"), retries: UInt8(below(9)))
            for _ in 0..<below(12) {
                let server = server()
                if !backend.servers.contains(where: { $0.name == server.name }) { backend.servers.append(server) }
            }
            if below(3) == 0 { backend.balance = Balance(.leastConnections) }
            if below(4) == 0, let table = snapshot.stickTables.randomElement(using: &random) {
                backend.stickRules = [StickRule(table: table.name, pattern: .source(bitsV4: 32, bitsV6: nil))]
            }
            if below(5) == 0, let leader = snapshot.backends.randomElement(using: &random),
                let server = leader.servers.first, leader.name != backend.name, !backend.servers.isEmpty
            {
                backend.servers[0].track = ServerReference(backend: leader.name, server: server.name)
            }
            return backend
        }

        mutating func frontend(_ snapshot: ProxySnapshot, _ name: String? = nil) -> Frontend {
            var frontend = Frontend(name: name ?? newName("fe"), clientTimeout: UInt32(below(90000)))
            let taken = Set(snapshot.listeners.map { $0.listener.address })
            for _ in 0..<below(3) {
                var listener = Listener(name: "l", address: .loopback(host: UInt8(1 + below(250))))
                if below(3) == 0 { listener.maxConnections = UInt32(1 + below(9)) }
                if !taken.contains(listener.address), frontend.listeners.allSatisfy({ $0.address != listener.address })
                {
                    frontend.listeners.append(listener)
                }
            }
            // Some of the backends come only later, or go.
            func target(_ draw: inout Draw) -> String {
                snapshot.backends.randomElement(using: &draw.random)?.name
                    ?? "be-\(draw.below(9))-with-a-name-of-some-length"
            }
            for _ in 0..<below(3) {
                let range = UInt16(below(99))...UInt16(100 + below(99))
                let rule = SwitchingRule(backend: target(&self), alternatives: [[Condition(.destinationPort([range]))]])
                frontend.rules.append(rule)
            }
            if below(4) > 0 { frontend.defaultBackend = target(&self) }
            return frontend
        }

        mutating func snapshot() -> ProxySnapshot {
            var snapshot = ProxySnapshot(settings: EngineSettings())
            for _ in 0..<12 { change(&snapshot) }
            return snapshot
        }

        mutating func change(_ snapshot: inout ProxySnapshot) {
            let (frontends, backends) = (snapshot.frontends.count, snapshot.backends.count)
            switch below(13) {
            case 0, 1:
                let new = frontend(snapshot)
                guard !snapshot.frontends.contains(where: { $0.name == new.name }) else { return }
                snapshot.frontends.insert(new, at: below(frontends + 1))
            case 2, 3:
                let new = backend(snapshot)
                guard !snapshot.backends.contains(where: { $0.name == new.name }) else { return }
                snapshot.backends.insert(new, at: below(backends + 1))
            case 4: if frontends > 0 { snapshot.frontends.remove(at: below(frontends)) }
            case 5: if backends > 0 { snapshot.backends.remove(at: below(backends)) }
            case 6:
                guard frontends > 0 else { return }
                let place = below(frontends)
                let old = snapshot.frontends[place]
                snapshot.frontends[place].listeners = []
                snapshot.frontends[place] = frontend(snapshot, old.name)
            case 7:
                guard backends > 0 else { return }
                let place = below(backends)
                snapshot.backends[place] = backend(snapshot, snapshot.backends[place].name)
            case 8: if frontends > 0 { snapshot.frontends.swapAt(below(frontends), below(frontends)) }
            case 9: if backends > 0 { snapshot.backends.swapAt(below(backends), below(backends)) }
            case 10: snapshot.settings.maxConnections = 1 + below(9000)
            case 11:
                if below(2) == 0, !snapshot.stickTables.isEmpty {
                    snapshot.stickTables[0].size = UInt32(1 + below(3))
                } else {
                    snapshot.stickTables.append(StickTable(name: "t\(snapshot.stickTables.count)", size: 1))
                }
            default: snapshot.authorities["/ca\(below(2))"] = "text \(below(2))"
            }
        }

        mutating func next(_ former: ProxySnapshot) -> ProxySnapshot {
            var snapshot = former
            for _ in 0...below(4) { change(&snapshot) }
            return snapshot
        }
    }

    @Test func anEditMakesTheWhole() throws {
        var draw = Draw()
        for _ in 0..<20 {
            var former = draw.snapshot()
            var encoded = EncodedSnapshot(former)
            for _ in 0..<30 {
                let next = draw.next(former)
                let shared = EncodedSnapshot(next, sharing: encoded)
                #expect(try shared.decoded() == next)
                let edit = try SnapshotEdit(encoded: shared.edit(after: encoded))
                #expect(try edit.applied(to: former) == next)
                (former, encoded) = (next, shared)
            }
        }
    }

    @Test func onlyWhatChangedTravels() throws {
        var snapshot = ProxySnapshot()
        for number in 0..<500 {
            snapshot.frontends.append(Frontend(name: "f\(number)", defaultBackend: "b\(number)"))
            snapshot.backends.append(Backend(name: "b\(number)", servers: [Server("s", port: 1)]))
        }
        let encoded = EncodedSnapshot(snapshot)
        #expect(encoded.edit(after: nil).count > 40000)
        snapshot.backends[250].retries = 7
        snapshot.frontends.insert(Frontend(name: "new"), at: 100)
        snapshot.frontends.remove(at: 300)
        let next = EncodedSnapshot(snapshot, sharing: encoded)
        let bytes = next.edit(after: encoded)
        #expect(bytes.count < 400)
        let edit = try SnapshotEdit(encoded: bytes)
        #expect(edit.backends == [.kept(0..<250), .fresh([snapshot.backends[250]]), .kept(251..<500)])
        #expect(
            edit.frontends == [.kept(0..<100), .fresh([snapshot.frontends[100]]), .kept(100..<299), .kept(300..<500)]
        )
    }

    @Test func anEditOfAnotherSnapshotIsRefused() throws {
        let settings = EngineSettings()
        for places in [0..<1, 3..<9] {
            let edit = SnapshotEdit(settings: settings, frontends: [.kept(places)], backends: [])
            #expect(throws: MalformedSnapshot.self) { try edit.applied(to: ProxySnapshot()) }
            var catalog = PlanCatalog()
            #expect(throws: MalformedSnapshot.self) { try PlanStep(edit, after: Plan(settings), &catalog) }
        }
    }

    /// A plan in words, without what a change lets live on.
    private static func words(_ plan: Plan) -> [String] {
        let known = Dictionary(plan.backends.map { ($0.entry, $0.name) }) { first, _ in first }
        // A backend that is not of this plan has no name here.
        func name(_ entry: UnsafePointer<BackendEntry>?) -> String { entry.map { known[$0] ?? "?" } ?? "-" }
        var lines: [String] = []
        for frontend in plan.frontends {
            let entry = frontend.entry.pointee
            lines.append("\(frontend.name) \(entry.clientTimeout) \(name(entry.defaultBackend))")
            for rule in UnsafeBufferPointer(start: entry.rules, count: entry.ruleCount) {
                let range = rule.condition.start.pointee.ranges.pointee
                lines.append(" \(name(rule.backend)) \(rule.condition.count) \(range.low)-\(range.high)")
            }
            for listener in frontend.listeners {
                let own = listener.entry.pointee
                let isOwn = own.frontend == frontend.entry
                lines.append(" \(listener.address) \(own.number) \(own.maxConnections) \(isOwn)")
            }
        }
        for backend in plan.backends {
            let entry = backend.entry.pointee
            let balance = backend.balance.state.pointee
            lines.append("\(backend.name) \(entry.retries) \(entry.stick != nil) \(balance.balance.algorithm)")
            for (index, server) in UnsafeBufferPointer(start: entry.servers, count: entry.serverCount).enumerated() {
                let cells = backend.servers[index]
                let isOne = server.cells == cells.cells && balance.servers[index].cells == cells.cells
                lines.append(" \(server.name.string) \(server.address.port) \(cells.cells.pointee.weight) \(isOne)")
                let followers = cells.reactions?.followers.map { "\(ObjectIdentifier($0))" } ?? []
                let expected = Plan.followers(plan.backends)[
                    ServerReference(backend: backend.name, server: server.name.string)
                ]?.map { "\(ObjectIdentifier($0))" }
                lines.append(" followed \(followers == expected ?? [])")
            }
        }
        return lines
    }

    /// Health and counters live on by backend, name and place, and only by them.
    private static func cells(_ snapshot: ProxySnapshot, _ plan: Plan) -> [String: ObjectIdentifier] {
        var result: [String: ObjectIdentifier] = [:]
        for (definition, backend) in zip(snapshot.backends, plan.backends) {
            for (server, cells) in zip(definition.servers, backend.servers) {
                result["\(definition.name)/\(server.name) \(server.placeText)"] = ObjectIdentifier(cells)
            }
        }
        return result
    }

    @Test func aPlanOfEditsIsThatOfTheWhole() throws {
        var draw = Draw()
        let endings = SessionEndings(Shared(ProcessCells(wakes: .allocate(capacity: 1))))
        for _ in 0..<20 {
            var former = draw.snapshot()
            var encoded = EncodedSnapshot(former)
            var catalog = PlanCatalog()
            var plan = Plan(former.settings)
            var before: [String: ObjectIdentifier] = [:]
            for round in 0..<30 {
                let next = round == 0 ? former : draw.next(former)
                let shared = EncodedSnapshot(next, sharing: encoded)
                let edit =
                    round == 0
                    ? SnapshotEdit(whole: next) : try SnapshotEdit(encoded: shared.edit(after: encoded))
                let step = try PlanStep(edit, after: plan, &catalog)
                let changed = Plan(step.settings, step.frontends, step.backends)
                step.activate(endings, second: 1)
                var other = PlanCatalog()
                let whole = try PlanStep(SnapshotEdit(whole: next), after: Plan(next.settings), &other)
                whole.activate(endings, second: 1)
                #expect(Self.words(changed) == Self.words(Plan(whole.settings, whole.frontends, whole.backends)))
                #expect(Set(catalog.backends.names) == Set(next.backends.map { $0.name }))
                let now = Self.cells(next, changed)
                for (key, cells) in now { #expect(before[key] == nil || before[key] == cells, "\(key)") }
                let gone = Set(before.values).subtracting(now.values)
                #expect(Set(step.goneServers.map { ObjectIdentifier($0) }) == gone)
                (former, encoded, plan, before) = (next, shared, changed, now)
            }
        }
    }
}
