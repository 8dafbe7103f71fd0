import Syscalls
import TestSupport
import Testing

/// The main job from first boot to first byte: every step of the demo checks what it says.
@Suite("The demo", .serialized, .blocking)
struct DemoTests {
    @Test("Every step of the demo is as it says", arguments: ["frontend", "default", "seed000"])
    func demo(example: String) throws {
        let result = try Subprocess.run(
            [Lab.repository + "/scripts/demo", "--example", example],
            environment: ["APPLIANCE_NET_BIN=" + builtProgram("")]
        )
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(result.output.hasSuffix("All steps are as they say.\n"))
    }

    @Test("An unknown example is a usage error")
    func usage() throws {
        #expect(try Subprocess.run([Lab.repository + "/scripts/demo", "--example", "none"]).status == 64)
    }
}
