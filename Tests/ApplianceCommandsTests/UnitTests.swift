import Files
import Foundation
import Syscalls
import TestSupport
import Testing

/// The files under `etc/`, read by the programs they are for.
@Suite(.blocking) struct UnitTests {
    private static let directory = DocumentationTests.root.appending(path: "etc").path(percentEncoded: false)

    /// `systemd-analyze verify` says of every key it does not know, and ends with 0 all the same.
    @Test func systemdKnowsEveryKey() throws {
        try withTemporaryDirectory { directory in
            // Our programs are not installed here.
            let command = """
                cp -r \(Self.directory)/systemd/system/* \(directory)
                sed -i 's#/usr/bin/appliance-[a-z]*#/bin/true#' \(directory)/*.service
                systemd-analyze verify --man=no \(directory)/appliance* 2>&1
                """
            let complaints = try run("sh", "-ec", command)
            #expect(complaints == "")
        }
    }

    /// How exposed systemd finds what listens, in tenths.
    @Test(arguments: [("proxy", 20), ("dataplane", 20), ("net", 40)])
    func isConfined(_ unit: String, _ most: Int) throws {
        let file = Self.directory + "/systemd/system/appliance-\(unit).service"
        try run("systemd-analyze", "security", "--no-pager", "--offline=true", "--threshold=\(most)", file)
    }

    @Test func directoriesAndUsersAreMade() throws {
        try withTemporaryDirectory { directory in
            let file = Self.directory + "/tmpfiles.d/appliance-net.conf"
            try run("systemd-tmpfiles", "--create", "--root=" + directory, file)
            #expect(try run("stat", "-c", "%a", directory + "/var/lib/appliance-net/pki") == "700\n")
            #expect(try run("stat", "-c", "%a", directory + "/run/appliance-net") == "755\n")
            // Each package makes what its own unit needs, and two say the same.
            for (package, made) in [("proxy", "var/lib/haproxy"), ("dataplane", "etc/haproxy")] {
                let own = Self.directory + "/tmpfiles.d/appliance-\(package).conf"
                let alone = directory + "/" + package
                try run("mkdir", alone)
                try run("systemd-tmpfiles", "--create", "--root=" + alone, own)
                #expect(try run("stat", "-c", "%a", alone + "/" + made) == "755\n")
                let both = "systemd-tmpfiles --create --root='\(alone)' '\(own)' '\(file)' 2>&1"
                #expect(try run("sh", "-ec", both) == "")
            }
            try run("systemd-sysusers", "--root=" + directory, Self.directory + "/sysusers.d/appliance-net.conf")
            #expect(try AtomicFile.readText(directory + "/etc/passwd")?.contains("haproxy:x:") == true)
        }
    }

    /// `make man` hands the script what it takes; what the script writes is tested with the documents.
    @Test func makeWritesTheManPages() throws {
        let root = DocumentationTests.root.path(percentEncoded: false)
        let steps = try run("make", "--dry-run", "--directory", root, "man")
        #expect(
            steps.contains("scripts/man .build/man .build/debug/appliance-net .build/debug/appliance-dataplaned\n"),
            "\(steps)"
        )
    }
}
