import Files
import Foundation
import Recovery
import Syscalls
import TestSupport
import Testing

/// A disk without room: what is on it is whole, and the next run goes on when there is room.
@Suite(.blocking) struct FullDiskTests {
    private typealias Commands = RecoveryCommandTests

    private static func withDisk(_ kilobytes: Int, _ body: (_ root: String) throws -> Void) throws {
        try withTemporaryDirectory { root in
            try run("mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", root)
            defer { _ = try? Subprocess.run(["umount", root]) }
            try body(root)
        }
    }

    /// What no writer has finished.
    private static func leftOver(_ root: String) throws -> String {
        try run("find", root, "-name", ".appliance-net.*", "-o", "-type", "f", "-path", "*/etc/*", "-empty")
    }

    /// The CA that is there when the disk is full is the one that clients are given.
    @Test(arguments: [8, 24, 40, 56, 72, 88, 104]) func firstBootGoesOn(_ kilobytes: Int) throws {
        try Self.withDisk(kilobytes) { root in
            let boot = ["firstboot", "--ovf-env", CommandLineTests.example, "--files-only", "--root", root]
            let authority = root + "/etc/haproxy/ca.crt"
            var made: String?
            for _ in 1...2 {
                let full = try Commands.program(boot)
                #expect(full.status == 1, "\(full.errors)")
                #expect(full.errors.contains("ENOSPC"), "\(full.errors)")
                // What to do about it, once.
                #expect(full.errors.components(separatedBy: "(remedy: the disk is full: free space (").count == 2)
                #expect(try Self.leftOver(root) == "")
                if let made { #expect(try AtomicFile.readText(authority) == made) }
                made = try AtomicFile.readText(authority)
            }
            try run("mount", "-o", "remount,size=4m", root)
            let next = try Commands.program(boot)
            #expect(next.status == 0, "\(next.errors)")
            if let made { #expect(try AtomicFile.readText(authority) == made) }
            #expect(try Self.leftOver(root) == "")
            #expect(try Commands.program(boot).output.hasPrefix("nothing to change"))
            #expect(try Commands.program("cert", "show", "--root", root).status == 0)
        }
    }

    /// The bundles that there are stay, and the next one is kept when there is room.
    @Test func aBackupGoesOn() throws {
        try Commands.withAppliance { directory, from in
            try Self.withDisk(4096) { root in
                try run("cp", "-a", from + "/.", root)
                #expect(try Commands.program("backup", "--root", root).status == 0)
                let before = try Commands.program("backup", "list", "--root", root).output
                let ranges = root + "/etc/vmware/anyip-routes.cfg"
                try AtomicFile.replace(ranges, with: "10.13.200.64/27\n")
                let state = try AtomicFile.read(root + "/var/lib/appliance-net/backups/state.json")
                _ = try Subprocess.run(["dd", "if=/dev/zero", "of=" + root + "/fill", "bs=4k"])
                for arguments in [[], ["--out", root + "/a.bundle"]] {
                    let full = try Commands.program(["backup", "--root", root] + arguments)
                    #expect(full.status == 1 && full.errors.contains("ENOSPC"), "\(full.errors)")
                }
                #expect(try Commands.program("backup", "list", "--root", root).output == before)
                #expect(try AtomicFile.read(root + "/var/lib/appliance-net/backups/state.json") == state)
                #expect(try AtomicFile.status(root + "/a.bundle") == nil)
                #expect(try Self.leftOver(root) == "")
                try AtomicFile.remove(root + "/fill")
                let next = try Commands.program("backup", "--root", root)
                #expect(next.status == 0, "\(next.errors)")
                let list = try Commands.program("backup", "list", "--root", root).output.split(separator: "\n")
                #expect(list.count == 2 && list.last?.contains("/000002-") == true, "\(list)")
            }
        }
    }
}
