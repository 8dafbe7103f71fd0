import Addresses
import Files
import Glibc
import Guard
import NetworkFiles
import NetworkHistory
import NetworkState
import NetworkTestSupport
import Synchronization
import Syscalls
import TestSupport
import Testing

@testable import NetworkWatch

/// From the proxy's listeners to the packet filter, in the kernel.
@Suite(.blocking) struct GuardPartTests {
    /// An appliance, the service with its guard, and who is asked for addresses.
    private static func with(_ body: @escaping @Sendable (Box, Neighbours) throws -> Void) throws {
        try inAppliance { root in
            let neighbours = Neighbours()
            let box = try Box(root, nil, [GuardPart(root, keeper: try Firewall(listening: true), claims: neighbours)])
            try #require(try box.turns { box.report.state == .inSync })
            try body(box, neighbours)
        }
    }

    private static func master(_ box: Box, _ listeners: Set<String> = []) throws -> FakeMaster {
        let master = try FakeMaster(box.root[GuardPart.masterPath], listeners)
        try #require(try box.turns { master.lines == ["ok 0"] })
        return master
    }

    private static func set(_ name: String) throws -> String {
        try run("nft", "list", "set", "inet", "appliance_net", name)
    }

    /// Whether the set says so and whoever waits has been told, after it.
    private static func answers(_ box: Box, _ master: FakeMaster, _ sequence: Int) throws -> Bool {
        try box.turns { master.lines.contains("ok \(sequence)") }
    }

    /// What the service keeps is what plan and apply want, whatever the proxy does.
    @Test func planAgrees() throws {
        try Self.with { box, _ in
            func differences() throws -> [String] {
                let plan = try NetworkReconciler().plan(try NetworkConfiguration.load(box.root))
                #expect(plan.objects.contains { $0.object == .firewall })
                return plan.operations.flatMap { $0.difference }
            }
            #expect(try differences() == [])
            let master = try Self.master(
                box,
                ["listen f 10.13.200.33:80", "listen f *:8080", "listen g 10.13.200.70:80", "listen h 10.13.10.199:81"]
            )
            #expect(try differences() == [])
            let path = box.root[ApplianceFile.path]
            let settings = try AtomicFile.readText(path) ?? ""
            try AtomicFile.replace(path, with: settings + "\n[guard]\nping = \"range\"\nallow = [\"tcp/179\"]\n")
            #expect(try differences().contains { $0.contains("policy: tcp/179") })
            #expect(try box.turns { try differences() == [] })
            master.die()
            #expect(try box.turns { try !Self.set("bound4").contains("elements") })
            #expect(try differences() == [])
        }
    }

    /// Runs `body` beside the service.
    private static func beside<Value: Sendable>(
        _ box: Box,
        _ body: @escaping @Sendable () throws -> Value
    ) throws -> Value {
        let outcome = Outcome<Value>()
        startThread { outcome.set(Result { try body() }) }
        try #require(try box.turns { outcome.value != nil })
        return try #require(outcome.value).get()
    }

    /// A try of the policy is in force when it is answered, and taken back when it is: by the service, which owns the
    /// tables.
    @Test func triesAreTakenBack() throws {
        try Self.with { box, _ in
            let root = box.root
            let before = try run("nft", "--stateless", "list", "ruleset")
            let settings = try AtomicFile.readText(root[ApplianceFile.path]) ?? ""
            let text = settings + "\n[guard]\nping = \"never\"\n"
            let candidate = ConfigurationFiles(entries: [.init(path: ApplianceFile.path, content: Array(text.utf8))])
            let guardian = Guardian()
            let trial = try Self.beside(box) {
                try Applier(root).try(timeout: 600, candidate: candidate) { _ in try guardian.take(root) }
            }
            #expect(trial?.applied.result.problems == [])
            // The service hears of the files, too: who of the two is first makes the change.
            #expect(try run("nft", "--stateless", "list", "ruleset") != before)
            let taken = try Self.beside(box) { try Applier(root).rollback() }
            #expect(taken == .cancelled(id: trial?.id ?? 0, leftOver: []))
            #expect(try box.turns { try run("nft", "--stateless", "list", "ruleset") == before })
            guardian.release()
        }
    }

