import Files
import Syscalls
import TestSupport
import Testing

extension Walks {
    /// The programs are replaced while clients come and one stays.
    @Sendable static func upgrade(_ runbook: Runbook) throws {
        try withTemporaryDirectory { directory in
            try withLab("upgrade", "--no-firstboot", "--ovf-env", Lab.example) { lab throws in
                // Files of its own, as an appliance has: the lab's programs are links, which nobody replaces. What the page
                // copies is on disk, since programs for debugging are large and the lab's files are in memory.
                try run("mkdir", "-p", directory + "/upgrade/new")
                try lab.exec("appliance", "ln", "-s", directory + "/upgrade", "/var/lib/upgrade")
                for program in programs {
                    try lab.exec("appliance", "cp", "--remove-destination", builtProgram(program), "/usr/bin/")
                    try run("cp", builtProgram(program), directory + "/upgrade/new")
                }
                try #require(try lab.command("boot").status == 0)
                try lab.program("web", ("10.13.200.34", 443))
                try lab.programTalk(version: 5, "10.13.200.34", 444)
                let clients = try Clients(lab, directory)
                let master = try lab.exec("appliance", "cat", "/run/haproxy.pid")
                try runbook.execute { step, arguments in try lab.command(["exec", step.node] + arguments) }
                // Another program in the same process, twice; nobody was turned away, and who stayed was served.
                #expect(try lab.exec("appliance", "cat", "/run/haproxy.pid") == master)
                let log = try lab.exec("appliance", "cat", "/var/log/appliance-proxy.log")
                #expect(log.split(separator: "\n").count { $0.hasSuffix("is new: it goes on in this process") } == 2)
                let (came, stayed) = try clients.end()
                #expect(came.contains(" refused 0 ") && !came.contains(" answered 0 "), "\(came)")
                #expect(stayed.hasPrefix("said ") && !stayed.contains("ended"), "\(stayed)")
            }
        }
    }

    /// Who comes again and again, and who stays, until they are told to end.
    private struct Clients {
        let lab: Lab
        let directory: String
        private var stop: String { directory + "/stop" }

        init(_ lab: Lab, _ directory: String) throws {
            self.lab = lab
            self.directory = directory
            try start("poll", "10.13.200.34:443")
            try start("talk", "10.13.200.34:444")
            try #require(try eventually { try AtomicFile.readText(directory + "/talk")?.hasPrefix("hello") == true })
        }

        private func start(_ program: String, _ place: String) throws {
            let words = "\(Lab.scripts)\(program) \(stop) \(place)"
            try lab.exec("client", "sh", "-c", "setsid \(words) >\(directory)/\(program) 2>&1 </dev/null &")
        }

        /// What they have to tell.
        func end() throws -> (came: String, stayed: String) {
            try AtomicFile.replace(stop, with: "")
            var told: [String] = []
            for program in ["poll", "talk"] {
                func text() throws -> String { try AtomicFile.readText(directory + "/" + program) ?? "" }
                try #require(try eventually { try text().contains(program == "poll" ? "answered" : "said") })
                told.append(String(try text().split(separator: "\n").last ?? ""))
            }
            return (told[0], told[1])
        }
    }
}
