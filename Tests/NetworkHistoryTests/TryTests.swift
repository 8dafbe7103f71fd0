import Diagnostics
import Files
import NetworkFiles
import NetworkHistory
import NetworkState
import Synchronization
import Syscalls
import NetworkTestSupport
import TestSupport
import Testing

/// Try and rollback inside one process; the test is the guardian, and the clock stands still.
@Suite(.blocking) struct TryTests {
    @Test func isTakenBackExactly() throws {
        try inTry { root, applier, files, before in
            #expect { try applier.apply(.apply) } throws: { ($0 as? BusyError)?.milliseconds == 60_000 }
            #expect(try TestAppliance.witness() != before)
            #expect(try applier.rollback() == .cancelled(id: 2, leftOver: []))
            let after = try TestAppliance.witness(wanted: before)
            #expect(after == before)
            let now = try ConfigurationFiles.read(root)
            #expect(now == files)
            let tried = try applier.store.generation(2)
            #expect(tried.outcome == .reverted)
            #expect(tried.files != files)
            #expect(try applier.pending() == nil)
            #expect(throws: HistoryError.noTry) { try applier.confirm() }
        }
    }

    /// Minutes lie between a try and its end: what others do meanwhile, to what is theirs, is not taken back with it.
    @Test func leavesWhatOthersDidMeanwhile() throws {
        try inAppliance { root in
            let applier = Applier(root, clock: HistoryClock(wall: { 0 }, boot: { 0 }), patience: .zero)
            try run("ip", "link", "add", "pod0", "type", "veth", "peer", "name", "pod1")
            for name in ["pod0", "pod1"] {
                try run("sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/\(name)/addr_gen_mode")
            }
            // Its first time up gives it a queue that it keeps.
            for state in ["up", "down"] { try run("ip", "link", "set", "pod0", state) }
            try run("ip", "address", "add", "192.0.2.1/24", "dev", "peer0")
            try run("ip", "route", "add", "198.51.100.0/24", "via", "192.0.2.9")
            try run("ip", "rule", "add", "from", "203.0.113.0/24", "lookup", "77", "priority", "500")
            try AtomicFile.replace(root["/etc/hosts"], with: "127.0.0.1 localhost\n")
            try applier.apply(.firstboot)
            let before = try TestAppliance.witness()
            try TestAppliance.writeOtherFiles(root)
            _ = try applier.try(timeout: 60, guardian: { _ in })

            try run("ip", "route", "delete", "198.51.100.0/24")
            try run("ip", "rule", "delete", "priority", "500")
            try run("ip", "address", "delete", "192.0.2.1/24", "dev", "peer0")
            try run("ip", "link", "set", "pod0", "name", "pod7", "mtu", "1400", "up")
            try run("ip", "address", "add", "192.0.2.77/24", "dev", "pod7")
            try run("sh", "-c", "echo 1 > /proc/sys/net/ipv4/conf/pod7/rp_filter")
            try AtomicFile.replace(root["/etc/hosts"], with: "127.0.0.1 localhost\n192.0.2.9 backup\n")
            // What is ours comes back, whoever took it.
            try run("ip", "rule", "delete", "priority", "1002")

            #expect(try applier.rollback() == .cancelled(id: 2, leftOver: []))
            #expect(try AtomicFile.readText(root["/etc/hosts"]) == "127.0.0.1 localhost\n192.0.2.9 backup\n")
            #expect(try run("cat", "/proc/sys/net/ipv4/conf/pod7/rp_filter") == "1\n")
            let link = try run("ip", "-o", "address", "show", "dev", "pod7") + run("ip", "-o", "link", "show", "pod7")
            #expect(link.contains("192.0.2.77/24") && link.contains("mtu 1400") && link.contains("UP"))
            #expect(try !run("ip", "route").contains("198.51.100.0/24"))
            #expect(try !run("ip", "rule").contains("203.0.113.0/24"))
            #expect(try !run("ip", "address").contains("192.0.2.1/24"))

            // With all that undone, everything else is as it was.
            try run("ip", "address", "flush", "dev", "pod7")
            try run("ip", "link", "set", "pod7", "down", "name", "pod0", "mtu", "1500")
            try run("sh", "-c", "cat /proc/sys/net/ipv4/conf/pod1/rp_filter > /proc/sys/net/ipv4/conf/pod0/rp_filter")
            try run("ip", "address", "add", "192.0.2.1/24", "dev", "peer0")
            try run("ip", "route", "add", "198.51.100.0/24", "via", "192.0.2.9")
            try run("ip", "rule", "add", "from", "203.0.113.0/24", "lookup", "77", "priority", "500")
            let after = try TestAppliance.witness(wanted: before)
            #expect(after == before)
        }
    }

