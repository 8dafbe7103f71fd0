import Addresses
import Appliance
import Files
import Foundation
import NetworkFiles
import NetworkHistory
import NetworkTestSupport
import PKI
import TestSupport
import Testing

@testable import Recovery

/// What restoring means beside the files of the bundle: for the CA and its rotation, the passphrases, the target of the
/// backups, the history.
@Suite(.blocking) struct RestoreMeaningTests {
    private static func request(_ change: CertificateRequest.Change?) throws -> CertificateRequest {
        let names = try ServerNames(names: ["lb1"], addresses: [IPAddress("10.13.10.199")].compactMap { $0 })
        var request = CertificateRequest(names: names, now: .init(Date(timeIntervalSince1970: 1_795_000_000)))
        request.change = change
        return request
    }

    private static func restorer(_ root: Root) -> Restorer { Restorer(root, hasNetwork: false) }

    private static func append(_ text: String, to path: String) throws {
        try AtomicFile.replace(path, with: (try AtomicFile.readText(path) ?? "") + text)
    }

    /// The second CA of a rotation that the bundle knows nothing of would stay behind, and cut the clients off at its end.
    @Test func aRotationThatTheBundleLacksEnds() throws {
        try withTemporaryDirectory { directory in
            let root = Root(directory)
            try SampleAppliance.make(directory)
            let files = try ApplianceFiles.collect(root)
            let store = PKIStore(root: root)
            let next = try #require(try store.ensure(Self.request(.beginRotation(nil))).next)
            let notes = try RestoreNotes.all(files, root)
            #expect(notes.count == 1)
            #expect(notes.first?.contains("(SHA-256 \(next.fingerprint)) goes") == true, "\(notes)")
            let during = try ApplianceFiles.collect(root)
            let changes = try Self.restorer(root).restore(files).changes
            for path in [PKIPaths.nextCertificate, PKIPaths.nextKey] {
                #expect(changes.contains(FileChange(verb: .delete, path: path)))
            }
            let state = try #require(try store.examine(Self.request(nil)))
            #expect(state.next == nil && state.trust.count == 1)
            #expect(try store.trust()?.fingerprints.count == 1)
            // The way there again.
            let again = try RestoreNotes.all(during, root)
            #expect(
                again == [
                    "a second CA is to take over (SHA-256 \(next.fingerprint)), as it was when the bundle was made: see appliance-net cert show"
                ]
            )
            _ = try Self.restorer(root).restore(during)
            #expect(try store.examine(Self.request(nil))?.publication == nil)
            #expect(try store.ensure(Self.request(.finishRotation)).authority.fingerprint == next.fingerprint)
            // Back from the end of the rotation: the CA of today was the second one then, and vouches for the first.
            let back = try RestoreNotes.all(during, root)
            #expect(back.count == 1, "\(back)")
            #expect(back.first?.contains("the present one (SHA-256 \(next.fingerprint)) is the second CA") == true)
            #expect(back.first?.contains("clients that trust either of them are served") == true, "\(back)")
            _ = try Self.restorer(root).restore(during)
            let restored = try #require(try store.examine(Self.request(nil)))
            #expect(restored.next?.fingerprint == next.fingerprint && restored.reason == nil)
            try AtomicFile.replace(directory + "/next", with: next.certificatePEM)
            let server = root[PKIPaths.serverCertificate]
            try run(
                ["openssl", "verify", "-CAfile", directory + "/next", "-attime", "1795000000"]
                    + ["-untrusted", server, server]
            )
        }
    }

    @Test func anotherAuthorityIsTold() throws {
        try withTemporaryDirectory { directory in
            let roots = [Root(directory + "/a"), Root(directory + "/b")]
            for root in roots { try SampleAppliance.make(root.prefix) }
            let fingerprints = try roots.map { try #require(try PKIStore(root: $0).fingerprint()) }
            let notes = try RestoreNotes.all(try ApplianceFiles.collect(roots[0]), roots[1])
            let words = "the CA becomes another: SHA-256 \(fingerprints[0]) in the place of SHA-256 \(fingerprints[1]);"
            #expect(notes.count == 1 && notes[0].hasPrefix(words), "\(notes)")
            #expect(try RestoreNotes.all(try ApplianceFiles.collect(roots[0]), roots[0]) == [])
        }
    }

    /// Nobody else knows it, and this machine's bundles are sealed with it.
    @Test func thePassphraseOfTheMachineIsKept() throws {
        try withTemporaryDirectory { directory in
            let roots = (1...3).map { Root(directory + "/\($0)") }
            let secrets = try roots.map { root in
                try SampleAppliance.make(root.prefix)
                return try Passphrase.find(root, RecoverySettings()).secret
            }
            let machine = roots[0]
            for other in roots[1...] {
                let files = try ApplianceFiles.collect(other)
                let notes = try RestoreNotes.all(files, machine)
                #expect(notes.contains { $0.contains("is kept in \(Passphrase.formerPath)") }, "\(notes)")
                _ = try Self.restorer(machine).restore(files)
                #expect(try Self.restorer(machine).restore(files).changes == [])
            }
            #expect(try Passphrase.all(machine, RecoverySettings()) == [secrets[2], secrets[1], secrets[0]])
            #expect(try run("stat", "-c", "%a", machine[Passphrase.formerPath]) == "600\n")
            // One that is in use again is none of before.
            _ = try Self.restorer(machine).restore(try ApplianceFiles.collect(roots[1]))
            #expect(try Passphrase.all(machine, RecoverySettings()) == [secrets[1], secrets[2], secrets[0]])
        }
    }

    /// Told by the rule that the next backup goes by.
    @Test func whichPassphraseCountsIsTold() throws {
        try withTemporaryDirectory { directory in
            let (from, to) = (Root(directory + "/from"), Root(directory + "/to"))
            for root in [from, to] {
                try SampleAppliance.make(root.prefix)
                _ = try Passphrase.find(root, RecoverySettings())
            }
            let path = "/etc/appliance-net/passphrase"
            try AtomicFile.replace(from[path], with: "of the file\n", mode: 0o600)
            try Self.append("\n[recovery]\npassphrase = \"\(path)\"\n", to: from[ApplianceFile.path])
            func sealed(_ files: FileSet) throws -> [String] {
                try RestoreNotes.all(files, to).filter { $0.hasPrefix("bundles are sealed with") }
            }
            let files = try ApplianceFiles.collect(from)
            let words = "bundles are sealed with the passphrase in \(path), as [recovery] says"
            #expect(try sealed(files) == [words])
            var without = files
            without[path] = nil
            #expect(try sealed(without) == [words + ", which is not there: no bundle can be made without it"])
            _ = try Self.restorer(to).restore(files)
            #expect(try Passphrase.find(to, Backup.settings(to)).secret.revealed() == "of the file")
            #expect(try sealed(files) == [])
            // That of the properties comes after it, and before the one that was made.
            try AtomicFile.replace(from[Passphrase.path], with: "given\n", mode: 0o600)
            #expect(try sealed(try ApplianceFiles.collect(from)) == [])
        }
    }

    /// A bundle of an appliance without a target does not end the backups of this machine.
    @Test func whereBundlesAreBroughtStays() throws {
        try withTemporaryDirectory { directory in
            let (from, to) = (Root(directory + "/from"), Root(directory + "/to"))
            for root in [from, to] { try SampleAppliance.make(root.prefix) }
            try Self.append("\n[recovery]\ntarget = \"/mnt/here\"\nkeep = 3\n", to: to[ApplianceFile.path])
            let files = try ApplianceFiles.collect(from)
            let notes = try RestoreNotes.all(files, to)
            #expect(notes.last == "[recovery] stays what it is here: bundles are brought to /mnt/here")
            _ = try Self.restorer(to).restore(files)
            #expect(Backup.settings(to).target?.description == "/mnt/here")
            #expect(Backup.settings(to).keep == 3)
            #expect(try Self.restorer(to).restore(files).changes == [])
            // What the bundle says counts.
            try Self.append("\n[recovery]\ntarget = \"/mnt/there\"\n", to: from[ApplianceFile.path])
            let other = try ApplianceFiles.collect(from)
            #expect(
                try RestoreNotes.all(other, to)
                    == ["bundles are brought to /mnt/there, as these files say, no longer to /mnt/here"]
            )
            _ = try Self.restorer(to).restore(other)
            #expect(Backup.settings(to).target?.description == "/mnt/there")
            #expect(Backup.settings(to).keep == RecoverySettings.usualKeep)
            // Where none were brought anywhere, they are from now on.
            let new = Root(directory + "/new")
            try SampleAppliance.make(new.prefix)
            let told =
                "bundles are brought to /mnt/there from now on, as these files say; so far they are brought nowhere"
            #expect(try RestoreNotes.all(other, new).contains(told))
            try Self.append("\n[recovery]\nkeep = 3\n", to: new[ApplianceFile.path])
            #expect(try RestoreNotes.all(other, new).contains(told))
        }
    }

    /// The history of another appliance is no part of that of this one; its own goes on.
    @Test func theHistoryIsThatOfTheAppliance() throws {
        try withTemporaryDirectory { directory in
            let (from, to) = (Root(directory + "/from"), Root(directory + "/to"))
            for root in [from, to] { try SampleAppliance.make(root.prefix) }
            var backup = Backup(from, program: "0.1.0", now: 0)
            backup.derivation = SampleAppliance.quick
            let bundle = try backup.take(SampleAppliance.passphrase)
            let files = try RecoveryBundle.open(bundle, passphrase: SampleAppliance.passphrase)
            for root in [from, to] {
                try AtomicFile.replace(root[GenerationStore.path] + "/2.json", with: "{\"of\": \"\(root.prefix)\"}\n")
            }
            _ = try Self.restorer(from).restore(files)
            #expect(try AtomicFile.names(in: from[GenerationStore.path]).sorted() == ["1.json", "2.json"])
            let changes = try Self.restorer(to).restore(files).changes
            #expect(changes.contains(FileChange(verb: .delete, path: GenerationStore.path + "/2.json")))
            #expect(try AtomicFile.names(in: to[GenerationStore.path]) == ["1.json"])
            #expect(try ApplianceIdentity.read(to) == ApplianceIdentity.read(from))
        }
    }

    /// Who a machine is after it was given a bundle that does not say: still itself, where the CA is its own.
    @Test func theAuthorityTellsWhoseAnOlderBundleIs() throws {
        try withTemporaryDirectory { directory in
            let (own, other) = (Root(directory + "/own"), Root(directory + "/other"))
            for root in [own, other] { try SampleAppliance.make(root.prefix) }
            let former = try ApplianceFiles.collect(own)
            for root in [own, other] { try ApplianceIdentity.ensure(root) }
            let identity = try #require(try ApplianceIdentity.read(own))
            _ = try Self.restorer(own).restore(former)
            #expect(try ApplianceIdentity.read(own) == identity)
            _ = try Self.restorer(other).restore(former)
            #expect(try ApplianceIdentity.read(other) == nil)
        }
    }

    /// A restore is told in the history, though the network is the same, and once, though it was interrupted.
    @Test func theHistoryTellsOfIt() throws {
        try inAppliance { root in
            _ = try Applier(root).apply(.apply)
            func change(_ text: String) -> FileSet {
                FileSet([SavedFile("/etc/haproxy/maps/a.map", .file, Array(text.utf8))])
            }
            // Where nothing changes nothing is told.
            for (text, source) in [("a b", "/root/a.bundle"), ("a b", "/root/x.bundle"), ("a a", "/root/a.bundle")] {
                var restorer = Restorer(root, hasNetwork: true)
                restorer.source = source
                _ = try restorer.restore(change(text + "\n"))
            }
            let former = change("a a\n")
            let other = change("a c\n")
            // Ended where the proxy is told, and once more at the same place.
            try RestoreJournal(root).begin(wanted: other, former: former, source: "/root/c.bundle")
            let applier = Applier(root)
            _ = try applier.apply(.restore, from: "/root/c.bundle") {}
            _ = try Restorer(root, hasNetwork: true).resume()
            #expect(try AtomicFile.readText(root["/etc/haproxy/maps/a.map"]) == "a c\n")
            let told = try GenerationStore(root).all().map { [$0.origin.rawValue, $0.source ?? ""] }
            #expect(
                told == [
                    ["apply", ""], ["restore", "/root/a.bundle"], ["restore", "/root/a.bundle"],
                    ["restore", "/root/c.bundle"],
                ]
            )
        }
    }
}
