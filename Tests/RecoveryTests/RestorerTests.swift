import Addresses
import Diagnostics
import Files
import NetworkFiles
import NetworkHistory
import NetworkTestSupport
import PKI
import Syscalls
import TestSupport
import Testing

@testable import Recovery

/// Restoring into a directory: all of it, or none, whatever happens on the way.
@Suite(.blocking) struct RestorerTests {
    private struct Stop: Error {}

    /// Another appliance's place, where a file and a range are already that the bundle does not have.
    private static func withPlace(_ body: (_ files: FileSet, _ from: String, _ to: String) throws -> Void) throws {
        try withTemporaryDirectory { directory in
            let (from, to) = (directory + "/from", directory + "/to")
            try SampleAppliance.make(from)
            try SampleAppliance.make(to, services: 1)
            try AtomicFile.replace(to + "/etc/vmware/workload-networks.cfg", with: "10.13.21.0/24\n")
            try AtomicFile.remove(to + "/etc/ssh/ssh_host_ed25519_key")
            try body(try ApplianceFiles.collect(Root(from)), from, to)
        }
    }

    private static func restorer(_ directory: String) -> Restorer { Restorer(Root(directory), hasNetwork: false) }

    @Test func everyFileIsAsItWas() throws {
        try Self.withPlace { files, from, to in
            let (changes, notes) = try Self.restorer(to).restore(files)
            #expect(notes == [])
            #expect(changes.contains(FileChange(verb: .delete, path: "/etc/vmware/workload-networks.cfg")))
            #expect(changes.contains(FileChange(verb: .add, path: "/etc/ssh/ssh_host_ed25519_key")))
            #expect(try SampleAppliance.witness(to) == SampleAppliance.witness(from))
            let name = "/etc/haproxy/haproxy.cfg.history/41-1795000000.000000001-api"
            #expect(try run("stat", "-c", "%y", to + name) == run("stat", "-c", "%y", from + name))
            #expect(try Self.restorer(to).restore(files).changes == [])
            #expect(try run("ls", to + "/var/lib/appliance-net") == run("ls", from + "/var/lib/appliance-net"))
        }
    }

    /// A failure at any step, and nothing was ever there.
    @Test(arguments: ["begin", "write", "verify", "proxy"]) func whatFailsIsTakenBack(_ step: String) throws {
        try Self.withPlace { files, _, to in
            let before = try SampleAppliance.witness(to)
            var restorer = Self.restorer(to)
            var isFirst = true
            restorer.beforeStep = { name in
                guard name == step, isFirst else { return }
                isFirst = false
                throw Stop()
            }
            #expect(throws: (any Error).self) { try restorer.restore(files) }
            #expect(try SampleAppliance.witness(to) == before)
            #expect(!restorer.isInterrupted)
            #expect(try Self.restorer(to).restore(files).changes.count > 5)
        }
    }

    /// Who looks after the certificates does not see half of them, nor change them before they are compared.
    @Test func certificatesAreLeftAloneMeanwhile() throws {
        try Self.withPlace { files, _, to in
            var restorer = Self.restorer(to)
            var store = PKIStore(root: Root(to))
            store.patience = .zero
            var looks = 0
            restorer.beforeStep = { name in
                guard name == "verify" else { return }
                looks += 1
                #expect(throws: BusyError.self) { try store.alone {} }
            }
            _ = try restorer.restore(files)
            #expect(looks == 1)
            try store.alone {}
        }
    }

    /// What somebody else has restored is there when it is asked what is there, and nobody restores any more until the end.
    @Test func nobodyElseRestoresFromItsBeginning() throws {
        try Self.withPlace { files, _, to in
            let marker = SavedFile("/etc/haproxy/other", .file, Array("other\n".utf8), mode: 0o644)
            // Killed right after its beginning.
            try RestoreJournal(Root(to)).begin(wanted: FileSet([marker]), former: FileSet())
            var found: String?
            var isAlone = false
            var before = ""
            func look() throws {
                found = try AtomicFile.readText(to + marker.path)
                isAlone = try FileLock.acquire(to + Restorer.lockPath) == nil
                before = try SampleAppliance.witness(to)
                throw Stop()
            }
            #expect(throws: Stop.self) { try Self.restorer(to).restore(files, beginning: look) }
            #expect(found == "other\n" && isAlone)
            #expect(try SampleAppliance.witness(to) == before)
            #expect(!Self.restorer(to).isInterrupted)
        }
    }

