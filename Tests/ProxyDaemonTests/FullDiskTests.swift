import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// A disk without room ends nothing that serves.
@Suite(.blocking) struct FullDiskTests {
    @Test func whoCannotWriteItsProcessNumberTakesNothing() throws {
        try withDaemonRoom { directory in
            let full = "\(directory)/full"
            try run("mkdir", full)
            try run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", full)
            defer { _ = try? run("umount", full) }
            let fill = try Subprocess.run(["dd", "if=/dev/zero", "of=\(full)/zero", "bs=4096"])
            try #require(fill.errors.contains("No space left"))
            let path = "\(directory)/x.cfg"
            let text = """
                global
                  stats socket \(directory)/s level admin
                defaults
                  mode tcp
                  timeout connect 5s
                  timeout client 5s
                  timeout server 5s
                listen l
                  bind 127.0.0.1:1000
                  server s1 127.0.0.1:9

                """
            try FileDescriptor.open(path, O_WRONLY | O_CREAT, mode: 0o600).writeAll(Array(text.utf8))
            let former = try Background([proxyd, "-db", "-f", path], in: directory)
            let client = MasterClient(path: "\(directory)/s", timeoutMilliseconds: 60000)
            let isThere = eventually { (try? client.send("show info"))?.contains("Pid: \(former.pid)") ?? false }
            try #require(isThere, "\(former.errors)")
            let next = try Subprocess.run([
                proxyd, "-D", "-p", "\(full)/x.pid", "-f", path, "-sf", "\(former.pid)",
            ])
            #expect(next.status == 1)
            #expect(next.errors.contains("Cannot create pidfile \(full)/x.pid"), "\(next.errors)")
            let answer = try client.send("show info")
            #expect(answer.contains("Pid: \(former.pid)") && answer.contains("Stopping: 0"))
            #expect(try run("ls", full) == "zero\n")
        }
    }
}
