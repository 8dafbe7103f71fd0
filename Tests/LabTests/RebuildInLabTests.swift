import Files
import Glibc
import Syscalls
import TestSupport
import Testing

/// The crash of the old appliance that everything was lost with: here nothing is.
@Suite(.blocking, .serialized) struct RebuildInLabTests {
    private static let environment = Lab.repository + "/ovf/examples/frontend.ovf-env.xml"

    /// docs/runbooks/rebuild-after-crash.md, with the crash where the page has it, and a client that asks all the time.
    @Test("An appliance that is killed and deleted is rebuilt by the runbook, and its clients are served again")
    func runbook() throws {
        try withTemporaryDirectory { directory in
            try AtomicFile.makeDirectory(directory + "/bundles")
            let before = try Self.properties(directory + "/before.xml", target: directory + "/bundles")
            try withLab("crash", "--ovf-env", before) { lab throws in
                try lab.exec("appliance", "ssh-keygen", "-q", "-A")
                try lab.program("web", ("10.13.200.34", 443))
                try #require(try eventually { try Self.ask(lab) })
                try AtomicFile.replace(
                    directory + "/ca.crt",
                    with: try lab.exec("appliance", "cat", "/etc/haproxy/ca.crt")
                )
                let after = try Self.properties(
                    directory + "/after.xml",
                    target: directory + "/bundles",
                    changes: [("00:50:56:", "00:50:57:")],
                    more: [("recovery.source", directory + "/bundles")]
                )
                let runbook = try Runbook("rebuild-after-crash")
                let values = ["target": directory + "/bundles", "lab": String(directory.dropFirst("/tmp/".count))]
                var outage = 0.0
                try runbook.execute(values) { step, arguments in
                    if step.section == "3. Look at it", outage == 0 { outage = try Self.crash(lab, after, directory) }
                    return try lab.command(["exec", step.node] + arguments)
                }
                print("outage of a client, from the kill to the first answer of the rebuilt appliance: \(outage) s")
                // What the control plane does next, with the version that it knows.
                let version = try lab.exec("appliance", "sh", "-c", "head -1 /etc/haproxy/haproxy.cfg | cut -d= -f2")
                try lab.api(
                    "POST",
                    "/configuration/backends?version=\(version.dropLast())",
                    #"{"name":"n","mode":"tcp"}"#
                )
                // Numbers of bundles go on.
                try #require(try eventually { try run("ls", directory + "/bundles").split(separator: "\n").count > 1 })
            }
        }
    }

