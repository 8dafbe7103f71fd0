import Files
import Glibc
import NetworkHistory
import Syscalls
import NetworkTestSupport
import TestSupport
import Testing

/// `try` as processes: its guardian, and everything that can happen to either.
@Suite(.blocking) struct TryCommandTests {
    @Test func staysWhenConfirmed() throws {
        try inTriedAppliance { box in
            let result = try box.program("try", "--timeout", "60")
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.contains("+ route local 10.13.200.64/27 dev lo table local\n"))
            #expect(result.errors.contains("appliance-net confirm"))
            #expect(try GuardianLock.holder(box.root) != nil)
            let other = try box.program("apply")
            #expect(other.status == 75)
            #expect(other.errors.contains("waits"))
            let status = try box.program("status")
            #expect(status.output.contains("\ntry: generation 2 is taken back in "))
            #expect(status.output.contains("appliance-net confirm keeps it"))
            let json = try box.program("status", "--json").output
            #expect(
                try run("jq", "-c", ".try | [.generation, .seconds_left <= 60, .reason]", input: json)
                    == "[2,true,null]\n"
            )
            let tried = try TestAppliance.witness()
            let guardian = try #require(try GuardianLock.holder(box.root))
            #expect(try box.program("confirm").status == 0)
            #expect(eventually { hasEnded(guardian) })
            #expect(try run("jq", ".try", input: try box.program("status", "--json").output) == "null\n")
            #expect(try eventually { try GuardianLock.holder(box.root) == nil })
            #expect(try TestAppliance.witness(wanted: tried) == tried)
            #expect(try box.program("plan").status == 0)
            #expect(try box.program("confirm").status == 1)
            let history = try box.program("history", "--json")
            let outcomes = try run("jq", "-c", "[.[].outcome]", input: history.output)
            #expect(outcomes == "[\"applied\",\"confirmed\"]\n")
            #expect(try box.program("history", "2").output.contains("+10.13.200.64/27\n"))
        }
    }

    @Test func isTakenBackAtTheDeadline() throws {
        try inTriedAppliance { box in
            #expect(try box.program("try", "--timeout", "1").status == 0)
            #expect(try eventually { try GuardianLock.holder(box.root) == nil })
            try box.expectFormerState("after the deadline")
            #expect(try box.program("history").output.contains("reverted"))
        }
    }

    @Test func isTakenBackAtOnce() throws {
        try inTriedAppliance { box in
            #expect(try box.program("try").status == 0)
            #expect(try box.program("rollback").status == 0)
            #expect(try eventually { try GuardianLock.holder(box.root) == nil })
            try box.expectFormerState("after rollback")
        }
    }

    /// The admin's terminal goes away: the try does not, and nor does its guardian.
    @Test func survivesALostSession() throws {
        try inTriedAppliance { box in
            let terminal = try box.terminal("try", "--timeout", "60")
            #expect(try eventually { try terminal.screen.contains("press Enter") })
            try terminal.hangUp()
            #expect(try GuardianLock.holder(box.root) != nil)
            #expect(try box.program("confirm").status == 0)
            #expect(try box.program("plan").status == 0)
        }
    }

    @Test func enterConfirmsOnATerminal() throws {
        try inTriedAppliance { box in
            let terminal = try box.terminal("try", "--timeout", "3600")
            // Swift 6.3.1 makes one of a closure in #expect and another outside of it in the same function: the first one.
            let asks = try eventually { try terminal.screen.contains("press Enter") }
            #expect(asks)
            // What is typed before it listens counts for nothing.
            let guardian = try #require(try GuardianLock.holder(box.root))
            let isConfirmed = try eventually {
                try terminal.type("\n")
                let screen = try terminal.screen
                return screen.contains("generation 2 stays")
            }
            #expect(isConfirmed)
            #expect(try eventually { try GuardianLock.holder(box.root) == nil })
            #expect(eventually { hasEnded(guardian) })
            try terminal.hangUp()
            #expect(try box.program("plan").status == 0)
        }
    }

    /// Who types "no" does not mean yes.
    @Test func anotherWordConfirmsNothing() throws {
        try inTriedAppliance { box in
            let terminal = try box.terminal("try", "--timeout", "3600")
            let asks = try eventually { try terminal.screen.contains("press Enter") }
            #expect(asks)
            let isTold = try eventually {
                try terminal.type("no\n")
                return try terminal.screen.contains("it still waits: Enter alone keeps it")
            }
            #expect(isTold)
            #expect(try GuardianLock.holder(box.root) != nil)
            #expect(try Applier(box.root).pending()?.phase == .waiting)
            let isConfirmed = try eventually {
                try terminal.type("yes\n")
                return try terminal.screen.contains("generation 2 stays")
            }
            #expect(isConfirmed)
            try terminal.hangUp()
        }
    }

    /// What cannot be had is named though there is nothing else to do.
    @Test func namesWhatCannotBeHad() throws {
        try inAppliance { root in
            func program(_ arguments: String...) throws -> Subprocess.Result {
                try Subprocess.run([try builtProgram("appliance-net")] + arguments + ["--root", root.prefix])
            }
            #expect(try program("apply").status == 0)
            try run("ip", "link", "delete", "frontend")
            for command in ["apply", "try"] {
                let result = try program(command)
                #expect(result.status == 1)
                #expect(result.errors.contains("no link has the MAC address \(TestAppliance.macs[2])"))
                #expect(!result.errors.contains("nothing to do"))
            }
            #expect(try run("jq", ".problems | length", input: try program("try", "--json").output) == "1\n")
        }
    }

    @Test(arguments: ["/nowhere", "/etc/passwd"]) func fromIsADirectory(_ path: String) throws {
        let result = try Subprocess.run([try builtProgram("appliance-net"), "try", "--from", path])
        #expect(result.status == 64)
        #expect(result.errors.contains("there is no directory \(path)"))
    }

    @Test func theTerminalIsToldThatItWasTakenBack() throws {
        try inTriedAppliance { box in
            let terminal = try box.terminal("try", "--timeout", "1")
            #expect(try eventually(seconds: 30) { try terminal.status != nil })
            #expect(try terminal.status == 1)
            #expect(try terminal.screen.contains("generation 2 was taken back: the former state is restored"))
            try box.expectFormerState("on a terminal")
        }
    }

    /// Without its guardian a try is taken back by whoever applies next.
    @Test func survivesTheDeathOfItsGuardian() throws {
        try inTriedAppliance { box in
            #expect(try box.program("try", "--timeout", "60").status == 0)
            let guardian = try #require(try GuardianLock.holder(box.root))
            kill(guardian, SIGKILL)
            #expect(try eventually { try GuardianLock.holder(box.root) == nil })
            let applied = try box.program("apply")
            #expect(applied.status == 0)
            #expect(applied.errors.contains("its guardian is gone"))
            try box.expectFormerState("after the death of the guardian")
        }
    }

    /// Nobody tells the guardian that the try is over: it sees for itself.
    @Test func aGuardianEndsWithItsTry() throws {
        try inTriedAppliance { box in
            #expect(try box.program("try", "--timeout", "3600").status == 0)
            let guardian = try #require(try GuardianLock.holder(box.root))
            try AtomicFile.remove(box.root[Checkpoint.path])
            #expect(try eventually { try GuardianLock.holder(box.root) == nil })
            #expect(eventually { hasEnded(guardian) })
        }
    }

    /// A guardian that hangs is no reason to refuse the next try, and does nothing to it when it goes on.
    @Test func aGuardianThatHangsIsPassedOver() throws {
        try inTriedAppliance { box in
            #expect(try box.program("try", "--timeout", "60").status == 0)
            let stale = try #require(try GuardianLock.holder(box.root))
            kill(stale, SIGSTOP)
            defer { kill(stale, SIGKILL) }
            #expect(try box.program("rollback").status == 0)
            #expect(try GuardianLock.holder(box.root) == stale)

            try AtomicFile.replace(box.root["/etc/vmware/anyip-routes.cfg"], with: "10.13.200.64/27\n")
            let again = try box.program("try", "--timeout", "3600")
            #expect(again.status == 0, "\(again.errors)")
            let guardian = try #require(try GuardianLock.holder(box.root))
            #expect(guardian != stale)
            kill(stale, SIGCONT)
            #expect(eventually { hasEnded(stale) })
            #expect(try GuardianLock.holder(box.root) == guardian)
            #expect(try box.program("confirm").status == 0)
        }
    }

    /// Killed at each of its system calls that change anything, in turn: the end is the former state.
    @Test(arguments: [("sendto", 20), ("rename", 2), ("fsync", 4), ("write", 4)])
    func survivesBeingKilledAnywhere(_ call: String, steps: Int) throws {
        try inTriedAppliance { box in
            let edited = try ConfigurationFiles.read(box.root)
            var step = 1
            while step < 200 {
                let result = try box.killed("try", "--timeout", "60", at: call, step)
                if result.status == 0 {
                    #expect(try box.program("rollback").status == 0)
                    try box.expectFormerState("\(call) \(step), the last")
                    break
                }
                #expect(result.status == 256 + Int(SIGKILL), "\(call) \(step): \(result.errors)")
                // Killed when all was done: it waits, as after a lost session.
                if try Applier(box.root).pending()?.phase == .waiting {
                    #expect(try box.program("rollback").status == 0)
                }
                #expect(try eventually { try GuardianLock.holder(box.root) == nil })
                #expect(try box.program("resume").status == 0)
                try box.expectFormerNetwork("\(call) \(step)")
                try edited.write(box.root)
                step += 1
            }
            #expect(step > steps)
        }
    }

    /// The same for a rollback: what it came from or what it goes to, files and network together.
    @Test(arguments: ["sendto", "rename", "unlink", "write"])
    func aRollbackSurvivesBeingKilledAnywhere(_ call: String) throws {
        try inTriedAppliance { box in
            #expect(try box.program("apply").status == 0)
            let later = try (TestAppliance.witness(), ConfigurationFiles.read(box.root))
            for step in 1..<200 {
                let result = try box.killed("rollback", "1", at: call, step)
                let recovered = try box.program("resume")
                #expect(recovered.status == 0, "\(call) \(step): \(recovered.errors)")
                let files = try ConfigurationFiles.read(box.root)
                if files == later.1 {
                    #expect(try TestAppliance.witness(wanted: later.0) == later.0, "\(call) \(step)")
                } else {
                    try box.expectFormerState("\(call) \(step)")
                    #expect(try box.program("rollback", "2").status == 0)
                }
                if result.status == 0 { break }
                #expect(result.status == 256 + Int(SIGKILL), "\(call) \(step): \(result.errors)")
            }
        }
    }

    /// An apply that was killed is finished by the next one.
    @Test(arguments: ["sendto", "rename", "write"]) func anApplyIsFinishedByTheNext(_ call: String) throws {
        try inTriedAppliance { box in
            for step in 1..<200 {
                let result = try box.killed("apply", at: call, step)
                #expect(try box.program("apply").status == 0)
                #expect(try box.program("plan").status == 0)
                // Not the first: fifty are kept, and each step makes two.
                let former = try #require(try GenerationStore(box.root).all().last { $0.files == box.files })
                let rolledBack = try box.program("rollback", "\(former.id)")
                #expect(rolledBack.status == 0, "\(call) \(step): \(rolledBack.errors)")
                try box.expectFormerState("\(call) \(step)")
                if result.status == 0 { break }
                #expect(result.status == 256 + Int(SIGKILL), "\(call) \(step): \(result.errors)")
                let later = try #require(try GenerationStore(box.root).all().last { $0.origin == .apply && $0.id > 1 })
                try later.files.write(box.root)
            }
        }
    }
}

