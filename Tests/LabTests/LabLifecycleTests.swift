import Syscalls
import TestSupport
import Testing

@Suite("A lab comes and goes", .serialized, .blocking)
struct LabLifecycleTests {
    /// Mounts of this machine; `/run/netns` belongs to everybody who names a namespace.
    private func mounts() throws -> [Substring] {
        try run("cat", "/proc/self/mountinfo").split(separator: "\n").filter { !$0.contains(" /run/netns") }
    }

    @Test("down leaves no process, namespace, mount or file")
    func downLeavesNothing() throws {
        let before = try mounts()
        var id = ""
        try withLab("gone", "--no-firstboot", "--ovf-env", Lab.example) { lab throws in
            id = lab.id
            #expect(try run("ip", "netns", "list").contains("\(id)-appliance"))
            // A process 1 in each of nine nodes, four responders.
            #expect(try processes(of: id).count >= 13)
            #expect(try lab.command("down").status == 0)
        }
        #expect(try processes(of: id).isEmpty)
        #expect(try !run("ip", "netns", "list").contains(id))
        #expect(try mounts() == before)
        #expect(try run("find", "/run", "-maxdepth", "2", "-name", "\(id)*").isEmpty)
    }

    /// Every process that was started in the lab has its name in the environment, also one that left its parent.
    private func processes(of id: String) throws -> [Substring] {
        let search = "grep -lzxF APPLIANCE_NET_LAB=\(id) /proc/[0-9]*/environ 2>/dev/null || true"
        return try run("bash", "-c", search).split(separator: "\n")
    }

    @Test("down a second time is no error")
    func downTwice() throws {
        let result = try Lab(id: "never-built").command("down")
        #expect(result.status == 0)
        #expect(result.errors.contains("no lab \"never-built\" was up"))
    }

    @Test("up beside a lab of the same name is refused with 75")
    func upTwice() throws {
        try withLab("twice", "--no-firstboot", "--ovf-env", Lab.example) { lab throws in
            let again = try lab.command("up", "--no-firstboot", "--ovf-env", Lab.example)
            #expect(again.status == 75)
            #expect(again.errors.contains("is up already"))
            #expect(try lab.command("status").status == 0)
        }
    }

    @Test("A topology that cannot be built leaves nothing and says why")
    func badSettings() throws {
        try withTemporaryDirectory { directory throws in
            let file = directory + "/properties.json"
            try run("tee", file, input: #"{"network.management_ip": "10.0.0.5/24"}"#)
            let lab = Lab(id: "bad-settings")
            let result = try lab.command("up", "--no-firstboot", "--properties", file)
            #expect(result.status == 1)
            #expect(result.errors.contains("network.management_gateway must both be set, or neither"))
            #expect(try !run("ip", "netns", "list").contains("bad-settings"))
        }
    }

    @Test("A node has its own name, processes and files; the machine keeps its own")
    func nodesAreTheirOwn() throws {
        let name = try run("uname", "-n")
        try withLab("own", "--no-firstboot", "--ovf-env", Lab.example) { lab throws in
            #expect(try lab.exec("appliance", "uname", "-n") == "appliance\n")
            #expect(try lab.exec("appliance", "cat", "/proc/1/comm") == "bash\n")
            try lab.exec("appliance", "touch", "/etc/lab-was-here", "/var/lib/lab-was-here", "/run/lab-was-here")
            try lab.exec("appliance", "bash", "-c", "echo renamed >/proc/sys/kernel/hostname")
            #expect(try lab.exec("appliance", "uname", "-n") == "renamed\n")
            let search = ["find", "/etc", "/var/lib", "/run", "-maxdepth", "1", "-name", "lab-was-here"]
            #expect(try Subprocess.run(search).output.isEmpty)
            #expect(try lab.command(["exec", "client"] + search).output.isEmpty)
        }
        #expect(try run("uname", "-n") == name)
    }

    @Test("status says what is degraded and exits 2")
    func degraded() throws {
        try withLab("degraded", "--no-firstboot", "--ovf-env", Lab.example) { lab throws in
            #expect(try lab.command("status").status == 0)
            try lab.exec("backend3", "pkill", "-KILL", "-f", "lab.d/responder")
            let status = try lab.command("status")
            #expect(status.status == 2)
            #expect(status.output.contains("responder does not run"))
        }
    }
}