    /// Speed: 500 services, from first boot to the first byte.
    @Test("A bundle of 500 services is served soon after first boot has begun")
    func speed() throws {
        try withTemporaryDirectory { directory in
            try AtomicFile.makeDirectory(directory + "/bundles")
            let before = try Self.properties(directory + "/before.xml", target: directory + "/bundles")
            try withLab("rebuild-500", "--ovf-env", before) { lab throws in
                let services = Lab.repository + "/scripts/lab.d/many-services"
                try lab.exec("appliance", "sh", "-ec", "\(services) 500 >>/etc/haproxy/haproxy.cfg")
                try #require(
                    eventually { try lab.command(["exec", "appliance", "appliance-net", "backup"]).status == 0 }
                )
                let after = try Self.properties(
                    directory + "/after.xml",
                    target: directory + "/bundles",
                    changes: [("00:50:56:", "00:50:57:")],
                    more: [("recovery.source", directory + "/bundles")]
                )
                let outage = try Self.crash(lab, after, directory)
                print("500 services: \(try lab.exec("appliance", "cat", "/run/lab/boot.json")), outage \(outage) s")
                #expect(outage < 60)
            }
        }
    }

    /// Two with the same addresses never serve at the same time.
    @Test("The new one waits as long as the old one answers, and says so")
    func oldOneStillRuns() throws {
        try withTemporaryDirectory { directory in
            try AtomicFile.makeDirectory(directory + "/bundles")
            let before = try Self.properties(directory + "/before.xml", target: directory + "/bundles")
            try withLab("twins", "--ovf-env", before) { lab throws in
                try #require(
                    eventually { try lab.command(["exec", "appliance", "appliance-net", "backup"]).status == 0 }
                )
                let after = try Self.properties(
                    directory + "/after.xml",
                    target: directory + "/bundles",
                    changes: [("00:50:56:", "00:50:57:")],
                    more: [("recovery.source", directory + "/bundles")]
                )
                try #require(try lab.command(["replace", "--ovf-env", after, "--no-firstboot"]).status == 0)
                // Somebody at another node has the appliance's frontend address.
                try lab.exec("client2", "ip", "address", "add", "10.13.200.10/32", "dev", "eth0")
                let log = directory + "/log"
                let boot = "setsid appliance-net firstboot --ovf-env /run/lab/settings >\(log) 2>&1 </dev/null &"
                try lab.exec("appliance", "sh", "-c", boot)
                try #require(
                    eventually(seconds: 60) {
                        try AtomicFile.readText(log)?.contains("another host has 10.13.200.10") ?? false
                    }
                )
                #expect(try lab.command(["exec", "appliance", "test", "-e", "/etc/haproxy/ca.crt"]).status == 1)
                try lab.exec("client2", "ip", "address", "delete", "10.13.200.10/32", "dev", "eth0")
                try #require(
                    eventually(seconds: 60) { try AtomicFile.readText(log)?.contains("configured; ") ?? false }
                )
            }
        }
    }

    // MARK: -

    /// Ends the appliance and puts another in its place.
    ///
    /// - Returns: Seconds from the end to the first answer that a client got after it.
    private static func crash(_ lab: Lab, _ settings: String, _ directory: String) throws -> Double {
        let script = """
            import sys, time, urllib.request
            end = time.monotonic() + 120
            while time.monotonic() < end:
                try:
                    with urllib.request.urlopen("http://10.13.200.34:443/", timeout=0.2) as answer:
                        answer.read()
                    print(time.monotonic(), flush=True)
                    break
                except OSError:
                    time.sleep(0.005)
            """
        try AtomicFile.replace(directory + "/ask.py", with: script)
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let crash = try lab.command("crash")
        try #require(crash.status == 0, "\(crash.errors)")
        let begin = Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
        let asking = "setsid python3 \(directory)/ask.py >\(directory)/answered 2>&1 </dev/null &"
        try lab.exec("client", "sh", "-c", asking)
        let replaced = try lab.command(["replace", "--ovf-env", settings])
        try #require(replaced.status == 0, "\(replaced.errors)")
        try #require(try eventually(seconds: 60) { try AtomicFile.readText(directory + "/answered")?.isEmpty == false })
        let answered = try #require(try AtomicFile.readText(directory + "/answered"))
        return try #require(Double(answered.prefix { !$0.isNewline }), "\(answered)") - begin
    }

    private static func ask(_ lab: Lab) throws -> Bool {
        try lab.command(["exec", "client", "curl", "-s", "--max-time", "5", "http://10.13.200.34:443/"]).status == 0
    }

    /// The example with a target and a passphrase for bundles.
    private static func properties(
        _ file: String,
        target: String,
        changes: [(String, String)] = [],
        more: [(String, String)] = []
    ) throws -> String {
        var text = try #require(try AtomicFile.readText(environment))
        for (old, new) in changes { text = text.replacing(old, with: new) }
        let properties = [("recovery.target", target), ("recovery.passphrase", "correct horse battery")] + more
        let lines = properties.map { "<Property oe:key=\"\($0)\" oe:value=\"\($1)\"/>" }.joined()
        try AtomicFile.replace(file, with: text.replacing("</PropertySection>", with: lines + "</PropertySection>"))
        return file
    }
}
