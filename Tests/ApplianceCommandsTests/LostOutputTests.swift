import Files
import Syscalls
import TestSupport
import Testing

/// What a command prints is its work: where it cannot be written, the command has failed.
@Suite(.blocking) struct LostOutputTests {
    private static let properties = CommandLineTests.example.replacing(
        "frontend.ovf-env.xml",
        with: "seed000.properties.json"
    )

    private static func run(_ arguments: String, _ redirection: String) throws -> Subprocess.Result {
        let line = "exec \(try builtProgram("appliance-net")) \(arguments) \(redirection)"
        return try Subprocess.run(["sh", "-c", line])
    }

    @Test(arguments: [
        "ovf env --properties \(properties)", "ovf govc --properties \(properties)",
        "ovf ovftool a.ova vi://x --properties \(properties)", "validate --properties \(properties) --json",
        "console --once --root /nonexistent", "--version", "--help", "help ovf", "--generate-completion-script bash",
    ])
    func aFullDiskIsAFailure(_ arguments: String) throws {
        let whole = try Self.run(arguments, "")
        #expect(whole.status == 0 && !whole.output.isEmpty, "\(whole.errors)")
        let lost = try Self.run(arguments, "> /dev/full")
        #expect(lost.status == 1, "\(arguments)")
        #expect(
            lost.errors.contains(
                "write to standard output: ENOSPC (No space left on device): what was to be printed is lost"
            ),
            "\(lost.errors)"
        )
        #expect(try Self.run(arguments, ">&-").errors.contains("write to standard output: EBADF"))
    }

    /// A failure of its own is told by its own exit code; a reader that has seen enough is no failure.
    @Test func otherEndingsStay() throws {
        #expect(try Self.run("ovf check /nonexistent.ova --json", "> /dev/full").status == 65)
        #expect(try Self.run("nonsense", "> /dev/full").status == 64)
        let line = "trap '' PIPE; { \(try builtProgram("appliance-net")) --help; echo $? >&2; } | true"
        let piped = try Subprocess.run(["sh", "-c", line])
        #expect(piped.errors == "0\n")
    }
}
