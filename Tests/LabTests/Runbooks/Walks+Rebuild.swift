import Files
import Syscalls
import TestSupport
import Testing

extension Walks {
    /// The appliance is killed and deleted where the page has it.
    @Sendable static func rebuild(_ runbook: Runbook) throws {
        try Replacement.with("crash") { site throws in
            let lab = site.lab
            try lab.exec("appliance", "ssh-keygen", "-q", "-A")
            try lab.program("web", ("10.13.200.34", 443))
            let curl = ["exec", "client", "curl", "-s", "--max-time", "5", "http://10.13.200.34:443/"]
            try #require(try eventually { try lab.command(curl).status == 0 })
            let authority = site.directory + "/ca.crt"
            try AtomicFile.replace(authority, with: try lab.exec("appliance", "cat", "/etc/haproxy/ca.crt"))
            try site.backUp()
            var isRebuilt = false
            try runbook.execute(["target": site.bundles, "ca file": authority]) { step, arguments in
                if step.section == "3. Look at it", !isRebuilt {
                    try site.crash()
                    isRebuilt = true
                }
                return try lab.command(["exec", step.node] + arguments)
            }
            // What the control plane does next, with the version that it knows.
            let version = try lab.exec("appliance", "sh", "-c", "head -1 /etc/haproxy/haproxy.cfg | cut -d= -f2")
            try lab.api("POST", "/configuration/backends?version=\(version.dropLast())", #"{"name":"n","mode":"tcp"}"#)
            // Numbers of bundles go on.
            try #require(try eventually { try run("ls", site.bundles).split(separator: "\n").count > 1 })
        }
    }
}
