import Files
import Syscalls
import TestSupport
import Testing

/// A restore on the appliance that serves, killed while it changes the network and while the proxy takes its configuration.
@Suite(.blocking) struct RestoreKillsTests {
    /// A call at which it is killed: the first whose line in a trace has the text, and what it is.
    private struct Moment {
        var call: String
        var text: String
        var name: String
    }

    private static let moments = [
        Moment(call: "sendto", text: "RTM_DELROUTE", name: "before the network is changed"),
        Moment(call: "rename", text: "/generations/", name: "after the network was changed, before that is recorded"),
        Moment(call: "connect", text: "haproxy-master.sock", name: "before the proxy is asked"),
        Moment(call: "shutdown", text: "", name: "before the proxy has answered"),
        Moment(call: "rename", text: "restore.done", name: "after everything, before that is recorded"),
    ]

    @Test("A restore that is killed while the appliance serves is finished by the next run, or is as before")
    func killed() throws {
        try Replacement.with("killed") { site throws in
            let lab = site.lab
            try lab.program("web", ("10.13.200.34", 443))
            let file = site.directory + "/a.bundle"
            try lab.exec("appliance", "appliance-net", "backup", "--out", file)
            let restore = ["appliance-net", "restore", file]
            let trace = site.directory + "/trace"
            let calls = Set(Self.moments.map { $0.call }).sorted().joined(separator: ",")
            try Self.change(lab)
            try lab.exec("appliance", ["strace", "-f", "-qq", "-e", "trace=\(calls)", "-o", trace] + restore)
            try Self.expectOneOfTwo(lab, "not killed")
            let lines = (try AtomicFile.readText(trace, limit: 64 << 20) ?? "").split(separator: "\n")
            for moment in Self.moments {
                if try !Self.isChanged(lab) { try Self.change(lab) }
                let calls = lines.filter { $0.contains(" \(moment.call)(") }
                let index = try #require(calls.firstIndex { $0.contains(moment.text) }, "\(moment.name)")
                let inject = "inject=\(moment.call):signal=KILL:when=\(index + 1)"
                let strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=\(moment.call)", "-e", inject]
                let result = try lab.command(["exec", "appliance"] + strace + restore)
                #expect(result.status != 0 && !result.errors.contains("restored; "), "\(moment.name): \(result.errors)")
                // As at the next boot.
                try lab.exec("appliance", "appliance-net", "resume")
                try Self.expectOneOfTwo(lab, moment.name)
            }
        }
    }

    // MARK: What is changed by mistake, and taken back by the restore

    /// Another virtual address, and another range.
    private static func change(_ lab: Lab) throws {
        let answer = try lab.api("GET", "/configuration/version")
        let version = try #require(answer.split(separator: "\r\n").last.flatMap { Int($0.filter(\.isNumber)) })
        try lab.bind("web", version: version, "10.13.200.35", 443)
        try lab.exec("appliance", "sh", "-c", "echo 10.13.200.96/27 >>/etc/vmware/anyip-routes.cfg")
        let isThere = try eventually { try hasRoute(lab) && listens(lab) }
        try #require(isThere)
    }

    private static func isChanged(_ lab: Lab) throws -> Bool {
        try lab.exec("appliance", "cat", "/etc/vmware/anyip-routes.cfg").contains("10.13.200.96/27")
    }

    private static func hasRoute(_ lab: Lab) throws -> Bool {
        try lab.exec("appliance", "ip", "route", "show", "table", "local", "10.13.200.96/27") != ""
    }

    private static func listens(_ lab: Lab) throws -> Bool {
        try lab.exec("appliance", "ss", "-Htln", "src", "10.13.200.35:443") != ""
    }

    /// Files, kernel, proxy and control plane say the same, which is one of the two.
    private static func expectOneOfTwo(_ lab: Lab, _ name: String) throws {
        let isChanged = try isChanged(lab)
        let proxy = try lab.exec("appliance", "cat", "/etc/haproxy/haproxy.cfg")
        #expect(proxy.contains("10.13.200.35:443") == isChanged, "\(name)")
        #expect(try hasRoute(lab) == isChanged, "\(name)")
        let curl = ["exec", "client", "curl", "-s", "--max-time", "5", "http://10.13.200.34:443/"]
        #expect(try lab.command(curl).output.hasPrefix("backend1 443 "), "\(name)")
        #expect(try listens(lab) == isChanged, "\(name)")
        #expect(
            try lab.api("GET", "/configuration/frontends/web/binds").contains("10.13.200.35") == isChanged,
            "\(name)"
        )
        #expect(try lab.command(["exec", "appliance", "appliance-net", "plan"]).status == 0, "\(name)")
        let rest = "ls -d /var/lib/appliance-net/restore* 2>/dev/null || true"
        #expect(try lab.exec("appliance", "sh", "-c", rest) == "", "\(name)")
    }
}
