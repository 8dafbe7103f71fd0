import Files
import Syscalls
import TestSupport
import Testing

extension Walks {
    /// The control plane is the client, and openssl its eyes.
    @Sendable static func rotateCertificates(_ runbook: Runbook) throws {
        try withLab("cert", "--ovf-env", Lab.example) { lab throws in
            // The nodes share /tmp.
            try withTemporaryDirectory { directory in
                let old = directory + "/old.crt"
                try AtomicFile.replace(old, with: try lab.exec("appliance", "cat", "/etc/haproxy/ca.crt"))
                let daemon = try lab.exec("appliance", "pgrep", "-f", "appliance-dataplaned")
                let values = [
                    "host": "haproxy.local", "api": "10.13.10.199:5556", "old ca file": old,
                    "both file": directory + "/both.crt", "client name": "vcenter",
                    "client file": directory + "/vcenter.pem",
                ]
                let found = try runbook.execute(values) { step, arguments in
                    try lab.command(["exec", step.node, "timeout", "60"] + arguments)
                }
                #expect(found["old ca"] != found["new ca"])
                // All of it without a restart of the API, and nothing is left to do.
                #expect(try lab.exec("appliance", "pgrep", "-f", "appliance-dataplaned") == daemon)
                let again = try lab.command("boot")
                #expect((again.output + again.errors).contains("nothing to change"))
            }
        }
    }
}
