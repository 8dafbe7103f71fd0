import Files
import Guestinfo
import TestSupport
import Testing

/// The client of vmware-rpctool, against a program of the same command line: VMware's host cannot be here.
@Suite(.blocking) struct GuestinfoTests {
    private func withGuestinfo(_ body: (Guestinfo, StandInGuestinfo) throws -> Void) throws {
        try withTemporaryDirectory { directory in
            let host = try StandInGuestinfo(directory)
            try body(Guestinfo(program: host.program), host)
        }
    }

    @Test func readsAndSets() throws {
        try withGuestinfo { guestinfo, host in
            #expect(try guestinfo.get("guestinfo.a") == nil)
            let value = "<?xml version=\"1.0\"?>\n<a b='c d'/>\n\n ä"
            try guestinfo.set("guestinfo.a", to: value)
            #expect(try host.value("guestinfo.a") == value)
            #expect(try guestinfo.get("guestinfo.a") == value)
            #expect(try host.calls().hasPrefix("info-get guestinfo.a\ninfo-set guestinfo.a <?xml"))
        }
    }

    /// VMware cannot remove a variable: a blank one stands for none.
    @Test func blankIsNone() throws {
        try withGuestinfo { guestinfo, host in
            try guestinfo.set("guestinfo.a", to: "")
            #expect(try host.value("guestinfo.a") == " ")
            #expect(try guestinfo.get("guestinfo.a") == nil)
        }
    }

    @Test func saysWhatFailsAndRepeatsNoValue() throws {
        try withGuestinfo { guestinfo, host in
            try host.fails(true)
            let error = #expect(throws: GuestinfoError.self) { try guestinfo.set("guestinfo.a", to: "canary") }
            #expect(error?.description == "set guestinfo.a: vmware-rpctool ended with status 1: Permission denied")
        }
        let missing = Guestinfo(program: "/nonexistent/vmware-rpctool")
        let error = #expect(throws: GuestinfoError.self) { try missing.get("guestinfo.a") }
        #expect(error?.description == "read guestinfo.a: vmware-rpctool cannot be run")
    }

    /// open-vm-tools are in every image; on another hypervisor they say so.
    @Test(arguments: [(0, true), (1, false), (2, true)]) func isThereWhereVMwareIs(status: Int, isFound: Bool) throws {
        try withGuestinfo { _, host in
            #expect(Guestinfo.find(path: "/nonexistent:" + host.programs)?.program == host.program)
            try AtomicFile.replace(host.programs + "/vmware-checkvm", with: "#!/bin/sh\nexit \(status)\n", mode: 0o755)
            #expect((Guestinfo.find(path: host.programs) != nil) == isFound)
        }
    }

    @Test func boundsTheValue() throws {
        try withGuestinfo { guestinfo, host in
            let longest = String(repeating: "x", count: Guestinfo.longestValue)
            try guestinfo.set("guestinfo.a", to: longest)
            #expect(try guestinfo.get("guestinfo.a") == longest)
            for wrong in [longest + "x", "a\0b"] {
                #expect(throws: GuestinfoError.self) { try guestinfo.set("guestinfo.a", to: wrong) }
            }
            #expect(try host.value("guestinfo.a") == longest)
        }
    }
}
