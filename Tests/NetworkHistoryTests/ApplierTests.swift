import Diagnostics
import Files
import Glibc
import NetworkFiles
import NetworkHistory
import NetworkState
import NetworkTestSupport
import TestSupport
import Testing

@Suite(.blocking) struct ApplierTests {
    @Test func recordsWhatItDid() throws {
        try inAppliance { root in
            let applier = Applier(root, clock: HistoryClock(wall: { 1_700_000_000 }, boot: { 0 }))
            let first = try applier.apply(.firstboot)
            #expect(first.generation == 1)
            #expect(first.warnings.isEmpty)
            let generation = try applier.store.generation(1)
            #expect(generation.origin == .firstboot)
            #expect(generation.time == 1_700_000_000)
            #expect(generation.changes.map(\.description) == first.result.operations.map(\.description))
            let files = try ConfigurationFiles.read(root)
            #expect(generation.files == files)

            #expect(try applier.apply(.apply).generation == nil)
            try TestAppliance.writeRanges(root, "10.13.200.64/27")
            #expect(try applier.apply(.apply).generation == 2)
            #expect(try applier.down().generation == 3)
            #expect(try applier.store.generation(3).isDown)
            #expect(try applier.apply(.up).generation == 4)
            #expect(try applier.store.all().map(\.origin) == [.firstboot, .apply, .down, .up])
        }
    }

    /// Whoever applies ends `down`, but for the service, and but for an apply that fails.
    @Test func applyingEndsDown() throws {
        try inAppliance { root in
            let marker = StandbyMarker(root)
            for origin in [Origin.firstboot, .apply, .up] {
                try Applier(root).down()
                #expect(marker.isSet)
                var failing = Applier(root)
                failing.beforeOperation = { _, _ in throw InjectedFailure() }
                #expect(throws: ApplyError.self) { try failing.apply(origin) }
                #expect(marker.isSet)
                try Applier(root).apply(origin)
                #expect(!marker.isSet)
            }
            var failing = Applier(root)
            failing.beforeOperation = { _, _ in throw InjectedFailure() }
            #expect(throws: ApplyError.self) { try failing.down() }
            #expect(!marker.isSet)
            try marker.set()
            try Applier(root).apply(.watch)
            #expect(marker.isSet)
        }
    }

    @Test func aFailureIsNoGeneration() throws {
        try inAppliance { root in
            var applier = Applier(root)
            applier.beforeOperation = { index, _ in if index == 2 { throw InjectedFailure() } }
            #expect(throws: ApplyError.self) { try applier.apply(.apply) }
            let kept = try applier.store.all()
            #expect(kept.isEmpty)
        }
    }

    @Test func wrongFilesChangeNothing() throws {
        try inAppliance { root in
            let before = try TestAppliance.witness()
            try TestAppliance.writeRanges(root, "10.13.200.64/99")
            #expect(throws: DiagnosticsError.self) { try Applier(root).apply(.apply) }
            #expect(try TestAppliance.witness(wanted: before) == before)
        }
    }

    @Test func saysWhoHoldsTheLock() throws {
        try inAppliance { root in
            try ApplianceLock.hold(root, .watch) {
                let error = #expect(throws: BusyError.self) { try Applier(root, patience: .zero).apply(.apply) }
                #expect(error?.description == "appliance-net watch (process \(getpid())) is changing the network")
            }
            #expect(try Applier(root, patience: .zero).apply(.apply).generation == 1)
        }
    }

    @Test func aHistoryThatCannotBeWrittenUndoesNothing() throws {
        try inAppliance { root in
            try AtomicFile.makeDirectory(root["/var/lib/appliance-net"])
            try AtomicFile.replace(root[GenerationStore.path], with: "a file in the way")
            let applied = try Applier(root).apply(.apply)
            #expect(!applied.result.isUnchanged)
            #expect(applied.generation == nil)
            #expect(applied.warnings.count == 1)
        }
    }
}
