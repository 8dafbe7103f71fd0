import Files
import Syscalls
import TestSupport
import Testing

/// The versions of haproxy.cfg without the daemon.
@Suite(.blocking) struct ConfigCommandTests {
    private static let configuration = """
        global
          maxconn 100

        userlist controller
          user admin insecure-password secret

        """

    @Test func aVersionIsListedComparedAndBroughtBack() throws {
        try withTemporaryDirectory { root in
            let path = root + "/etc/haproxy/haproxy.cfg"
            try AtomicFile.makeDirectory(root + "/etc/haproxy")
            try AtomicFile.replace(path, with: Self.configuration)
            func config(_ arguments: String...) throws -> Subprocess.Result {
                try Subprocess.run([try builtProgram("appliance-net"), "config"] + arguments + ["--root", root])
            }
            #expect(try config("diff", "1").output == "")
            let edited = Self.configuration + "\nbackend b\n  mode tcp\n"
            try AtomicFile.replace(path, with: edited.replacing("secret", with: "other"))
            let difference = try config("diff", "1").output
            #expect(difference.contains("+ backend b\n"))
            #expect(!difference.contains("secret") && !difference.contains("other"))
            let restored = try config("restore", "1")
            #expect(restored.status == 0, "\(restored.errors)")
            #expect(try AtomicFile.readText(path) == "# _version=3\n" + Self.configuration)
            let history = try config("history").output.split(separator: "\n")
            #expect(history.map { $0.split(separator: " ").last } == ["edit", "edit", "restore"])
            #expect(history.last?.hasPrefix("     3 * ") == true)
            #expect(try config("history", "--json").output.contains(#""in_effect" : true"#))
            #expect(try config("restore", "99").status == 65)
            // Somebody is at it.
            guard let lock = try FileLock.acquire(path + ".history/.lock") else {
                Issue.record("the lock is not free")
                return
            }
            #expect(try config("restore", "2").status == 75)
            lock.release()
            // What the check refuses is not brought back.
            try AtomicFile.replace(path, with: "nonsense\n")
            #expect(try config("diff", "1").status == 0)
            try AtomicFile.replace(path, with: Self.configuration)
            #expect(try config("restore", "4").status == 1)
            #expect(try AtomicFile.readText(path) == Self.configuration)
        }
    }
}
