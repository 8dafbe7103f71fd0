import Files
import TestSupport
import Testing

extension Walks {
    /// Other addresses under the same CA; the property is changed while the machine is off, as the page has it.
    @Sendable static func changeAddresses(_ runbook: Runbook) throws {
        try withGuest("addresses") { lab, host throws in
            let file = host.directory + "/ca.crt"
            try AtomicFile.replace(file, with: try lab.exec("appliance", "cat", "/etc/haproxy/ca.crt"))
            try lab.program("web", ("10.13.200.34", 443))
            var isOff = false
            try runbook.execute(["ca file": file, "login": "admin:example-password"]) { step, arguments in
                if isOff {
                    try host.set("guestinfo.ovfEnv", try moved())
                    try lab.exec("appliance", "systemctl", "poweron")
                }
                isOff = step.command == "systemctl poweroff"
                return try lab.command(["exec", step.node] + arguments)
            }
            #expect(try host.value("guestinfo.ovfEnv")?.contains("example-password") == false)
        }
    }

    /// The example with the addresses that the page moves to.
    private static func moved() throws -> String {
        try #require(try AtomicFile.readText(Lab.example))
            .replacing("10.13.10.199", with: "10.13.10.200")
            .replacing("10.13.201.10/", with: "10.13.201.11/")
            .replacing("10.13.200.10/", with: "10.13.200.11/")
    }
}
