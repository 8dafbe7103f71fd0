import Files
import Glibc
import Syscalls
import TestSupport
import Testing

@Suite(.blocking) struct PreparedFileTests {
    private func withFile(_ body: (String, FileSignature) throws -> Void) throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/file"
            try AtomicFile.replace(path, with: "old\n", mode: 0o600)
            try body(path, try signature(path))
        }
    }

    private func signature(_ path: String) throws -> FileSignature {
        FileSignature(try #require(try AtomicFile.status(path)))
    }

    private func expectAlone(_ path: String) throws {
        #expect(try AtomicFile.names(in: AtomicFile.directory(of: path)) == ["file"])
    }

    @Test func takesThePlaceAndGivesItBack() throws {
        try withFile { path, former in
            let prepared = try PreparedFile(path, Array("new\n".utf8))
            #expect(try AtomicFile.readText(path) == "old\n")
            #expect(try prepared.exchange(expecting: former))
            #expect(try AtomicFile.readText(path) == "new\n")
            #expect(try AtomicFile.status(path)?.st_mode == 0o100600)
            #expect(try signature(path) == prepared.signature)
            #expect(try prepared.takeBack())
            #expect(try signature(path) == former)
            try expectAlone(path)
            let again = try PreparedFile(path, Array("newer\n".utf8))
            #expect(try again.exchange(expecting: former))
            again.discard()
            #expect(try AtomicFile.readText(path) == "newer\n")
            try expectAlone(path)
        }
    }

    @Test func leavesWhatSomebodyElseWrote() throws {
        try withFile { path, former in
            let prepared = try PreparedFile(path, Array("new\n".utf8))
            try AtomicFile.replace(path, with: "by hand\n")
            #expect(try !prepared.exchange(expecting: former))
            #expect(try AtomicFile.readText(path) == "by hand\n")
            #expect(try prepared.exchange(expecting: signature(path)))
            // In place, as some editors write, right after and of the same size.
            let descriptor = try FileDescriptor.open(path, O_WRONLY)
            try descriptor.writeAll(Array("NEW\n".utf8))
            #expect(try signature(path) != prepared.signature)
            #expect(try !prepared.takeBack())
            prepared.discard()
            #expect(try AtomicFile.readText(path) == "NEW\n")
            try expectAlone(path)
        }
    }

    @Test func sweepsWhatTheDeadLeftBehind() throws {
        try withFile { path, _ in
            let prepared = try PreparedFile(path, Array("new\n".utf8))
            try PreparedFile.sweep(beside: path)
            #expect(try AtomicFile.readText(prepared.temporary) == "new\n")
            // One that has ended: its number is not given to another so soon.
            let ended = try Subprocess.run(["sh", "-c", "echo $$"]).output.dropLast()
            try AtomicFile.replace(AtomicFile.directory(of: path) + "/.appliance-net.\(ended).x", with: "left\n")
            try PreparedFile.sweep(beside: path)
            prepared.discard()
            try expectAlone(path)
        }
    }
}
