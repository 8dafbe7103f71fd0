import Appliance
import Files
import Glibc
import NetworkFiles
import NetworkWatch
import Recovery
import Syscalls
import TestSupport
import Testing

@testable import ApplianceCommands

/// The service's backups: a program that it starts after changes, hears the end of, and never waits for. Time is the
/// test's.
@Suite(.blocking) struct BackupKeeperTests {
    /// A service with this part alone.
    private final class Service {
        let directory: String
        let keeper: BackupKeeper
        var now = Duration.seconds(1000)

        /// - Parameter script: What runs as appliance-net; `$1` is backup.
        init(_ directory: String, _ script: String) throws {
            self.directory = directory
            let program = directory + "/appliance-net"
            try AtomicFile.replace(
                program,
                with: "#!/bin/sh\necho $$ \"$@\" >> \(directory)/calls\n" + script,
                mode: 0o755
            )
            try AtomicFile.makeDirectory(directory + "/root/etc/appliance-net")
            keeper = BackupKeeper(Root(directory + "/root"), program: program)
        }

        deinit {
            for id in calls.compactMap({ $0.split(separator: " ").first.flatMap { pid_t($0) } }) { kill(id, SIGKILL) }
        }

        /// One line for each start: its process, then its arguments.
        var calls: [String] {
            let text = ((try? AtomicFile.readText(directory + "/calls")) ?? nil) ?? ""
            return text.split(separator: "\n").map { String($0) }
        }

        /// Waits for one of the descriptors, and lets the part hear.
        func hear() throws {
            var waits = keeper.descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            try #require(poll(&waits, nfds_t(waits.count), 60_000) > 0)
            for wait in waits where wait.revents != 0 { keeper.hear(wait.fd, at: now) }
        }

        /// A setting changes.
        func change(_ text: String = "[system]\n") throws {
            try AtomicFile.replace(directory + "/root/etc/appliance-net/appliance.toml", with: text)
            try hear()
        }

        /// The time that the part has asked for comes.
        func pass() throws {
            now = try #require(keeper.deadline)
            keeper.timer(at: now)
        }

        /// Lets time pass until so many backups were taken, and nothing is left to do.
        func rest(after count: Int) throws {
            while calls.count < count || keeper.deadline != nil {
                // While one runs there is nothing to do for long.
                if let due = keeper.deadline, due < now + .seconds(60) { try pass() } else { try hear() }
            }
        }

        var warnings: [String] {
            keeper.takeWishes().compactMap { if case .log(.warning, let text) = $0 { text } else { nil } }
        }
    }

    private static func with(_ script: String, _ body: (Service) throws -> Void) throws {
        try withTemporaryDirectory { directory in try body(try Service(directory, script)) }
    }

    /// What the settings name is watched from the backup on that has them.
    @Test func oneAfterAChangeOfWhatIsIncluded() throws {
        try Self.with("exit 0") { service in
            let included = service.directory + "/root/srv/extra"
            try AtomicFile.makeDirectory(included)
            try service.change("[recovery]\ninclude = [\"/srv/extra\"]\n")
            // That it is watched is heard of too: of before nothing is known.
            try service.rest(after: 2)
            try AtomicFile.replace(included + "/file", with: "one\n")
            try service.rest(after: 3)
        }
    }

    @Test func oneAfterSeveralChanges() throws {
        try Self.with("exit 0") { service in
            #expect(service.keeper.deadline == nil)
            try service.change()
            try service.change("[guard]\n")
            #expect(service.keeper.deadline == service.now + .seconds(5))
            try service.pass()
            try service.hear()
            #expect(service.calls.count == 1)
            #expect(service.calls[0].hasSuffix(" backup --in-background --root \(service.directory)/root"))
            #expect(service.keeper.problems == [] && service.keeper.deadline == nil)
            #expect(service.keeper.descriptors.count == 1)
            #expect(service.warnings == [])
        }
    }

    /// A machine that was never configured has nothing to back up until something is written.
    @Test func whereNothingIsConfiguredNothingIsWrong() throws {
        try Self.with("exit 78") { service in
            try service.change()
            try service.pass()
            try service.hear()
            #expect(service.calls.count == 1 && service.keeper.deadline == nil)
            #expect(service.keeper.problems == [] && service.warnings == [])
            try service.change("[guard]\n")
            #expect(service.keeper.deadline == service.now + .seconds(5))
        }
    }

    /// Told once, as long as it is so, and tried again later and later.
    @Test func whatGoesWrongIsToldAndTriedAgain() throws {
        let script = "[ -e ${0%/*}/well ] && exit 0; [ -e ${0%/*}/known ] && exit 2; touch ${0%/*}/known; exit 1"
        try Self.with(script) { service in
            try service.change()
            var heard: [[String]] = []
            for delay in [60, 120] {
                try service.pass()
                try service.hear()
                #expect(service.keeper.deadline == service.now + .seconds(delay))
                heard.append(service.warnings)
            }
            #expect(heard.map(\.count) == [1, 1])
            #expect(heard[0].first?.hasPrefix("no backup could be taken (status 1)") == true)
            #expect(heard[1].first?.hasPrefix("the backup is on this appliance only") == true)
            try service.pass()
            try service.hear()
            #expect(service.warnings == [] && service.keeper.problems == heard[1])
            try AtomicFile.replace(service.directory + "/well", with: "")
            try service.pass()
            try service.hear()
            #expect(service.keeper.problems == [] && service.keeper.deadline == nil)
        }
    }

