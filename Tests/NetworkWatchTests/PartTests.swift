import Diagnostics
import Files
import Glibc
import NetworkFiles
import NetworkHistory
import NetworkTestSupport
import Syscalls
import TestSupport
import Testing

@testable import NetworkWatch

/// What the service does with its parts.
@Suite(.blocking) struct PartTests {
    /// Hears a pipe, and remembers what it was called for.
    private final class Pipe: WatchPart {
        var calls: [String] = []
        var wishes: [WatchWish] = []
        var problems: [String] = []
        var deadline: Duration?
        let commands: Set<String> = ["pipe"]
        var status: [(name: String, json: String)] { [("pipe", "{\"bytes\":\(bytes)}")] }
        private(set) var bytes = 0
        private var reading: FileDescriptor
        let writing: FileDescriptor

        init() throws {
            var ends: [CInt] = [-1, -1]
            try syscall("pipe") { pipe(&ends) }
            reading = FileDescriptor(owning: ends[0])
            writing = FileDescriptor(owning: ends[1])
        }

        var descriptors: [CInt] { [reading.raw] }

        func takeWishes() -> [WatchWish] {
            defer { wishes = [] }
            return wishes
        }

        func hear(_ descriptor: CInt, at now: Duration) {
            var byte: UInt8 = 0
            bytes += read(descriptor, &byte, 1)
            calls.append("hear")
            switch byte {
            case UInt8(ascii: "r"): wishes.append(.reconcile)
            case UInt8(ascii: "t"): deadline = now
            case UInt8(ascii: "p"): problems = ["the pipe leaks"]
            case UInt8(ascii: "m"): problems = []
            // Another descriptor takes the place of this one, and maybe its number.
            case UInt8(ascii: "d"): reading = FileDescriptor(owning: dup(reading.raw))
            default: wishes.append(.log(.info, "the pipe said \(byte)"))
            }
        }

        func timer(at now: Duration) {
            calls.append("timer")
            deadline = nil
        }

        func prepare(_ configuration: NetworkConfiguration, at now: Duration) { calls.append("prepare") }
        func applied(_ configuration: NetworkConfiguration, at now: Duration) { calls.append("applied") }
        func standBy(_ isDown: Bool, at now: Duration) { calls.append(isDown ? "down" : "up") }

        func answer(_ command: String, _ members: [String: String], at now: Duration) -> PartAnswer? {
            members["say"].map { .members("\"said\":\(JSONString.quoted($0))") } ?? .refused("say what?")
        }

        func say(_ text: String) throws { try writing.writeAll(Array(text.utf8)) }
    }

    private static func withPipe(_ body: @escaping @Sendable (Box, Pipe) throws -> Void) throws {
        try inAppliance { root in
            let pipe = try Pipe()
            let box = try Box(root, nil, [pipe])
            try #require(try box.turns { box.report.state == .inSync })
            try body(box, pipe)
        }
    }

    @Test func itIsCalledInItsTurn() throws {
        try Self.withPipe { box, pipe in
            #expect(pipe.calls == ["prepare", "applied"])
            try pipe.say("x")
            #expect(try box.turns { box.log.contains("the pipe said 120") })
            try pipe.say("t")
            #expect(try box.turns { pipe.calls.last == "timer" })
            let count = box.report.reconcileCount
            try pipe.say("r")
            #expect(try box.turns { box.report.reconcileCount > count })
            #expect(pipe.calls.suffix(3) == ["hear", "prepare", "applied"])
            // After another descriptor has taken the place of the first.
            try pipe.say("dxx")
            #expect(try box.turns { pipe.bytes == 6 })
        }
    }

    @Test func itsProblemsAreTheServices() throws {
        try Self.withPipe { box, pipe in
            try pipe.say("p")
            #expect(try box.turns { box.report.state == .degraded })
            #expect(box.report.problems == ["the pipe leaks"])
            #expect(box.notes.last == "STATUS=Degraded: the pipe leaks")
            try box.shell("echo 10.13.200.64/27 > anyip-routes.cfg")
            #expect(try box.turns { try box.hasRange("10.13.200.64/27") })
            #expect(box.report.problems == ["the pipe leaks"])
            try pipe.say("m")
            #expect(try box.turns { box.report.state == .inSync })
        }
    }

    @Test func itHearsOfDownAndUp() throws {
        try Self.withPipe { box, pipe in
            try Applier(box.root).down()
            #expect(try box.turns { pipe.calls.last == "down" && box.report.state == .standby })
            try pipe.say("p")
            #expect(try box.turns { pipe.problems == ["the pipe leaks"] })
            #expect(box.report.state == .standby)
            try Applier(box.root).apply(.apply)
            #expect(try box.turns { box.report.state == .degraded })
            #expect(pipe.calls.contains("up"))
        }
    }

    @Test func itAnswersItsCommands() throws {
        let known: Set<String> = ["pipe"]
        let request = ControlRequest.part("pipe", ["say": "a \"word\""])
        let read = try ControlRequest(line: request.line, partCommands: known)
        #expect(read == .part("pipe", ["command": "pipe", "say": "a \"word\""]))
        #expect(throws: ControlError(message: "unknown command tube; there are status, reconcile, pipe")) {
            try ControlRequest(line: "{\"command\":\"tube\"}", partCommands: known)
        }
        try Self.withPipe { box, _ in
            let lines = [request.line, "{\"command\":\"pipe\"}", "{\"command\":\"status\"}"]
            let answers = try lines.map { try box.ask($0) }
            #expect(answers[0] == "{\"said\":\"a \\\"word\\\"\",\"ok\":true}")
            #expect(answers[1] == "{\"error\":\"say what?\",\"ok\":false}")
            #expect(answers[2].hasSuffix("\"state\":\"in-sync\",\"pipe\":{\"bytes\":0}}"))
        }
    }
}