    @Test func letsThroughWhatTheProxyListensOn() throws {
        try Self.with { box, neighbours in
            #expect(try !Self.set("bound4").contains("elements"))
            let master = try Self.master(box, ["listen f 10.13.200.33:80", "listen f *:8080"])
            #expect(try Self.set("bound4").contains("{ 10.13.200.33 . 80 }"))
            #expect(try Self.set("bound_any").contains("{ 8080 }"))
            #expect(neighbours.calls == ["probe 10.13.200.33", "announce 10.13.200.33"])
            let more = try master.change(add: ["listen f 10.13.200.33:443", "listen g 10.13.200.34:80"])
            #expect(try Self.answers(box, master, more))
            for pair in ["33 . 80", "33 . 443", "34 . 80"] {
                #expect(try Self.set("bound4").contains("10.13.200.\(pair)"))
            }
            let less = try master.change(remove: ["listen g 10.13.200.34:80", "listen f 10.13.200.33:443"])
            #expect(try Self.answers(box, master, less))
            #expect(try Self.set("bound4").contains("{ 10.13.200.33 . 80 }"))
            #expect(
                neighbours.calls.suffix(3) == ["probe 10.13.200.34", "announce 10.13.200.34", "release 10.13.200.34"]
            )
            #expect(try box.ask("{\"command\":\"status\"}").contains("\"following\":true,\"listeners\":2"))
        }
    }

    /// Outside every range, in the frontend's network: it gets a route of its own, which is no drift, and goes with it.
    @Test func aBindOutsideEveryRangeHasAnAddressOfItsOwn() throws {
        try Self.with { box, neighbours in
            let master = try Self.master(box)
            let come = try master.change(add: ["want f 10.13.200.70:80"])
            #expect(try Self.answers(box, master, come))
            #expect(try box.hasRange("10.13.200.70"))
            #expect(neighbours.calls == ["probe 10.13.200.70", "announce 10.13.200.70"])
            let serves = try master.change(add: ["listen f 10.13.200.70:80"], remove: ["want f 10.13.200.70:80"])
            #expect(try Self.answers(box, master, serves))
            #expect(try Self.set("bound4").contains("{ 10.13.200.70 . 80 }"))
            #expect(try Self.set("vip_ranges4").contains("10.13.200.70"))
            try box.quiet()
            #expect(try box.hasRange("10.13.200.70"))
            #expect(box.report.state == .inSync)
            #expect(box.report.driftCount == 0)
            #expect(try NetworkReconciler(files: box.root).plan(try NetworkConfiguration.load(box.root)).isEmpty)
            let gone = try master.change(remove: ["listen f 10.13.200.70:80"])
            #expect(try Self.answers(box, master, gone))
            #expect(try !box.hasRange("10.13.200.70"))
            // Its own address, a gateway's, and one of nobody's network.
            let outside = try master.change(
                add: ["want f 10.13.200.1:80", "want f 192.0.2.1:80", "listen f 10.13.200.10:80"]
            )
            #expect(try Self.answers(box, master, outside))
            #expect(master.lines.suffix(3) == ["outside 10.13.200.1", "outside 192.0.2.1", "ok \(outside)"])
            #expect(box.report.problems.count == 2)
            #expect(try Self.set("bound4").contains("{ 10.13.200.10 . 80 }"))
        }
    }

    /// The same of IPv6.
    @Test func aBindOutsideEveryRangeHasAnAddressOfItsOwnInIPv6() throws {
        try Self.with { box, neighbours in
            func routes() throws -> String { try run("ip", "-6", "route", "show", "table", "local", "dev", "lo") }
            try box.shell("echo 'address6 = \"fd00:200::10/64\"' >> ../appliance-net/appliance.toml")
            #expect(try box.turns { try run("ip", "address").contains("fd00:200::10/64") })
            let master = try Self.master(box, ["listen f [fd00:200::10]:80"])
            let come = try master.change(add: ["want f [fd00:200::70]:80", "want f [fd00:201::70]:80"])
            #expect(try Self.answers(box, master, come))
            #expect(try routes().contains("local fd00:200::70 proto 201 "))
            #expect(master.lines.suffix(2) == ["outside fd00:201::70", "ok \(come)"])
            #expect(neighbours.calls == ["probe fd00:200::70", "announce fd00:200::70"])
            let serves = try master.change(
                add: ["listen f [fd00:200::70]:80"],
                remove: ["want f [fd00:200::70]:80", "want f [fd00:201::70]:80"]
            )
            #expect(try Self.answers(box, master, serves))
            #expect(try Self.set("bound6").contains("fd00:200::70 . 80"))
            #expect(try Self.set("vip_ranges6").contains("fd00:200::70"))
            try box.quiet()
            #expect(box.report.state == .inSync && box.report.driftCount == 0, "\(box.log)")
            #expect(try NetworkReconciler(files: box.root).plan(try NetworkConfiguration.load(box.root)).isEmpty)
            let gone = try master.change(remove: ["listen f [fd00:200::70]:80"])
            #expect(try Self.answers(box, master, gone))
            #expect(try !routes().contains("fd00:200::70"))
        }
    }

    /// Somebody comes with an address that is ours already: the proxy hears of it, so that its next answer says so, and
    /// hears when that is over.
    @Test func whoComesLaterIsToldToTheProxy() throws {
        try Self.with { box, neighbours in
            let address = try #require(IPAddress("10.13.200.33"))
            let master = try Self.master(box, ["listen f 10.13.200.33:80"])
            neighbours.conflicts = [
                address: try #require(MACAddress("02:00:00:00:00:01")),
                try #require(IPAddress("10.13.200.10")): try #require(MACAddress("02:00:00:00:00:02")),
            ]
            #expect(try box.turns { master.lines == ["ok 0", "conflict 10.13.200.33 02:00:00:00:00:01", "ok 0"] })
            let status = "\"conflicts\":{\"10.13.200.33\":\"02:00:00:00:00:01\"}"
            #expect(try box.ask("{\"command\":\"status\"}").contains(status))
            let more = try master.change(add: ["listen f 10.13.200.34:80"])
            #expect(try Self.answers(box, master, more))
            #expect(master.lines.suffix(2) == ["conflict 10.13.200.33 02:00:00:00:00:01", "ok \(more)"])
            neighbours.conflicts = [:]
            #expect(try box.turns { master.lines.last == "ok \(more)" && master.lines.count == 6 })
            #expect(try Self.set("bound4").contains("10.13.200.33 . 80"))
        }
    }

    @Test func theProxyDiesAndComesBack() throws {
        try Self.with { box, neighbours in
            let master = try Self.master(box, ["listen f 10.13.200.33:80"])
            master.die()
            #expect(try box.turns { try !Self.set("bound4").contains("10.13.200.33") })
            #expect(try box.ask("{\"command\":\"status\"}").contains("\"following\":false"))
            let clock = ContinuousClock()
            let start = clock.now
            let next = try Self.master(box, ["listen f 10.13.200.33:80", "listen f 10.13.200.34:80"])
            #expect(clock.now - start < .seconds(10))
            #expect(try Self.set("bound4").contains("10.13.200.33 . 80"))
            // What was ours is ours still: only the new one is asked for.
            #expect(neighbours.calls.suffix(2) == ["probe 10.13.200.34", "announce 10.13.200.34"])
            #expect(next.lines == ["ok 0"])
        }
    }

    /// What waited for the packet filter was for a proxy that has gone: the next hears nothing of it.
    @Test func aVerdictForADeadProxyIsNotToldToTheNext() throws {
        try inAppliance { root in
            let keeper = try PickyKeeper(accepts: try #require(IPAddress("10.13.200.34")))
            let part = GuardPart(root, keeper: keeper, claims: Neighbours())
            let box = try Box(root, nil, [part])
            let master = try FakeMaster(root[GuardPart.masterPath])
            try #require(try box.turns { try box.ask("{\"command\":\"status\"}").contains("\"following\":true") })
            for address in ["10.13.200.33", "10.13.200.35"] { _ = try master.change(add: ["listen f \(address):80"]) }
            #expect(try box.turns { part.chain.state.listeners.count == 2 })
            // What is wanted is not what is there.
            let status = try box.ask("{\"command\":\"status\"}")
            #expect(status.contains("\"failure\":\"the guard is not as it should be: keep: EBUSY"), "\(status)")
            #expect(status.contains("\"listeners\":0") && status.contains("{\"claimed\":0,"), "\(status)")
            master.die()
            #expect(try box.turns { try box.ask("{\"command\":\"status\"}").contains("\"following\":false") })
            #expect(master.lines == [])
            let next = try FakeMaster(root[GuardPart.masterPath], ["listen f 10.13.200.34:80"])
            #expect(try box.turns { next.lines.contains("ok 0") })
            #expect(next.lines == ["ok 0"])
            #expect(
                try box.ask("{\"command\":\"status\"}").contains("\"failure\":null,\"following\":true,\"listeners\":1")
            )
        }
    }

    /// The service ends and another takes its place: the tables stay, and nothing of them is asked for anew.
    @Test func anotherServiceGoesOn() throws {
        try Self.with { box, _ in
            let master = try Self.master(box, ["listen f 10.13.200.33:80"])
            let neighbours = Neighbours()
            box.end()
            #expect(try Self.set("bound4").contains("10.13.200.33 . 80"))
            try box.restart(parts: [GuardPart(box.root, keeper: try Firewall(listening: true), claims: neighbours)])
            #expect(try Self.set("bound4").contains("10.13.200.33 . 80"))
            #expect(try box.turns { box.report.state == .inSync })
            #expect(try Self.set("bound4").contains("10.13.200.33 . 80"))
            #expect(try box.turns { master.lines == ["ok 0", "ok 0"] })
            #expect(neighbours.calls == ["announce 10.13.200.33"])
        }
    }

    @Test func anAddressOfAnotherIsNotClaimed() throws {
        try Self.with { box, neighbours in
            let address = try #require(IPAddress("10.13.200.33"))
            let mac = try #require(MACAddress("02:00:00:00:00:01"))
            neighbours.holders[address] = mac
            let master = try FakeMaster(box.root[GuardPart.masterPath], ["listen f 10.13.200.33:80"])
            #expect(try box.turns { master.lines == ["conflict 10.13.200.33 02:00:00:00:00:01", "ok 0"] })
            #expect(try !Self.set("bound4").contains("elements"))
            #expect(
                box.report.problems == ["10.13.200.33 is used by another host, 02:00:00:00:00:01: it is not claimed"]
            )
            // By policy it is.
            try box.shell("printf '[guard]\\nconflict = \"warn\"\\n' >> ../appliance-net/appliance.toml")
            neighbours.holders[try #require(IPAddress("10.13.200.34"))] = mac
            #expect(try box.turns { try Self.set("bound4").contains("10.13.200.33 . 80") })
            let more = try master.change(add: ["listen f 10.13.200.34:80"])
            #expect(try Self.answers(box, master, more))
            #expect(try Self.set("bound4").contains("10.13.200.34 . 80"))
        }
    }

    /// Like every mistake: what was good stays, and the place of the mistake is told.
    @Test func aMistakeInThePolicyKeepsTheTables() throws {
        try Self.with { box, _ in
            let master = try Self.master(box, ["listen f 10.13.200.33:80"])
            let before = try run("nft", "--stateless", "list", "ruleset")
            try box.shell("printf '[guard]\\nping = \"allways\"\\n' >> ../appliance-net/appliance.toml")
            #expect(try box.turns { box.report.state == .degraded })
            #expect(box.report.problems.first?.contains("ping \"allways\" cannot be read") == true)
            #expect(try run("nft", "--stateless", "list", "ruleset") == before)
            try box.shell("sed -i s/allways/never/ ../appliance-net/appliance.toml")
            #expect(try box.turns { box.report.state == .inSync })
            #expect(try run("nft", "--stateless", "list", "ruleset") != before)
            try box.shell("sed -i 's/^ping.*/enabled = false/' ../appliance-net/appliance.toml")
            #expect(try box.turns { try run("nft", "list", "tables") == "" })
            // What is switched off stays so, whatever the proxy listens on.
            let more = try master.change(add: ["listen f 10.13.200.34:80"])
            #expect(try Self.answers(box, master, more))
            #expect(try run("nft", "list", "tables") == "")
        }
    }

    /// Kernels that know no owners let others flush; there it is put back as soon as it is heard.
    @Test func aFlushChangesNothingThatStays() throws {
        try Self.with { box, _ in
            _ = try Self.master(box, ["listen f 10.13.200.33:80"])
            _ = try? run("nft", "flush", "ruleset")
            try run("nft", "add", "table", "inet", "other")
            #expect(try box.turns { (try? Self.set("bound4").contains("10.13.200.33 . 80")) == true })
            #expect(try run("nft", "list", "tables").contains("table inet other"))
            try box.quiet()
            #expect(box.report.state == .inSync)
        }
    }

    /// What the guard does itself wakes nobody up again.
    @Test func itsOwnChangesAreNoNews() throws {
        try inAppliance { root in
            let part = GuardPart(root, keeper: try Firewall(listening: true), claims: Neighbours())
            let box = try Box(root, nil, [part])
            try #require(try box.turns { box.report.state == .inSync })
            let master = try Self.master(box, ["listen f 10.13.200.33:80"])
            let more = try master.change(add: ["listen f 10.13.200.34:80"])
            #expect(try Self.answers(box, master, more))
            try box.quiet()
            #expect(try #require(part.deadline) > MonotonicTime.now + GuardPart.trackingPause / 2)
            #expect(try box.ask("{\"command\":\"status\"}").contains("\"repairs\":0"))
        }
    }

    @Test func downTakesItAway() throws {
        try Self.with { box, _ in
            let master = try Self.master(box, ["listen f 10.13.200.33:80"])
            try Applier(box.root).down()
            #expect(try box.turns { try run("nft", "list", "tables") == "" })
            // Nobody waits for a guard that is not there.
            let more = try master.change(add: ["listen f 10.13.200.34:80"])
            #expect(try Self.answers(box, master, more))
            try Applier(box.root).apply(.apply)
            #expect(try box.turns { (try? Self.set("bound4").contains("10.13.200.34 . 80")) == true })
            #expect(try Self.set("bound4").contains("10.13.200.33 . 80"))
        }
    }

    /// A range is changed: it is guarded before the kernel takes it for its own.
    @Test func aRangeIsGuardedFirst() throws {
        try Self.with { box, _ in
            let master = try FakeMaster(box.root[GuardPart.masterPath], ["want f 10.13.202.65:80"])
            #expect(try box.turns { master.lines == ["outside 10.13.202.65", "ok 0"] })
            try box.shell("echo 10.13.202.64/27 > anyip-routes.cfg")
            #expect(try box.turns { try Self.set("vip_ranges4").contains("10.13.202.64/27") })
            #expect(try box.turns { try box.hasRange("10.13.202.64/27") })
            #expect(try box.turns { try !Self.set("vip_ranges4").contains("10.13.200.32") })
            // The proxy need not wait for its own next attempt.
            #expect(try box.turns { master.lines.contains("retry") })
        }
    }
}

/// What a thread came to.
private final class Outcome<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>?>(nil)

    func set(_ value: Result<Value, any Error>) { result.withLock { $0 = value } }

    var value: Result<Value, any Error>? { result.withLock { $0 } }
}

/// Who would take a try back.
private final class Guardian: Sendable {
    private let lock = Mutex<CInt>(-1)

    func take(_ root: Root) throws {
        guard let descriptor = try GuardianLock.take(root) else { return }
        let copy = dup(descriptor.raw)
        lock.withLock { $0 = copy }
    }

    func release() { lock.withLock { _ = close($0) } }
}