    /// Somebody takes one by hand, or restores: nothing is wrong, and the next one comes soon.
    @Test func oneThatFindsAnotherAtItComesAfterIt() throws {
        try Self.with("[ -e ${0%/*}/well ] && exit 0; exit 75") { service in
            try service.change()
            for _ in 0..<3 {
                try service.pass()
                try service.hear()
                #expect(service.keeper.problems == [] && service.warnings == [])
                #expect(service.keeper.deadline == service.now + .seconds(5))
            }
            try AtomicFile.replace(service.directory + "/well", with: "")
            try service.pass()
            try service.hear()
            #expect(service.keeper.problems == [] && service.keeper.deadline == nil)
        }
    }

    /// One that does not come to its end, as with a mount or a server that is dead: the service hears of everything else
    /// meanwhile, gives it up after ten minutes, and begins no other beside it.
    @Test(.turnLimit(.seconds(300))) func whatHangsHoldsUpNobody() throws {
        try Self.with("trap '' TERM; exec sleep 3600") { service in
            try service.change()
            try service.pass()
            let begun = service.now
            try #require(eventually { service.calls.count == 1 })
            service.now += .seconds(100)
            try service.change("[guard]\n")
            #expect(service.keeper.deadline == begun + .seconds(600))
            service.keeper.timer(at: service.now)
            #expect(service.keeper.problems == [] && service.keeper.descriptors.count == 2)
            try service.pass()
            let problem = "the backup has not come to its end in 600 s: see [recovery]"
            #expect(service.keeper.problems == [problem])
            try service.hear()
            #expect(service.keeper.problems == [problem] && service.warnings == [problem])
            #expect(service.keeper.descriptors.count == 1)
            // What has changed meanwhile waits for no retry.
            #expect(try #require(service.keeper.deadline) <= service.now)
            try service.pass()
            try #require(eventually { service.calls.count == 2 })
        }
    }

    /// The service ends, whatever becomes of the backup.
    @Test(.turnLimit(.seconds(300))) func endingWaitsForNobody() throws {
        for script in ["exec sleep 3600", "trap '' TERM; exec sleep 3600"] {
            try Self.with(script) { service in
                try service.change()
                try service.pass()
                try #require(eventually { service.calls.count == 1 })
                service.keeper.end()
                #expect(service.keeper.descriptors.count == 1)
                service.keeper.end()
            }
        }
    }

    /// A backup that takes too much memory ends by itself, and is told of.
    @Test func memoryIsBounded() throws {
        try RecoveryCommandTests.withAppliance { directory, root in
            try run("mkdir", root + "/srv")
            for name in 1...4 { try run("truncate", "--size", "60M", root + "/srv/\(name)") }
            let settings = root + "/etc/appliance-net/appliance.toml"
            let text = try #require(try AtomicFile.readText(settings))
            try AtomicFile.replace(settings, with: text + "\n[recovery]\ninclude = [\"/srv\"]\n")
            let service = try Service(
                directory,
                "exec \(try builtProgram("appliance-net")) \"$1\" \"$2\" --root \(root)"
            )
            try service.change()
            try service.pass()
            try service.hear()
            #expect(
                service.warnings.first?.contains("it may have 192 MiB of memory") == true,
                "\(service.keeper.problems)"
            )
            try AtomicFile.replace(settings, with: text)
            try service.pass()
            try service.hear()
            #expect(service.keeper.problems == [])
        }
    }

    /// What it starts is bounded as well, and goes before the service does.
    @Test func whatItStartsIsBounded() throws {
        try RecoveryCommandTests.withAppliance { directory, root in
            let witness =
                "{ grep 'data size' /proc/self/limits; cat /proc/self/oom_score_adj; nice; } > \(directory)/log"
            try AtomicFile.replace(directory + "/sftp", with: "#!/bin/sh\n\(witness)\n", mode: 0o755)
            let settings = root + "/etc/appliance-net/appliance.toml"
            let text = try #require(try AtomicFile.readText(settings))
            try AtomicFile.replace(settings, with: text + "\n[recovery]\ntarget = \"sftp://backup@127.0.0.1/a/\"\n")
            let secret = RecoveryCommandTests.passphrase.revealed()
            try AtomicFile.replace(root + "/var/lib/appliance-net/recovery/passphrase", with: secret, mode: 0o600)
            let path = "PATH=\(directory):/usr/sbin:/usr/bin:/sbin:/bin"
            let program = try builtProgram("appliance-net")
            _ = try run("env", path, program, "backup", "--in-background", "--root", root)
            let words = try #require(try AtomicFile.readText(directory + "/log")).split(whereSeparator: {
                $0.isWhitespace
            })
            #expect(
                words.map { String($0) } == ["Max", "data", "size", "201326592", "201326592", "bytes", "500", "10"]
            )
        }
    }
}
