import TestSupport
import Testing

/// The generator against its own servers, in a namespace without anything between them.
@Suite(.blocking) struct LoadTests {
    @Test(arguments: ["short", "keepalive", "bulk"])
    func everyLoadIsAnswered(_ load: String) throws {
        let program = try builtProgram("lbload")
        // Again and again until the servers listen and something was answered: both take their time on a busy machine.
        let script = """
            ip link set lo up
            "$0" respond 127.0.0.1:9001 127.0.0.1:9002 &
            responder=$!
            until "$0" \(load) --target 127.0.0.1:9002 --connections 3 --seconds 0.05 --warm-up 0.05 |
                grep -E '"whole": [1-9][0-9]*,.*"errors": 0,'
            do :; done
            kill $responder
            """
        let line = try withNetworkNamespace { try run("timeout", "60", "sh", "-c", script, program) }
        #expect(line.hasPrefix("{\"rate\": "))
    }

    @Test func idleConnectionsAreHeldUntilInputEnds() throws {
        let program = try builtProgram("lbload")
        let script = """
            ip link set lo up
            "$0" respond 127.0.0.1:9001 &
            responder=$!
            until echo | "$0" idle --target 127.0.0.1:9001 --connections 300 --seconds 60 \\
                --source 127.1.0.1 --sources 4 | grep '"whole": 300, .*"errors": 0,'
            do :; done
            kill $responder
            """
        let line = try withNetworkNamespace { try run("timeout", "60", "sh", "-c", script, program) }
        #expect(!line.isEmpty)
    }

    @Test func whatIsNotUnderstoodIsSaid() throws {
        let program = try builtProgram("lbload")
        #expect(throws: ProgramFailed.self) { try run(program, "short", "--target", "nowhere") }
        #expect(throws: ProgramFailed.self) { try run(program, "elsewhere") }
    }
}
