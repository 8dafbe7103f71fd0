import Glibc
import Syscalls
import TestSupport
import Testing

/// What a program that is run has of whoever runs it.
@Suite(.blocking) struct SubprocessTests {
    @Test func passesInputAndStatus() throws {
        let input = String(repeating: "x", count: 300_000)
        #expect(try run("cat", input: input) == input)
        #expect(try Subprocess.run(["sh", "-c", "echo to-stderr >&2; exit 3"]).status == 3)
        #expect(try Subprocess.run(["sh", "-c", "kill -9 $$"]).status == 256 + 9)
        #expect(throws: SystemError.self) { try Subprocess.run(["/nonexistent"]) }
    }

    /// A service that takes signals by descriptor blocks them; what it runs must end when it is told to.
    @Test func signalsAreNotInherited() throws {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        // One that nothing in here waits for.
        let former = signal(SIGWINCH, SIG_IGN)
        defer { signal(SIGWINCH, former) }
        let masks = try Subprocess.run(["cat", "/proc/self/status"]).output
            .matches(of: #/Sig(Blk|Ign):\t([0-9a-f]{16})\n/#)
        #expect(masks.map { $0.output.1 } == ["Blk", "Ign"])
        for match in masks {
            // Two signals above them are the C library's own.
            #expect(try #require(UInt64(match.output.2, radix: 16)) & 0x7FFF_FFFF == 0, "\(match.output.0)")
        }
        #expect(try Subprocess.run(["sh", "-c", "kill $$; sleep 60"]).status == 256 + Int(SIGTERM))
    }
}
