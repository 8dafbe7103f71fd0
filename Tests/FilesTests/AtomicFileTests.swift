import Files
import Glibc
import Syscalls
import TestSupport
import Testing

@Suite(.blocking) struct AtomicFileTests {
    @Test func replacesOnlyWhatDiffers() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/a/b/file"
            try AtomicFile.makeDirectory(directory + "/a/b")
            #expect(try AtomicFile.replace(path, with: "one\n", mode: 0o600) == .created)
            #expect(try AtomicFile.status(path)?.st_mode == 0o100600)
            #expect(try AtomicFile.replace(path, with: "one\n", mode: 0o600) == .unchanged)
            #expect(try AtomicFile.replace(path, with: "one\n", mode: 0o640) == .replaced)
            #expect(try AtomicFile.replace(path, with: "two\n", mode: 0o640) == .replaced)
            #expect(try AtomicFile.readText(path) == "two\n")
            #expect(try run("ls", "-A", directory + "/a/b") == "file\n")
        }
    }

    @Test func followsALink() throws {
        try withTemporaryDirectory { directory in
            try AtomicFile.replace(directory + "/target", with: "one\n")
            symlink("target", directory + "/link")
            try AtomicFile.replace(directory + "/link", with: "two\n")
            #expect(try AtomicFile.readText(directory + "/target") == "two\n")
        }
    }

    @Test func refusesADirectoryBelowALinkToNowhere() throws {
        try withTemporaryDirectory { directory in
            let link = directory + "/link"
            symlink("/nonexistent/target", link)
            for path in [link, link + "/a/b"] {
                let error = #expect(throws: SystemError.self) { try AtomicFile.makeDirectory(path) }
                #expect(error?.description == "follow link \(link): ENOENT (No such file or directory)")
            }
        }
    }

    @Test func namesWhatFailed() throws {
        #expect(throws: SystemError.self) { try AtomicFile.replace("/nonexistent/file", with: "x") }
        do {
            _ = try AtomicFile.read("/nonexistent/file")
        } catch {
            #expect(error.description == "open /nonexistent/file: ENOENT (No such file or directory)")
        }
        #expect(try AtomicFile.readText("/nonexistent/file") == nil)
        #expect(try !AtomicFile.remove("/nonexistent/file"))
    }

    /// What fails before the first rename leaves everything as it was, and nothing beside it.
    @Test func replacesSeveralTogether() throws {
        try withTemporaryDirectory { directory in
            try AtomicFile.replace(directory + "/b", with: "old\n", mode: 0o600)
            let files = ["/a", "/b", "/missing/c"].map { AtomicFile.Replacement(directory + $0, Array("new\n".utf8)) }
            let failure = #expect(throws: AtomicFile.ReplacementFailure.self) { try AtomicFile.replace(files) }
            #expect(failure?.index == 2)
            #expect(failure?.error.code == ENOENT)
            #expect(try run("ls", "-A", directory) == "b\n")
            try AtomicFile.replace(Array(files[..<2]))
            #expect(try run("ls", "-A", directory) == "a\nb\n")
            #expect(try run("sh", "-c", "cat $1/a $1/b; stat -c %a $1/b", "sh", directory) == "new\nnew\n644\n")
        }
    }

    @Test func replacesALinkOrWhatItPointsTo() throws {
        try withTemporaryDirectory { directory in
            try AtomicFile.replace(directory + "/target", with: "old\n")
            try AtomicFile.replaceLink(directory + "/link", target: "target")
            #expect(try AtomicFile.replaceLink(directory + "/link", target: "target") == .unchanged)
            try AtomicFile.replace(directory + "/link", with: "through\n")
            #expect(try AtomicFile.readText(directory + "/target") == "through\n")
            try AtomicFile.replace(directory + "/link", with: Array("instead\n".utf8), followsLinks: false)
            #expect(try AtomicFile.linkTarget(of: directory + "/link") == nil)
            #expect(try AtomicFile.readText(directory + "/target") == "through\n")
        }
    }
}

@Suite(.blocking) struct FileLockTests {
    @Test func holdsTheOthersOff() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/run/lock"
            guard let lock = try FileLock.acquire(path) else {
                Issue.record("nobody holds the lock")
                return
            }
            if try FileLock.acquire(path) != nil { Issue.record("two hold the lock") }
            #expect(try Subprocess.run(["flock", "--nonblock", path, "true"]).status == 1)
            lock.release()
            #expect(try Subprocess.run(["flock", "--nonblock", path, "true"]).status == 0)
            #expect(try AtomicFile.status(path)?.st_mode == 0o100600)
        }
    }

    /// Who waits gets it when it is free, and is told who has it when it is not.
    @Test func waitsAndSaysWho() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/lock"
            #expect(try FileLock.hold(path, heldBy: "nobody") { 1 } == 1)
            #expect(FileLock.holder(of: path) == nil)
            chmod(path, 0o666)
            guard let lock = try FileLock.acquire(path) else {
                Issue.record("nobody holds the lock")
                return
            }
            // Who can open a file can lock it.
            #expect(try AtomicFile.status(path)?.st_mode == 0o100600)
            try lock.write(holder: "a rather long first holder")
            try lock.write(holder: "the second")
            #expect(FileLock.holder(of: path) == "the second")
            let error = #expect(throws: BusyError.self) {
                try FileLock.hold(path, patience: .milliseconds(20), heldBy: "somebody") {}
            }
            #expect(error?.description == "somebody holds \(path)")
            lock.release()
            struct Failure: Error {}
            #expect(throws: Failure.self) { try FileLock.hold(path, heldBy: "") { throw Failure() } }
            let other = try SpawnedProcess(
                ["flock", path, "sh", "-c", "echo taken; sleep 0.2"],
                output: directory + "/log"
            )
            #expect(eventually { other.log == "taken\n" })
            try FileLock.hold(path, patience: .seconds(60), heldBy: "flock") {}
            symlink(path, directory + "/link")
            #expect(throws: SystemError.self) { try FileLock.hold(directory + "/link", heldBy: "") {} }
        }
    }
}

@Suite struct RootTests {
    @Test func keepsLinksInside() throws {
        try withTemporaryDirectory { directory in
            let root = Root(directory + "/image/")
            try AtomicFile.makeDirectory(root["/etc/inside"])
            symlink(directory + "/outside", root["/etc/nowhere"])
            symlink(directory, root["/etc/out"])
            symlink("inside", root["/etc/in"])
            for path in ["/etc/hosts", "/etc/new/file", "/etc/in/file", "/etc/inside", "/new"] {
                try root.confine(path)
            }
            for path in ["/etc/out", "/etc/out/file", "/etc/out/new/file", "/etc/nowhere"] {
                #expect(throws: SystemError.self, "\(path)") { try root.confine(path) }
            }
            try Root(directory + "/not-there").confine("/etc/hosts")
            try Root().confine("/etc/hosts")
        }
    }

    @Test func relocates() {
        #expect(Root("/").isReal)
        #expect(Root()["/etc/hosts"] == "/etc/hosts")
        #expect(Root("/tmp/x/")["/etc/hosts"] == "/tmp/x/etc/hosts")
    }
}
