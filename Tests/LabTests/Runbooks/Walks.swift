import Files
import TestSupport

/// How the pages of docs/runbooks are walked in the lab.
enum Walks {
    static let programs = ["appliance-net", "appliance-proxyd", "appliance-dataplaned"]

    /// A lab whose appliance has open-vm-tools: its properties come from guestinfo.
    static func withGuest(_ name: String, _ body: (Lab, StandInGuestinfo) throws -> Void) throws {
        try withTemporaryDirectory { directory in
            try withLab(name, "--no-firstboot", "--ovf-env", Lab.example) { lab throws in
                let host = try StandInGuestinfo(directory)
                try lab.exec("appliance", "ln", "-s", host.program, "/usr/bin/vmware-rpctool")
                try host.set("guestinfo.ovfEnv", try AtomicFile.readText(Lab.example) ?? "")
                try lab.exec("appliance", "systemctl", "poweron")
                try body(lab, host)
            }
        }
    }
}
