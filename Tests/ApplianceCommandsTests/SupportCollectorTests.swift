import Files
import Foundation
import Syscalls
import TestSupport
import Testing

@testable import ApplianceCommands

@Suite(.blocking) struct SupportCollectorTests {
    /// Names of every length, in as many directories, come out of tar(1) as they went in, and so does what is in them.
    @Test func tarReadsEveryName() throws {
        try withTemporaryDirectory { directory in
            let long = String(repeating: "n", count: 150)
            var names = (1...4).map { "a/" + String(repeating: "d\($0)/", count: 40 * $0) + "file" }
            for length in [98, 99, 100, 101, 120, 254, 255, 256, 300] {
                names.append(
                    "b/" + String(repeating: "x", count: length / 2 - 2) + "/"
                        + String(repeating: "y", count: length - length / 2 - 1)
                )
            }
            names += [
                "c/" + long, "g/" + long + "/" + long, "d/" + String(repeating: "ä", count: 60),
                "e/" + long + "/ä b\tc",
            ]
            names.append("f/" + String(repeating: "z", count: 97) + "/")
            names[names.count - 1] += "end"
            var archive = TarArchive(time: 1_795_000_000)
            var size = 0
            for (index, name) in names.enumerated() {
                let content = Array("\(index) \(name)\n".utf8) + [UInt8](repeating: 0x2e, count: 512 - index)
                archive.add(name, content)
                size += TarArchive.size(name, content.count)
            }
            #expect(archive.bytes.count == size)
            try AtomicFile.replace(directory + "/a.tar", with: archive.finished)
            try run("tar", "-C", directory, "-xf", directory + "/a.tar")
            for (index, name) in names.enumerated() {
                let text = try AtomicFile.readText(directory + "/" + name)
                #expect(text?.hasPrefix("\(index) \(name)\n.") == true, "\(name)")
            }
            let listed = try run("tar", "--quoting-style=literal", "-tf", directory + "/a.tar")
            #expect(listed.split(separator: "\n").map { String($0) } == names)
        }
    }

    /// Every JSON in it can be read, though there are words in it that a secret may follow.
    @Test func whatIsJSONStaysJSON() throws {
        try withTemporaryDirectory { directory in
            let root = Root(directory)
            var name = "/var/lib/appliance-net/generations"
            let report =
                #"{"state":"failed","steps":[{"name":"root password","failure":"password hunter2: no","notes":[]}]}"#
            for _ in 0..<3 { name += "/" + String(repeating: "g", count: 60) }
            for path in ["/run/appliance-net/firstboot.json", name + "/1.json"] {
                try AtomicFile.makeDirectory(AtomicFile.directory(of: root[path]))
                try AtomicFile.replace(root[path], with: report)
            }
            var collector = SupportCollector(root, name: "support", limit: 1 << 20, time: 1_795_000_000)
            let (archive, _) = try collector.collect(program: "/bin/true", host: "lb1")
            try AtomicFile.replace(directory + "/bundle.tar", with: archive)
            let manifest = try run("tar", "-xOf", directory + "/bundle.tar", "support/manifest.json")
            let paths = try run(
                "jq",
                "-r",
                ".entries[] | select(.path | endswith(\".json\")) | .path",
                input: manifest
            )
            let files = paths.split(separator: "\n").filter { $0.hasPrefix("files/") }
            #expect(files.count == 2)
            for file in files {
                let text = try run("tar", "-xOf", directory + "/bundle.tar", "support/" + file)
                #expect(
                    try run("jq", "-r", ".steps[0] | .name, .failure", input: text)
                        == "root password\npassword *** no\n"
                )
            }
        }
    }

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
