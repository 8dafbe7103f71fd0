import Files
import TestSupport
import Testing

@testable import FirstBoot
@testable import Recovery

/// From what an appliance is rebuilt, and when.
struct RebuildSourceTests {
    private static func bundle(_ host: String, _ number: Int) -> String {
        "\(host)-00000\(number)-2026112\(9 - number)T000000Z.bundle"
    }

    /// The newest by number, of the appliance that was named.
    @Test(arguments: ["lb1", "lb1-b", "lb2"]) func theTypedNameChooses(_ host: String) throws {
        let names = ["lb1", "lb1-b", "lb2"].flatMap { name in (1...3).map { Self.bundle(name, $0) } } + ["zzz.bundle"]
        #expect(try RebuildSource.newest(names, host: host, place: "/mnt") == Self.bundle(host, 3))
    }

    @Test(arguments: ["", "lb9"]) func severalAreRefusedWithTheirNames(_ host: String) throws {
        let names = [Self.bundle("lb1", 1), Self.bundle("lb2", 2)]
        let error = #expect(throws: RestoreError.self) {
            try RebuildSource.newest(names, host: host, place: "/mnt")
        }
        #expect(error?.message == "/mnt holds bundles of several appliances: lb1, lb2")
    }

    @Test func theOnlyOneNeedsNoName() throws {
        #expect(
            try RebuildSource.newest([Self.bundle("lb1", 1), Self.bundle("lb1", 2)], host: "", place: "/mnt")
                == Self.bundle("lb1", 2)
        )
        #expect(try RebuildSource.newest(["mine.bundle"], host: "", place: "/mnt") == "mine.bundle")
        #expect(throws: RestoreError.self) { try RebuildSource.newest(["a.bundle", "b.bundle"], host: "", place: "/") }
        #expect(throws: RestoreError.self) { try RebuildSource.newest([], host: "", place: "/mnt") }
    }

    /// Root's password and the end of first boot are of the machine, not of the appliance.
    @Test func recordsOfTheMachineAreInNoBundle() {
        let records = [RootPasswordStep.record, FirstBoot.finished, ManagementFileStep.record].map {
            FirstBootContext.derived + $0
        }
        #expect(ApplianceFiles.ofThisMachine == Set(records))
    }

    /// While a rebuild waits an admin can log in, and restore something else.
    @Test func whatWasRestoredMeanwhileStays() throws {
        try withTemporaryDirectory { directory in
            let root = Root(directory)
            let settings = try FirstBootTests.context(root: directory).settings
            var files = FileSet([SavedFile("/etc/appliance-net/x", .file, Array("rebuilt\n".utf8), mode: 0o644)])
            let prepared = Rebuild.Prepared(environment: try FirstBootTests.environment(), files: files)
            files = FileSet()
            try RebuildRecord.addByHand(to: &files, root, source: "by hand")
            let record = try #require(files.files.first)
            try AtomicFile.makeDirectory(root[ApplianceFiles.stateDirectory])
            try AtomicFile.replace(root[record.path], with: record.content)
            let rebuild = Rebuild(root, filesOnly: true, isForced: true) { _ in }
            #expect(throws: RestoreError.self) { try rebuild.restore(prepared, settings) }
            #expect(try AtomicFile.status(root["/etc/appliance-net/x"]) == nil)
        }
    }

    /// One that he has begun and that has not come to its end is waited for, and looked at, before anything is written.
    @Test func whatIsBeingRestoredMeanwhileStays() throws {
        try withTemporaryDirectory { directory in
            let root = Root(directory)
            let settings = try FirstBootTests.context(root: directory).settings
            func files(_ text: String) -> FileSet {
                FileSet([SavedFile("/etc/appliance-net/x", .file, Array(text.utf8), mode: 0o644)])
            }
            var byHand = files("by hand\n")
            try RebuildRecord.addByHand(to: &byHand, root, source: "by hand")
            try AtomicFile.makeDirectory(root[ApplianceFiles.stateDirectory])
            try AtomicFile.makeDirectory(root["/etc/appliance-net"])
            try RestoreJournal(root).begin(wanted: byHand, former: FileSet())
            let prepared = Rebuild.Prepared(environment: try FirstBootTests.environment(), files: files("rebuilt\n"))
            let rebuild = Rebuild(root, filesOnly: true, isForced: true) { _ in }
            let error = #expect(throws: RestoreError.self) { try rebuild.restore(prepared, settings) }
            #expect(error?.message.hasPrefix("this machine was restored by hand") == true)
            #expect(try AtomicFile.readText(root["/etc/appliance-net/x"]) == "by hand\n")
        }
    }
}