/// The appliance of the first example, configured, and its files edited since.
private struct Box: Sendable {
    var root: Root
    var files: ConfigurationFiles
    var network: String

    func program(_ arguments: String...) throws -> Subprocess.Result {
        try Subprocess.run([try builtProgram("appliance-net")] + arguments + ["--root", root.prefix])
    }

    /// Runs the program and kills it when it makes a system call for the `step`th time.
    func killed(_ arguments: String..., at call: String, _ step: Int) throws -> Subprocess.Result {
        let trace = ["strace", "-qq", "-o", "/dev/null", "-e", "trace=\(call)"]
        let kill = ["-e", "inject=\(call):signal=KILL:when=\(step)"]
        return try Subprocess.run(
            trace + kill + [try builtProgram("appliance-net")] + arguments + ["--root", root.prefix]
        )
    }

    /// The program on a terminal of its own.
    func terminal(_ arguments: String...) throws -> Terminal {
        try Terminal(
            root.prefix + "/terminal",
            [try builtProgram("appliance-net")] + arguments + ["--root", root.prefix]
        )
    }

    func expectFormerNetwork(_ comment: String) throws {
        let now = try TestAppliance.witness(wanted: network)
        #expect(now == network, "\(comment)")
    }

    func expectFormerState(_ comment: String) throws {
        try expectFormerNetwork(comment)
        let now = try ConfigurationFiles.read(root)
        #expect(now == files, "\(comment)")
        #expect(try Applier(root).pending() == nil)
    }
}

private func inTriedAppliance(_ body: @escaping @Sendable (Box) throws -> Void) throws {
    try withNetworkNamespace {
        try CommandLineTests.plugIn()
        try withTemporaryDirectory { directory in
            var box = Box(root: Root(directory), files: ConfigurationFiles(), network: "")
            let written = try box.program("firstboot", "--ovf-env", CommandLineTests.example, "--files-only")
            #expect(written.status == 0, "\(written.errors)")
            #expect(try box.program("apply").status == 0)
            box.files = try ConfigurationFiles.read(box.root)
            box.network = try TestAppliance.witness()
            try AtomicFile.replace(box.root["/etc/vmware/anyip-routes.cfg"], with: "10.13.200.64/27\n")
            for path in ["/etc/vmware/route-tables.cfg", "/etc/appliance-net/appliance.toml"] {
                let text = try AtomicFile.readText(box.root[path]) ?? ""
                try AtomicFile.replace(box.root[path], with: text.replacing("10.13.201.10/24", with: "10.13.201.11/24"))
            }
            try body(box)
        }
    }
}