    /// Files from elsewhere are in place for the try, and gone again with it.
    @Test func triesACandidate() throws {
        try inAppliance { root in
            let applier = Applier(root, clock: HistoryClock(wall: { 0 }, boot: { 0 }), patience: .zero)
            try applier.apply(.firstboot)
            let files = try ConfigurationFiles.read(root)
            let before = try TestAppliance.witness()
            func candidate(_ text: String) -> ConfigurationFiles {
                ConfigurationFiles(entries: [.init(path: AnyIPRoutesFile.path, content: Array(text.utf8))])
            }
            #expect(throws: DiagnosticsError.self) {
                _ = try applier.try(timeout: 60, candidate: candidate("10.13.200.0/33\n"), guardian: { _ in })
            }
            #expect(throws: InjectedFailure.self) {
                let other = candidate("10.13.200.64/27\n")
                _ = try applier.try(timeout: 60, candidate: other, guardian: { _ in throw InjectedFailure() })
            }
            var now = try ConfigurationFiles.read(root)
            #expect(now == files)

            var guardian: FileDescriptor?
            let trial = try applier.try(timeout: 60, candidate: candidate("10.13.200.64/27\n")) { _ in
                guardian = try GuardianLock.take(root)
            }
            #expect(trial?.id == 2)
            #expect(try AtomicFile.readText(root[AnyIPRoutesFile.path]) == "10.13.200.64/27\n")
            #expect(try run("ip", "route", "show", "table", "local").contains("local 10.13.200.64/27 dev lo"))
            #expect(try applier.rollback() == .cancelled(id: 2, leftOver: []))
            _ = consume guardian
            now = try ConfigurationFiles.read(root)
            #expect(now == files)
            let after = try TestAppliance.witness(wanted: before)
            #expect(after == before)
        }
    }

    @Test func staysWhenConfirmed() throws {
        try inTry { root, applier, files, before in
            let confirmed = try applier.confirm()
            #expect(confirmed.id == 2)
            #expect(confirmed.warnings.isEmpty)
            #expect(try applier.store.current()?.outcome == .confirmed)
            #expect(try applier.apply(.apply).result.isUnchanged)
            #expect(try TestAppliance.witness() != before)
        }
    }

    @Test func isTooLateAfterTheDeadline() throws {
        try inTry { root, applier, files, before in
            var late = applier
            late.clock = HistoryClock(wall: { 0 }, boot: { 60_000 })
            #expect(throws: HistoryError.tooLate("it was not confirmed within 60 s")) { try late.confirm() }
            let after = try TestAppliance.witness(wanted: before)
            #expect(after == before)
        }
    }

    @Test func theNextWhoAppliesTakesItBack() throws {
        try inTry { root, applier, files, before in
            var late = applier
            late.clock = HistoryClock(wall: { 0 }, boot: { 60_000 })
            let applied = try late.apply(.watch)
            #expect(applied.warnings == ["generation 2 was taken back: it was not confirmed within 60 s"])
            #expect(applied.result.isUnchanged)
            let after = try TestAppliance.witness(wanted: before)
            #expect(after == before)
        }
    }

    @Test func aRestartTakesItBack() throws {
        try withTemporaryDirectory { directory in
            let root = Root(directory)
            let before = Mutex("")
            try withNetworkNamespace {
                try TestAppliance.plugIn()
                try TestAppliance.writeFiles(root)
                let applier = Applier(root)
                try applier.apply(.firstboot)
                before.withLock { $0 = (try? TestAppliance.witness()) ?? "" }
                try TestAppliance.writeOtherFiles(root)
                #expect(try applier.try(timeout: 60, guardian: { _ in })?.id == 2)
            }
            // Another namespace: the adapters are as a machine finds them at boot.
            try withNetworkNamespace {
                try TestAppliance.plugIn()
                let notes = try Applier(root).restoreUnconfirmed()
                #expect(notes == ["generation 2 was taken back: the machine was restarted before it was confirmed"])
                let wanted = before.withLock { $0 }
                let after = try TestAppliance.witness(wanted: wanted)
                #expect(after == wanted)
                #expect(try Applier(root).apply(.firstboot).result.isUnchanged)
                #expect(try Applier(root).restoreUnconfirmed().isEmpty)
            }
        }
    }

    @Test func everyFailingOperationLeavesTheFormerState() throws {
        try inAppliance { root in
            try Applier(root).apply(.firstboot)
            let before = try TestAppliance.witness()
            try TestAppliance.writeOtherFiles(root)
            var failed = 0
            while true {
                var applier = Applier(root)
                let fatal = failed
                applier.beforeOperation = { index, _ in if index == fatal { throw InjectedFailure() } }
                do {
                    _ = try applier.try(timeout: 60, guardian: { _ in })
                    break
                } catch is ApplyError {
                    let after = try TestAppliance.witness(wanted: before)
                    #expect(after == before, "operation \(fatal)")
                    #expect(try applier.pending() == nil)
                }
                failed += 1
            }
            #expect(failed >= 5)
        }
    }

    @Test func withoutAGuardianNothingIsTried() throws {
        try inAppliance { root in
            let before = try TestAppliance.witness()
            #expect(throws: InjectedFailure.self) {
                try Applier(root).try(timeout: 60, guardian: { _ in throw InjectedFailure() })
            }
            #expect(try TestAppliance.witness(wanted: before) == before)
            #expect(try Applier(root).pending() == nil)
        }
    }

    /// Somebody holds a guardian's lock, and there is nothing to guard.
    @Test func aGuardianThatWasLeftBehindIsPassedOver() throws {
        try inAppliance { root in
            let applier = Applier(root, clock: HistoryClock(wall: { 0 }, boot: { 0 }), patience: .zero)
            try applier.apply(.firstboot)
            try TestAppliance.writeOtherFiles(root)
            let stale = try GuardianLock.take(root)
            var guardian: FileDescriptor?
            let trial = try applier.try(timeout: 60) { _ in guardian = try GuardianLock.take(root) }
            #expect(trial?.id == 2)
            let isGuarded = guardian != nil
            #expect(isGuarded)
            _ = consume stale
            #expect(try applier.outlook()?.verdict == .running(milliseconds: 60_000))
            _ = consume guardian
            // A program that another test starts just now has the lock's descriptor too, for a moment.
            #expect(try eventually { try applier.outlook()?.verdict == .restore("its guardian is gone") })
        }
    }

    /// `down` ends with a try, and is back when that is taken back.
    @Test(arguments: [true, false]) func endsDown(_ isConfirmed: Bool) throws {
        try inAppliance { root in
            let applier = Applier(root, clock: HistoryClock(wall: { 0 }, boot: { 0 }), patience: .zero)
            let marker = StandbyMarker(root)
            try applier.apply(.firstboot)
            try applier.down()
            #expect(marker.isSet)
            let down = try TestAppliance.witness()
            var guardian: FileDescriptor?
            let trial = try applier.try(timeout: 60) { _ in guardian = try GuardianLock.take(root) }
            #expect(trial?.id == 3)
            #expect(!marker.isSet)
            if isConfirmed { _ = try applier.confirm() } else { _ = try applier.rollback() }
            _ = consume guardian
            #expect(marker.isSet == !isConfirmed)
            let after = try isConfirmed ? TestAppliance.look() : TestAppliance.witness(wanted: down)
            #expect((after == down) == !isConfirmed)
        }
    }

    @Test func aTryOfNothingEndsDown() throws {
        try inAppliance { root in
            let applier = Applier(root)
            try applier.apply(.firstboot)
            try StandbyMarker(root).set()
            #expect(try applier.try(timeout: 60, guardian: { _ in }) == nil)
            #expect(!StandbyMarker(root).isSet)
        }
    }

    @Test func aDamagedCheckpointIsSetAside() throws {
        try inAppliance { root in
            try AtomicFile.makeDirectory(root["/var/lib/appliance-net"])
            try AtomicFile.replace(root[Checkpoint.path], with: "{}")
            let applied = try Applier(root).apply(.apply)
            #expect(applied.generation == 1)
            let note =
                "a change that waited for its end could not be taken back: \(root[Checkpoint.path]) cannot be read"
            #expect(applied.warnings.first?.hasPrefix(note) == true)
            #expect(try AtomicFile.readText(root[Checkpoint.path + ".damaged"]) == "{}")
            #expect(try Applier(root).apply(.apply).warnings == [])
        }
    }

    /// Runs `body` while a guarded try of 60 seconds waits, begun at 0.
    private func inTry(
        _ body: @escaping @Sendable (Root, Applier, _ files: ConfigurationFiles, _ before: String) throws -> Void
    ) throws {
        try inAppliance { root in
            let applier = Applier(root, clock: HistoryClock(wall: { 0 }, boot: { 0 }), patience: .zero)
            try applier.apply(.firstboot)
            let files = try ConfigurationFiles.read(root)
            let before = try TestAppliance.witness()
            try TestAppliance.writeOtherFiles(root)
            var guardian: FileDescriptor?
            let trial = try applier.try(timeout: 60) { _ in guardian = try GuardianLock.take(root) }
            #expect(trial?.id == 2)
            try body(root, applier, files, before)
            _ = consume guardian
        }
    }
}
