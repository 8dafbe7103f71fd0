import NetworkHistory
import NetworkState
import NetworkTestSupport
import TestSupport
import Testing

@Suite(.blocking) struct HistoryRollbackTests {
    @Test func walksBackThroughFilesAndKernel() throws {
        try inAppliance { root in
            let applier = Applier(root)
            try applier.apply(.firstboot)
            let first = (try TestAppliance.witness(), try ConfigurationFiles.read(root))
            try TestAppliance.writeRanges(root, "10.13.200.64/27")
            try applier.apply(.apply)
            let second = (try TestAppliance.witness(), try ConfigurationFiles.read(root))
            try TestAppliance.writeOtherFiles(root)
            try applier.apply(.apply)
            let third = try TestAppliance.witness()

            try expectRollback(applier, to: 2)
            #expect(try TestAppliance.witness(wanted: second.0) == second.0)
            #expect(try ConfigurationFiles.read(root) == second.1)
            try expectRollback(applier, to: 1)
            #expect(try TestAppliance.witness(wanted: first.0) == first.0)
            #expect(try ConfigurationFiles.read(root) == first.1)
            #expect(throws: HistoryError.noEarlierGeneration) { try applier.rollback() }
            try expectRollback(applier, to: 3, id: 3)
            #expect(try TestAppliance.witness(wanted: third) == third)
            #expect(throws: HistoryError.noGeneration(99)) { try applier.rollback(99) }
            let kept = try applier.store.all()
            #expect(kept.map(\.restores) == [nil, nil, nil, 2, 1, 3])
            #expect(kept.map(\.origin) == [.firstboot, .apply, .apply, .rollback, .rollback, .rollback])
        }
    }

    /// What the service repaired since is no step: going back goes back from what somebody wanted.
    @Test func passesOverRepairs() throws {
        try inAppliance { root in
            let applier = Applier(root)
            try applier.apply(.firstboot)
            try run("ip", "rule", "delete", "priority", "1002")
            #expect(try applier.apply(.watch).generation == 2)
            let first = try TestAppliance.witness()
            try TestAppliance.writeRanges(root, "10.13.200.64/27")
            try applier.apply(.watch)
            let second = try TestAppliance.witness()
            for _ in 0..<2 {
                try run("ip", "rule", "delete", "priority", "1003")
                try applier.apply(.watch)
            }
            #expect(try TestAppliance.witness(wanted: second) == second)
            try expectRollback(applier, to: 1)
            #expect(try TestAppliance.witness(wanted: first) == first)
            try run("ip", "rule", "delete", "priority", "1003")
            try applier.apply(.watch)
            #expect(throws: HistoryError.noEarlierGeneration) { try applier.rollback() }
        }
    }

    @Test func keepsEditsThatNobodyApplied() throws {
        try inAppliance { root in
            let applier = Applier(root)
            try applier.apply(.firstboot)
            try TestAppliance.writeRanges(root, "10.13.200.64/27")
            try applier.apply(.apply)
            try TestAppliance.writeRanges(root, "10.13.200.96/27")
            let edited = try ConfigurationFiles.read(root)
            try expectRollback(applier, to: 1)
            let kept = try applier.store.all()
            #expect(kept.map(\.outcome) == [.applied, .applied, .overwritten, .applied])
            #expect(kept[2].files == edited)
            #expect(throws: HistoryError.noEarlierGeneration) { try applier.rollback() }
            try expectRollback(applier, to: 3, id: 3)
            #expect(try ConfigurationFiles.read(root) == edited)
        }
    }

    @Test func takesDownAgainWhatWasDown() throws {
        try inAppliance { root in
            let applier = Applier(root)
            try applier.apply(.firstboot)
            try applier.down()
            let down = try TestAppliance.witness()
            try applier.apply(.up)
            #expect(!StandbyMarker(root).isSet)
            try expectRollback(applier, to: 2)
            #expect(try TestAppliance.witness(wanted: down) == down)
            // Else the service would bring it all back.
            #expect(StandbyMarker(root).isSet)
            try expectRollback(applier, to: 1)
            #expect(!StandbyMarker(root).isSet)
        }
    }

    @Test func everyFailingOperationLeavesFilesAndKernel() throws {
        try inAppliance { root in
            try Applier(root).apply(.firstboot)
            try TestAppliance.writeOtherFiles(root)
            try Applier(root).apply(.apply)
            let files = try ConfigurationFiles.read(root)
            let before = try TestAppliance.witness()
            var failed = 0
            while true {
                var applier = Applier(root)
                let fatal = failed
                applier.beforeOperation = { index, _ in if index == fatal { throw InjectedFailure() } }
                do {
                    _ = try applier.rollback()
                    break
                } catch is ApplyError {
                    let after = try TestAppliance.witness(wanted: before)
                    #expect(after == before, "operation \(fatal)")
                    let now = try ConfigurationFiles.read(root)
                    #expect(now == files, "operation \(fatal)")
                }
                failed += 1
            }
            #expect(failed >= 5)
        }
    }

    @Test func showsWhatBecameDifferent() {
        let path = "/etc/vmware/anyip-routes.cfg"
        func files(_ text: String?) -> ConfigurationFiles {
            ConfigurationFiles(entries: [.init(path: path, content: text.map { Array($0.utf8) })])
        }
        let old = files("# mine\n10.0.0.0/24\n10.0.1.0/24\n")
        let new = files("# mine\n10.0.1.0/24\n10.0.2.0/24")
        #expect(new.difference(from: old) == ["--- \(path)", "-10.0.0.0/24", "+10.0.2.0/24"])
        #expect(new.difference(from: new).isEmpty)
        #expect(files(nil).difference(from: files("a\n")) == ["--- \(path)", "-a"])
        #expect(files("a\n").difference(from: nil) == ["--- \(path)", "+a"])
    }

    private func expectRollback(_ applier: Applier, to target: Int, id: Int? = nil) throws {
        guard case .applied(let applied, let reached) = try applier.rollback(id) else {
            Issue.record("no rollback")
            return
        }
        #expect(reached == target)
        #expect(applied.warnings.isEmpty)
    }
}