    /// Where nothing was, nothing is again: directories, too.
    @Test func anEmptyPlaceIsEmptyAgain() throws {
        try Self.withPlace { files, _, to in
            let empty = to + "/empty"
            try run("sh", "-c", "mkdir -p \(empty)/etc && cp \(to)/etc/passwd \(to)/etc/group \(empty)/etc")
            var restorer = Self.restorer(empty)
            restorer.beforeStep = { name in if name == "verify" { throw Stop() } }
            #expect(throws: (any Error).self) { try restorer.restore(files) }
            // The lock is in /run.
            let left = try run("find", empty, "-not", "-path", "*/run*")
            #expect(
                Set(left.split(separator: "\n").map { $0.dropFirst(empty.count) }) == [
                    "", "/etc", "/etc/passwd", "/etc/group",
                ]
            )
            #expect(try Self.restorer(empty).restore(files).changes.count > 5)
        }
    }

    /// What was done to one machine only is in no bundle, and in those of older programs it is passed over.
    @Test func recordsOfTheMachineStayWithIt() throws {
        try Self.withPlace { _, from, to in
            let path = "/var/lib/appliance-net/derived/root-password"
            try AtomicFile.replace(from + path, with: "root $y$hash", mode: 0o600)
            var files = try ApplianceFiles.collect(Root(from))
            #expect(files[path] == nil)
            files[path] = SavedFile(path, .file, Array("root $y$hash".utf8), mode: 0o600)
            _ = try Self.restorer(to).restore(files)
            #expect(try AtomicFile.status(to + path) == nil)
            try AtomicFile.replace(to + path, with: "its own", mode: 0o600)
            #expect(try Self.restorer(to).restore(files).changes == [])
            #expect(try AtomicFile.readText(to + path) == "its own")
        }
    }

    /// The kernel cannot do what was possible when it was checked.
    @Test func aNetworkThatCannotBeTakesItBack() throws {
        try inAppliance { root in
            let former = try ConfigurationFiles.read(root)
            let files = FileSet([SavedFile(AnyIPRoutesFile.path, .file, Array("10.13.200.64/27\n".utf8))])
            var restorer = Restorer(root, hasNetwork: true)
            restorer.beforeStep = { name in
                if name == "network" { _ = try? Subprocess.run(["ip", "link", "del", "eth1"]) }
            }
            var message = ""
            do {
                _ = try restorer.restore(files)
            } catch {
                message = "\(error)"
            }
            #expect(message.contains("the network cannot be as wanted"), "\(message)")
            #expect(message.contains(TestAppliance.macs[1]), "\(message)")
            #expect(try ConfigurationFiles.read(root) == former)
            #expect(!restorer.isInterrupted)
        }
    }

    /// A backup that comes while a restore runs waits its turn; it does not take it for an interrupted one.
    @Test func aRestoreThatRunsIsNotInterrupted() throws {
        try Self.withPlace { files, _, to in
            var restorer = Self.restorer(to)
            restorer.beforeStep = { name in
                guard name == "verify" else { return }
                let backup = Backup(Root(to), program: "0.1.0", now: 0)
                #expect(throws: BusyError.self) { try backup.take(SampleAppliance.passphrase) }
            }
            _ = try restorer.restore(files)
        }
    }

    /// Somebody who changes haproxy.cfg all the time: nothing is begun.
    @Test func aChangeThroughTheAPIComesFirst() throws {
        try Self.withPlace { files, _, to in
            let before = try SampleAppliance.witness(to)
            var restorer = Self.restorer(to)
            restorer.patience = .zero
            try FileLock.hold(to + "/etc/haproxy/haproxy.cfg.history/.lock", heldBy: "nobody") {
                let error = #expect(throws: BusyError.self) { try restorer.restore(files) }
                #expect(error?.description.hasPrefix("somebody who changes haproxy.cfg holds ") == true)
            }
            #expect(try SampleAppliance.witness(to) == before)
            #expect(!restorer.isInterrupted)
            #expect(try restorer.restore(files).changes.count > 5)
        }
    }

    /// A disk that a stranger gives: its links stay on it, and what is no file is not waited for.
    @Test(.turnLimit(.seconds(300))) func aForeignRootIsReadAsItself() throws {
        try Self.withPlace { _, from, to in
            try AtomicFile.replace(to + "/secret", with: "of this machine")
            try AtomicFile.makeDirectory(from + "/srv")
            try AtomicFile.replace(from + "/srv/own.pem", with: "its own")
            for (name, target) in [
                ("own.pem", "/srv/own.pem"), ("absolute.pem", to + "/secret"), ("up.pem", "../../../to/secret"),
                ("self.pem", "/proc/self/root" + to + "/secret"),
            ] { try AtomicFile.replaceLink(from + "/etc/haproxy/" + name, target: target) }
            try run("mkfifo", from + "/etc/haproxy/fifo")
            let files = try ApplianceFiles.collect(Root(from))
            #expect(files.text("/etc/haproxy/own.pem") == "its own")
            #expect(files["/etc/haproxy/fifo"] == nil)
            #expect(!files.files.contains { $0.text == "of this machine" })
            try AtomicFile.remove(from + "/etc/vmware/anyip-routes.cfg")
            try run("mkfifo", from + "/etc/vmware/anyip-routes.cfg")
            #expect(throws: SystemError.self) { try OldAppliance(Root(from)).taken() }
            try AtomicFile.replaceLink(from + "/etc/haproxy/ca.crt", target: to + "/secret")
            try AtomicFile.remove(from + "/etc/vmware/anyip-routes.cfg")
            #expect(try OldAppliance(Root(from)).taken()?.files["/etc/haproxy/ca.crt"] == nil)
        }
    }

    /// Of a disk whose appliance was being restored: what it would have come to.
    @Test func anInterruptedRestoreIsKnown() throws {
        try Self.withPlace { files, _, to in
            #expect(try Restorer.unfinished(Root(to)) == nil)
            var restorer = Self.restorer(to)
            var open: FileSet?
            restorer.beforeStep = { name in
                if name == "write" { open = try Restorer.unfinished(Root(to)) }
            }
            _ = try restorer.restore(files)
            #expect(open?.text("/etc/ssh/ssh_host_ed25519_key") == "the host key\n")
        }
    }

    @Test func aProxyThatRefusesTakesItBack() throws {
        try Self.withPlace { files, _, to in
            let before = try SampleAppliance.witness(to)
            let restorer = Restorer(Root(to), hasNetwork: false) { throw Stop() }
            #expect(throws: RestoreError.self) { try restorer.restore(files) }
            #expect(try SampleAppliance.witness(to) == before)
        }
    }

    @Test(arguments: [
        ("/etc/haproxy/haproxy.cfg", "frontend f\n  bind nowhere\n"),
        ("/etc/vmware/anyip-routes.cfg", "10.13.200.0/27\n"),
        ("/var/lib/appliance-net/pki/ca.key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
    ]) func whatDoesNotCheckIsRefused(_ path: String, _ text: String) throws {
        try Self.withPlace { files, _, to in
            let before = try SampleAppliance.witness(to)
            var wrong = files
            wrong[path]?.content = Array(text.utf8)
            #expect(throws: DiagnosticsError.self) { try Self.restorer(to).restore(wrong) }
            #expect(try SampleAppliance.witness(to) == before)
        }
    }

    /// A disk that is full before, and while it is written.
    @Test(arguments: [64, 96, 128, 192, 256, 320]) func aFullDiskChangesNothing(_ kilobytes: Int) throws {
        try Self.withPlace { files, from, _ in
            try withTemporaryDirectory { place in
                try run("mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", place)
                defer { _ = try? Subprocess.run(["umount", place]) }
                try run(
                    "sh",
                    "-c",
                    "mkdir -p \(place)/etc/vmware && cp \(from)/etc/passwd \(from)/etc/group \(place)/etc"
                )
                try AtomicFile.replace(place + "/etc/vmware/anyip-routes.cfg", with: "10.13.200.64/27\n")
                let before = try run("sh", "-c", "cd \(place) && find etc -type f | sort | xargs sha256sum")
                do {
                    _ = try Self.restorer(place).restore(files)
                    #expect(
                        try AtomicFile.readText(place + "/etc/haproxy/haproxy.cfg")
                            == files.text("/etc/haproxy/haproxy.cfg")
                    )
                } catch {
                    let after = try run("sh", "-c", "cd \(place) && find etc -type f | sort | xargs sha256sum")
                    #expect(after == before, "\(error)")
                    try run("mount", "-o", "remount,size=4m", place)
                    _ = try Self.restorer(place).resume()
                    #expect(try Self.restorer(place).restore(files).changes.count > 5)
                }
            }
        }
    }

    /// The machine has other adapters: they take the places of the same roles, also where first boot compares.
    @Test func adaptersAreThoseOfTheMachine() throws {
        try Self.withPlace { files, _, _ in
            var derived = files
            let path = "/var/lib/appliance-net/derived/etc/vmware/route-tables.cfg"
            derived[path] = SavedFile(path, .file, Array((files.text("/etc/vmware/route-tables.cfg") ?? "").utf8))
            let own = try #require(AdapterChange.adapters(files)[.workload])
            // Of the properties too: a boot that finds none takes them from there.
            derived[ApplianceFiles.properties] = SavedFile(ApplianceFiles.properties, .file, Array("\"\(own)\"".utf8))
            let other = try #require(AdapterChange.adapters(files)[.frontend])
            // They have exchanged theirs.
            let fitted = AdapterChange.fit(derived, to: [.workload: other, .frontend: own])
            #expect(
                AdapterChange.adapters(fitted) == [
                    .management: try #require(AdapterChange.adapters(files)[.management]), .workload: other,
                    .frontend: own,
                ]
            )
            #expect(fitted.text(ApplianceFiles.properties) == "\"\(other)\"")
            let tables = try #require(fitted.text("/etc/vmware/route-tables.cfg"))
            #expect(tables.contains("2,workload,\(other),10.13.201.10/24,10.13.201.1\n"))
            #expect(tables.contains("3,frontend,\(own),10.13.200.10/24\n"))
            #expect(fitted.text(path) == tables)
        }
    }
}
