import Files
import Foundation
import Syscalls
import TestSupport
import Testing

@testable import ApplianceCommands

@Suite(.blocking) struct SupportCollectorTests {
    /// Of large logs the end is kept, of many files as many as there is room for; what is missing is named.
    @Test func isBounded() throws {
        try withTemporaryDirectory { directory in
            let root = Root(directory)
            for path in ["/var/log", "/var/lib/appliance-net/generations"] { try AtomicFile.makeDirectory(root[path]) }
            let line = String(repeating: "x", count: 99) + "\n"
            let log = String(repeating: line, count: 40_000) + "the end\n"
            try AtomicFile.replace(root["/var/log/appliance-proxy.log"], with: log)
            try run(
                "sh",
                "-c",
                "cd $1; for i in $(seq 2500); do echo $i >$i.json; done",
                "sh",
                directory + "/var/lib/appliance-net/generations"
            )

            let limit = 1 << 20
            var collector = SupportCollector(root, name: "support", limit: limit, time: 1_795_000_000)
            let (archive, entries) = try collector.collect(program: "/bin/true", host: "lb1")
            try AtomicFile.replace(directory + "/bundle.tar", with: archive)
            let manifest = try run("tar", "-xOf", directory + "/bundle.tar", "support/manifest.json")
            // The manifest comes beside.
            #expect(archive.count <= limit + manifest.utf8.count + 4096)
            #expect(entries < 2500)
            let listing = try run("tar", "-tf", directory + "/bundle.tar").split(separator: "\n")
            #expect(listing.count > 500)
            #expect(manifest.contains("left out: the bundle is full"))
            #expect(manifest.contains("cut: the first "))
            #expect(manifest.contains("left out with all files after it"))
            let kept = try run("tar", "-xOf", directory + "/bundle.tar", "support/files/var/log/appliance-proxy.log")
            #expect(kept.hasSuffix("the end\n") && kept.utf8.count <= limit / 8)
        }
    }
}
