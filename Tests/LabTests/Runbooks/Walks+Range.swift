import Syscalls
import TestSupport
import Testing

extension Walks {
    @Sendable static func changeRange(_ runbook: Runbook) throws {
        try withLab("range", "--ovf-env", Lab.example) { lab throws in
            let service = try lab.exec("appliance", "cat", "/run/lab/appliance-net.pid")
            try runbook.execute { step, arguments in try lab.command(["exec", step.node] + arguments) }
            #expect(try lab.exec("appliance", "pgrep", "-f", "appliance-net watch") == service)
        }
    }

    /// Nothing listens at the port of the service's only server.
    @Sendable static func findFault(_ runbook: Runbook) throws {
        try withLab("fault", "--ovf-env", Lab.example) { lab throws in
            try lab.program("web", ("10.13.200.34", 443))
            let server = "/configuration/backends/pods/servers/b1?version=5"
            try lab.api("PUT", server, #"{"name":"b1","address":"10.13.201.20","port":444}"#)
            let explain = ["exec", "appliance", "appliance-net", "explain", "vip", "10.13.200.34:443"]
            try #require(try eventually { try lab.command(explain).status == 0 })
            try runbook.execute { step, arguments in try lab.command(["exec", step.node] + arguments) }
        }
    }
}
