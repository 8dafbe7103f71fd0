import Addresses
import Files
import FoundationEssentials
import Glibc
import Syscalls
import TestSupport
import Testing

@testable import PKI

@Suite(.blocking) struct PKIStoreTests {
    static let addresses = [IPAddress("10.13.10.199"), IPAddress("10.13.200.10")].compactMap { $0 }

    func outcomes(_ outcome: PKIStore.Outcome) -> [PKIStore.Outcome.File.Change] { outcome.files.map { $0.outcome } }

    @Test func makesEverythingOnce() throws {
        try withDisk { disk in
            let first = try disk.ensure()
            #expect(
                first.files.map { $0.path } == [
                    "/var/lib/appliance-net/pki/ca.key", "/etc/haproxy/ca.key", "/etc/haproxy/ca.crt",
                    "/etc/haproxy/server.key", "/etc/haproxy/server.crt",
                ]
            )
            #expect(outcomes(first) == [.created, .created, .created, .created, .created])
            #expect(first.issued == .missing)
            #expect(try disk.mode(PKIPaths.directory) == 0o700)
            #expect(try disk.mode(PKIPaths.caKey) == 0o600)
            #expect(try disk.mode(PKIPaths.caCertificate) == 0o644)
            #expect(try disk.mode(PKIPaths.serverKey) == 0o600)
            #expect(try disk.mode(PKIPaths.serverCertificate) == 0o644)
            #expect(try disk.store.fingerprint() == first.authority.fingerprint)
            #expect(try disk.store.examine(disk.request())?.authority.fingerprint == first.authority.fingerprint)

            let second = try disk.ensure(now: noon + 10 * day)
            #expect(!second.isChanged)
            #expect(second.issued == nil)
            #expect(second.server.fingerprint == first.server.fingerprint)
            #expect(try run("find", disk.root.prefix, "-name", ".appliance-net*") == "")
        }
    }

    @Test func theLinkIsRelativeSoThatTheRootCanMove() throws {
        try withDisk { disk in
            _ = try disk.ensure()
            #expect(try AtomicFile.linkTarget(of: disk.root[PKIPaths.caKeyLink]) == PKIPaths.caKeyLinkTarget)
            #expect(try disk.bytes(PKIPaths.caKeyLink) == disk.bytes(PKIPaths.caKey))
        }
    }

    @Test func repairsModes() throws {
        try withDisk { disk in
            _ = try disk.ensure()
            for path in [PKIPaths.directory, PKIPaths.caKey, PKIPaths.serverKey] { chmod(disk.root[path], 0o755) }
            let outcome = try disk.ensure()
            #expect(outcomes(outcome) == [.replaced, .unchanged, .unchanged, .replaced, .unchanged])
            #expect(outcome.issued == nil)
            #expect(try disk.mode(PKIPaths.directory) == 0o700)
            #expect(try disk.mode(PKIPaths.caKey) == 0o600)
        }
    }

    @Test func issuesAnewUnderTheSameAuthority() throws {
        try withDisk { disk in
            let first = try disk.ensure()
            let key = try disk.bytes(PKIPaths.serverKey)
            let moved = try disk.ensure(addresses: Self.addresses + [IPAddress(v4: 0x0a0d_c90a)])
            #expect(moved.issued == .otherNames)
            #expect(outcomes(moved) == [.unchanged, .unchanged, .unchanged, .unchanged, .replaced])
            #expect(try disk.ensure().issued == .otherNames)
            #expect(try disk.ensure(names: ["lb-02.example.com"]).issued == .otherNames)
            #expect(try disk.bytes(PKIPaths.serverKey) == key)

            let renewal = first.server.renewalDate
            #expect(try disk.ensure(names: ["lb-02.example.com"], now: renewal - 1).issued == nil)
            let renewed = try disk.ensure(names: ["lb-02.example.com"], now: renewal)
            #expect(renewed.issued == .age)
            #expect(try disk.bytes(PKIPaths.serverKey) != key)
            #expect(renewed.authority.fingerprint == first.authority.fingerprint)
            #expect(try disk.ensure(names: ["lb-02.example.com"], now: renewal).issued == nil)
        }
    }

    @Test func aProvidedAuthorityReplacesOurs() throws {
        try withDisk { disk in
            let own = try disk.ensure(now: Date())
            for kind in [Pasted.KeyKind.rsaPKCS1, .ecSEC1] {
                let pasted = try Pasted(kind)
                let provided = try PEMIntake.authority(
                    certificate: certificateProperty(Mangling.spaces.apply(pasted.certificate)),
                    key: keyProperty(Mangling.spaces.apply(pasted.key)),
                    now: .init(Date())
                )
                let replaced = try disk.ensure(ca: provided, now: Date())
                #expect(replaced.issued == .otherAuthority)
                #expect(replaced.authority.fingerprint == provided.fingerprint)
                #expect(provided.fingerprint != own.authority.fingerprint)
                #expect(try disk.bytes(PKIPaths.caCertificate) == Array(pasted.certificate.utf8))
                #expect(try !disk.ensure(ca: provided, now: Date()).isChanged)
                // The property was scrubbed: absent means keep.
                #expect(try !disk.ensure(now: Date()).isChanged)
            }
        }
    }

    /// Who is kept waiting too long is told so, and changes nothing.
    @Test func oneAtATime() throws {
        try withDisk { disk in
            let first = try disk.ensure()
            var store = disk.store
            store.patience = .milliseconds(20)
            let request = try disk.request(names: ["lb-02.example.com"])
            try disk.store.alone {
                #expect(throws: BusyError.self) { try store.ensure(request) }
                #expect(throws: BusyError.self) { try store.examine(request) }
                #expect(throws: BusyError.self) { try store.issueClient(name: "vcenter", request) }
            }
            #expect(try disk.store.serverCertificate() == first.server.certificatePEM)
            #expect(try store.ensure(request).issued == .otherNames)
        }
    }

    /// A new key fits on the disk, and its certificate, which is longer, does not: neither takes its place.
    @Test func aFullDiskLeavesThePair() throws {
        let many = (0..<600).map { IPAddress(v4: 0x0a0d_0000 + UInt32($0)) }
        try withTemporaryDirectory { place in
            try run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", place)
            defer { _ = try? Subprocess.run(["umount", place]) }
            let disk = Disk(root: Root(place))
            let first = try disk.ensure()
            var request = try disk.request(addresses: many)
            request.change = .renew(own: false)
            var refused = 0
            for pages in 0... {
                let fill =
                    "cd \(place) && rm -f fill; dd if=/dev/zero of=fill bs=4k 2>/dev/null; truncate -s -\(pages * 4)k fill"
                try run("sh", "-c", fill)
                do {
                    _ = try disk.store.ensure(request)
                    break
                } catch {
                    #expect("\(error)".contains("No space left"))
                    refused += 1
                    #expect(try run("find", place, "-name", ".appliance-net*") == "")
                    try disk.verify(now: noon)
                    #expect(try disk.store.serverCertificate() == first.server.certificatePEM)
                }
            }
            #expect(refused > 2)
            try disk.verify(now: noon)
            #expect(try disk.store.serverCertificate() != first.server.certificatePEM)
        }
    }

    /// Removes the files after the first n in the order of writing: a power cut after each step of a first run.
    @Test(arguments: 0...5) func finishesAfterAPowerCut(steps: Int) throws {
        try withDisk { disk in
            let first = try disk.ensure()
            for file in first.files.dropFirst(steps) { try AtomicFile.remove(disk.root[file.path]) }
            let second = try disk.ensure()
            #expect(second.isChanged == (steps < 5))
            #expect((second.authority.fingerprint == first.authority.fingerprint) == (steps >= 3))
            #expect(try !disk.ensure().isChanged)
        }
    }

    /// The same for a provided CA that replaces ours, at each step.
    @Test(arguments: 0...5) func finishesReplacingTheAuthorityAfterAPowerCut(steps: Int) throws {
        let pasted = try Pasted(.ecPKCS8)
        let provided = try PEMIntake.authority(
            certificate: certificateProperty(pasted.certificate),
            key: keyProperty(pasted.key),
            now: .init(Date())
        )
        try withDisk { disk in
            let before = try disk.ensure(now: Date())
            let files = before.files.filter { $0.path != PKIPaths.caKeyLink }.map { $0.path }
            let old = try files.map { try disk.bytes($0) }
            _ = try disk.ensure(ca: provided, now: Date())
            for (path, bytes) in zip(files, old).dropFirst(steps) {
                try AtomicFile.replace(disk.root[path], with: bytes)
            }
            let after = try disk.ensure(ca: provided, now: Date())
            #expect(after.authority.fingerprint == provided.fingerprint)
            #expect(try !disk.ensure(now: Date()).isChanged)
        }
    }

    @Test func replacesADamagedServerPair() throws {
        try withDisk { disk in
            _ = try disk.ensure()
            try AtomicFile.replace(disk.root[PKIPaths.serverCertificate], with: "damaged\n")
            #expect(try disk.ensure().issued == .unreadable)
            try AtomicFile.replace(disk.root[PKIPaths.serverKey], with: "damaged\n")
            #expect(try disk.ensure().issued == .unreadable)
            try AtomicFile.replace(disk.root[PKIPaths.serverKey], with: try openssl(Pasted.KeyKind.ecPKCS8.generate))
            #expect(try disk.ensure().issued == .keyMismatch)
            try AtomicFile.remove(disk.root[PKIPaths.serverKey])
            #expect(try disk.ensure().issued == .keyMismatch)
            #expect(try !disk.ensure().isChanged)
        }
    }

    /// Clients trust this CA: whatever is odd about it, it is not thrown away.
    @Test func tellsWhetherTheAuthorityCanBeUsed() throws {
        try withDisk { disk in
            let request = try disk.request()
            #expect(try !disk.store.hasUsableAuthority(request))
            _ = try disk.ensure()
            #expect(try disk.store.hasUsableAuthority(request))
            // What is wrong with the server's certificate says nothing of the CA.
            try AtomicFile.replace(disk.root[PKIPaths.serverCertificate], with: "damaged\n")
            #expect(try disk.store.hasUsableAuthority(request))
            try AtomicFile.replace(disk.root[PKIPaths.caKey], with: "damaged\n")
            #expect(throws: PKIError.self) { try disk.store.hasUsableAuthority(request) }
        }
    }

    @Test func neverDestroysAnAuthority() throws {
        try withDisk { disk in
            _ = try disk.ensure()
            let certificate = try disk.bytes(PKIPaths.caCertificate)
            let key = try disk.bytes(PKIPaths.caKey)
            func refuses(_ words: String, now: Date = noon) {
                do {
                    _ = try disk.store.ensure(disk.request(now: now))
                    Issue.record("accepted: \(words)")
                } catch {
                    #expect("\(error)".contains(words))
                }
            }
            refuses("expired on 2036-11-20 (the clock says 2040-", now: Date(timeIntervalSince1970: 2_221_000_000))
            try AtomicFile.replace(disk.root[PKIPaths.caCertificate], with: "damaged\n")
            refuses("/etc/haproxy/ca.crt: it holds text without any BEGIN line")
            try AtomicFile.replace(disk.root[PKIPaths.caCertificate], with: certificate)
            try AtomicFile.remove(disk.root[PKIPaths.caKey])
            refuses("the private key of the CA in /etc/haproxy/ca.crt is missing")
            try AtomicFile.replace(disk.root[PKIPaths.caKey], with: key, mode: 0o600)
            #expect(try !disk.ensure().isChanged)
        }
    }

    @Test func takesOverTheOldAppliancesPair() throws {
        let old = try Pasted(.rsaPKCS8)
        try withDisk { disk in
            try AtomicFile.makeDirectory(disk.root["/etc/haproxy"])
            try AtomicFile.replace(disk.root[PKIPaths.caCertificate], with: old.certificate)
            try AtomicFile.replace(disk.root[PKIPaths.caKeyLink], with: old.key)
            let outcome = try disk.ensure(now: Date())
            #expect(outcomes(outcome) == [.created, .replaced, .unchanged, .created, .created])
            #expect(try disk.bytes(PKIPaths.caKey) == Array(old.key.utf8))

            // A key that belongs to nothing is not replaced by the link.
            let foreign = try openssl(Pasted.KeyKind.ecPKCS8.generate)
            try AtomicFile.remove(disk.root[PKIPaths.caKeyLink])
            try AtomicFile.replace(disk.root[PKIPaths.caKeyLink], with: foreign)
            #expect(throws: PKIError.self) { try disk.ensure(now: Date()) }
            #expect(try disk.bytes(PKIPaths.caKeyLink) == Array(foreign.utf8))
        }
    }

    @Test func givesTheServersKeyToItsReader() throws {
        try withDisk { disk in
            var request = try disk.request()
            request.serverKeyOwner = PKIStore.Owner(user: 4242, group: 4243)
            _ = try disk.store.ensure(request)
            let owners = try run(
                "stat",
                "-c",
                "%u:%g",
                disk.root[PKIPaths.serverKey],
                disk.root[PKIPaths.caKey]
            )
            #expect(owners == "4242:4243\n\(geteuid()):\(getegid())\n")
            #expect(try !disk.ensure().isChanged)
        }
    }
}
