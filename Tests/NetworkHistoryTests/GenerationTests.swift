import Files
import Glibc
import NetworkFiles
import NetworkHistory
import NetworkState
import TestSupport
import Testing

@Suite struct GenerationTests {
    private func generation(_ id: Int, _ origin: Origin = .apply, files: ConfigurationFiles = ConfigurationFiles())
        -> Generation
    { Generation(id: id, time: 1_700_000_000 + Int64(id), origin: origin, changes: [], files: files) }

    @Test func comesBackAsItWasKept() throws {
        try withTemporaryDirectory { directory in
            let root = Root(directory)
            let store = GenerationStore(root)
            #expect(try store.all().isEmpty)
            #expect(try store.current() == nil)
            #expect(try store.nextID() == 1)
            let files = ConfigurationFiles(entries: [
                .init(path: "/etc/vmware/a.cfg", content: Array("a\nb".utf8), mode: 0o640, group: 3),
                .init(path: "/etc/vmware/b.cfg", content: [0xff, 0, 10]),
                .init(path: "/etc/vmware/c.cfg", content: nil),
            ])
            let kept = generation(1, .firstboot, files: files)
            try store.record(kept)
            #expect(try store.generation(1) == kept)
            #expect(try store.current() == kept)
            #expect(try store.nextID() == 2)
            #expect(throws: HistoryError.noGeneration(2)) { try store.generation(2) }
        }
    }

    @Test func theOldestGoFirst() throws {
        try withTemporaryDirectory { directory in
            let store = GenerationStore(Root(directory))
            for id in 1...GenerationStore.limit + 3 { try store.record(generation(id)) }
            #expect(try store.all().map(\.id) == Array(4...GenerationStore.limit + 3))
            #expect(try store.nextID() == GenerationStore.limit + 4)
        }
    }

    /// Something that undoes our work every minute must not cost the way back.
    @Test func repairsGoBeforeChanges() throws {
        try withTemporaryDirectory { directory in
            let store = GenerationStore(Root(directory))
            func files(_ text: String) -> ConfigurationFiles {
                ConfigurationFiles(entries: [.init(path: "/etc/vmware/a.cfg", content: Array(text.utf8))])
            }
            for id in 1...3 { try store.record(generation(id, files: files("\(id)"))) }
            for id in 4...GenerationStore.limit + 30 { try store.record(generation(id, .watch, files: files("3"))) }
            let kept = try store.all().map(\.id)
            #expect(kept.count == GenerationStore.limit)
            #expect(kept.prefix(3) == [1, 2, 3])
            #expect(kept.last == GenerationStore.limit + 30)
            // What the service applied because a file had changed is no repair.
            try store.record(generation(200, .watch, files: files("4")))
            for id in 201...260 { try store.record(generation(id, .watch, files: files("4"))) }
            #expect(try store.all().map(\.id).prefix(4) == [1, 2, 3, 200])
        }
    }

    @Test func whatIsDamagedIsLeftOut() throws {
        try withTemporaryDirectory { directory in
            let root = Root(directory)
            let store = GenerationStore(root)
            try store.record(generation(1))
            let path = root[GenerationStore.path] + "/2.json"
            try AtomicFile.replace(path, with: "{\"id\": 2")
            try AtomicFile.replace(root[GenerationStore.path] + "/notes.txt", with: "mine")
            #expect(try store.all().map(\.id) == [1])
            #expect(try store.current()?.id == 1)
            #expect(try store.nextID() == 3)
            let error = #expect(throws: HistoryError.self) { try store.generation(2) }
            #expect(error?.description.hasPrefix(path + " cannot be read: ") == true)
            #expect(try store.allAndDamaged().damaged == [error?.description])
        }
    }

    @Test func filesComeBackByteForByte() throws {
        try withTemporaryDirectory { directory in
            let root = Root(directory)
            try AtomicFile.makeDirectory(root["/etc/vmware"])
            try AtomicFile.replace(root[AnyIPRoutesFile.path], with: "# mine\n10.13.200.32/27", mode: 0o600)
            let before = try ConfigurationFiles.read(root)
            try AtomicFile.replace(root[AnyIPRoutesFile.path], with: "10.13.200.64/27\n")
            try AtomicFile.makeDirectory(root["/etc/appliance-net"])
            try AtomicFile.replace(root[ApplianceFile.path], with: "")
            #expect(try before.write(root) == [AnyIPRoutesFile.path, ApplianceFile.path])
            #expect(try ConfigurationFiles.read(root) == before)
            #expect(try AtomicFile.readText(root[AnyIPRoutesFile.path]) == "# mine\n10.13.200.32/27")
            #expect(try AtomicFile.status(root[AnyIPRoutesFile.path]).map { $0.st_mode & 0o777 } == 0o600)
            #expect(try AtomicFile.status(root[ApplianceFile.path]) == nil)
            #expect(try before.write(root).isEmpty)
        }
    }
}
