import Addresses
import Files
import FoundationEssentials
import Syscalls
import TestSupport
import Testing
import X509

@testable import PKI

/// One CA follows another: openssl stands for the clients.
@Suite(.blocking) struct RotationTests {
    /// Where the first CA comes from.
    enum First: String, CaseIterable, Sendable {
        case own, givenRoot, givenBelowAnother
    }

    /// What takes its place.
    enum Second: String, CaseIterable, Sendable {
        case root, rootOfLeaves, belowAnother, belowAnotherOfLeaves, belowOneOfOne

        /// Whether it, and what is above it, may sign another CA.
        var mayVouch: Bool { self == .root || self == .belowAnother }

        func make() throws -> (authority: CertificateAuthority, top: String) {
            let identifiers = ["subjectKeyIdentifier=hash", "keyUsage=critical,keyCertSign,cRLSign"]
            let ofLeaves = [Pasted.authority + ",pathlen:0"] + identifiers
            let free = [Pasted.authority] + identifiers
            switch self {
            case .root, .rootOfLeaves:
                let pasted = try Pasted(.rsaPKCS8, subject: "/CN=Second", extensions: self == .root ? free : ofLeaves)
                return (try pasted.authority(), pasted.certificate)
            case .belowAnother, .belowAnotherOfLeaves, .belowOneOfOne:
                let ofOne = [Pasted.authority + ",pathlen:1"] + identifiers
                let top = try Pasted(.ecPKCS8, subject: "/CN=Top", extensions: self == .belowOneOfOne ? ofOne : free)
                let extensions = (self == .belowAnotherOfLeaves ? ofLeaves : free) + ["authorityKeyIdentifier=keyid"]
                var below = try Pasted(.p384, subject: "/CN=Second", signedBy: top, extensions: extensions, days: 3000)
                below.certificate += top.certificate
                return (try below.authority(), top.certificate)
            }
        }
    }

    /// Whether a client that trusts `trust`, with no other certificates than the server sends, accepts the server.
    static func accepts(_ disk: Disk, trusting trust: String, now: Date) throws -> Bool {
        try withTemporaryDirectory { directory in
            try run("tee", directory + "/trust", input: trust)
            let server = disk.root[PKIPaths.serverCertificate]
            let result = try Subprocess.run([
                "openssl", "verify", "-x509_strict", "-CAfile", directory + "/trust", "-untrusted", server, "-purpose",
                "sslserver", "-attime", "\(Int(now.timeIntervalSince1970))", server,
            ])
            return result.status == 0
        }
    }

    static func make(_ first: First, _ disk: Disk, now: Date) throws -> (trust: String, outcome: PKIStore.Outcome) {
        let identifiers = ["subjectKeyIdentifier=hash", "keyUsage=critical,keyCertSign,cRLSign"]
        switch first {
        case .own:
            let outcome = try disk.ensure(now: now)
            return (outcome.authority.certificatePEM, outcome)
        case .givenRoot:
            let extensions = ["basicConstraints=critical,CA:TRUE,pathlen:0"] + identifiers
            let pasted = try Pasted(.rsaPKCS8, subject: "/CN=Given", extensions: extensions)
            return (pasted.certificate, try disk.ensure(ca: pasted.authority(), now: now))
        case .givenBelowAnother:
            let root = try Pasted(.ecPKCS8, subject: "/CN=Root", extensions: [Pasted.authority] + identifiers)
            let extensions =
                ["basicConstraints=critical,CA:TRUE,pathlen:0", "authorityKeyIdentifier=keyid"] + identifiers
            var given = try Pasted(.p384, subject: "/CN=Below", signedBy: root, extensions: extensions, days: 3000)
            given.certificate = root.certificate + given.certificate
            return (root.certificate, try disk.ensure(ca: given.authority(), now: now))
        }
    }

    @Test(arguments: First.allCases) func noClientIsRefusedUntilTheEnd(_ first: First) throws {
        let now = Date() + 60
        try withDisk { disk in
            let (old, before) = try Self.make(first, disk, now: now)
            var request = try disk.request(now: now)
            request.change = .beginRotation(nil)
            let begun = try disk.store.ensure(request)
            let next = try #require(begun.next)
            #expect(begun.authority.fingerprint == before.authority.fingerprint)
            #expect(begun.server.fingerprint == before.server.fingerprint)
            // Who follows the runbook has both.
            let both = try #require(try disk.store.trust())
            #expect(both.fingerprints.first == begun.authority.fingerprint)
            #expect(both.fingerprints.contains(next.fingerprint))
            #expect(try Self.accepts(disk, trusting: old, now: now))
            #expect(try Self.accepts(disk, trusting: both.pem, now: now))
            // A CA below another stays in front: its clients may trust only the top.
            let newAlone = try Self.accepts(disk, trusting: next.certificatePEM, now: now)
            #expect(newAlone == (first != .givenBelowAnother))

            // Nothing that happens meanwhile ends it.
            #expect(try !disk.ensure(now: now).isChanged)
            #expect(try disk.ensure(names: ["lb-02.example.com"], now: now).issued == .otherNames)
            #expect(try disk.ensure(now: now).next?.fingerprint == next.fingerprint)
            #expect(try Self.accepts(disk, trusting: old, now: now))
            #expect(try Self.accepts(disk, trusting: next.certificatePEM, now: now) == newAlone)
            // A second time it is the same.
            #expect(try !disk.store.ensure(request).isChanged)

            request.change = .finishRotation
            let finished = try disk.ensure(request)
            #expect(finished.authority.fingerprint == next.fingerprint)
            #expect(finished.next == nil)
            #expect(finished.issued == .otherAuthority)
            #expect(try disk.store.trust()?.fingerprints == [next.fingerprint])
            #expect(try Self.accepts(disk, trusting: next.certificatePEM, now: now))
            #expect(try Self.accepts(disk, trusting: both.pem, now: now))
            #expect(try !Self.accepts(disk, trusting: old, now: now))
            #expect(try !disk.ensure(now: now).isChanged)
            #expect(try run("ls", disk.root[PKIPaths.directory]) == "ca.key\n")
            #expect(throws: PKIError.self) { try disk.store.ensure(request) }
        }
    }

    /// A second CA that an admin gives, of whatever kind: who trusts the first one, or both, is served all the time, and who
    /// trusts only what is above the second one as soon as it is said.
    @Test(arguments: First.allCases, Second.allCases)
    func takesAnAdminsSecondAuthority(_ first: First, _ second: Second) throws {
        let now = Date() + 60
        let (given, top) = try second.make()
        try withDisk { disk in
            let (old, _) = try Self.make(first, disk, now: now)
            var request = try disk.request(now: now)
            request.change = .beginRotation(given)
            let begun = try disk.ensure(request)
            #expect(begun.next?.fingerprint == given.fingerprint)
            #expect(begun.isNextEnough == (second.mayVouch && first != .givenBelowAnother))
            let files = try disk.store.files()
            let (authority, next) = (files[PKIPaths.caCertificate] ?? "", files[PKIPaths.nextCertificate] ?? "")
            #expect(PKIStore.isNextEnough(authority: authority, next: next) == begun.isNextEnough)
            let both = try #require(try disk.store.trust()).pem
            #expect(try Self.accepts(disk, trusting: old, now: now))
            #expect(try Self.accepts(disk, trusting: both, now: now))
            #expect(try Self.accepts(disk, trusting: top, now: now) == begun.isNextEnough)
            #expect(try !disk.ensure(now: now).isChanged)

            request.change = .finishRotation
            #expect(try disk.ensure(request).authority.fingerprint == given.fingerprint)
            #expect(try Self.accepts(disk, trusting: top, now: now))
            #expect(try Self.accepts(disk, trusting: both, now: now))
            #expect(try !Self.accepts(disk, trusting: old, now: now))
            #expect(try !disk.ensure(now: now).isChanged)
        }
    }

    @Test func cancellingLeavesNothing() throws {
        try withDisk { disk in
            let before = try disk.ensure()
            let files = try disk.store.files()
            var request = try disk.request()
            #expect(throws: PKIError.self) {
                request.change = .cancelRotation
                _ = try disk.store.ensure(request)
            }
            request.change = .beginRotation(nil)
            _ = try disk.store.ensure(request)
            #expect(try disk.mode(PKIPaths.nextKey) == 0o600)
            #expect(try disk.mode(PKIPaths.nextCertificate) == 0o644)
            request.change = .cancelRotation
            let after = try disk.ensure(request)
            #expect(after.authority.fingerprint == before.authority.fingerprint)
            #expect(try disk.store.files() == files)
            // One that cannot be read goes too.
            try AtomicFile.replace(disk.root[PKIPaths.nextCertificate], with: "damaged\n")
            #expect(throws: PKIError.self) { try disk.ensure() }
            _ = try disk.ensure(request)
            #expect(try disk.store.files() == files)
        }
    }

    /// Clients that were given `ca.crt` as it is would be refused: the second CA does not take over, and that is told.
    @Test func whatClientsWereNotGivenDoesNotTakeOver() throws {
        try withDisk { disk in
            let first = try disk.ensure()
            let alone = try #require(try disk.store.trust()).pem
            var request = try disk.request()
            request.change = .beginRotation(nil)
            let next = try #require(try disk.ensure(request).next)
            let both = try #require(try disk.store.trust()).pem
            for text in [alone, "damaged\n" + alone] {
                try AtomicFile.replace(disk.root[PKIPaths.caCertificate], with: text)
                let state = try #require(try disk.store.examine(try disk.request()))
                #expect(state.publication?.message.contains(next.fingerprint) == true)
                #expect(state.trust.map { $0.fingerprint } == [first.authority.fingerprint])
                request.change = .finishRotation
                let error = #expect(throws: PKIError.self) { try disk.store.ensure(request) }
                #expect(error?.problems == state.publication.map { [$0] })
                #expect(try AtomicFile.readText(disk.root[PKIPaths.caCertificate]) == text)
                // A second time it does what is missing.
                request.change = .beginRotation(nil)
                _ = try disk.ensure(request)
                #expect(try disk.store.trust()?.pem == both)
                #expect(try disk.store.examine(try disk.request())?.publication == nil)
            }
            request.change = .finishRotation
            #expect(try disk.ensure(request).authority.fingerprint == next.fingerprint)
        }
    }

    /// The CA's certificate is lost in `ca.crt`: it comes back from its copy, and what the second CA has issued for its key
    /// never takes its place.
    @Test(arguments: First.allCases, [Second.root, .rootOfLeaves])
    func anAuthorityThatIsLostComesBack(_ first: First, _ second: Second) throws {
        let now = Date() + 60
        try withDisk { disk in
            let (_, before) = try Self.make(first, disk, now: now)
            let alone = try disk.store.files()
            var begin = try disk.request(now: now)
            begin.change = .beginRotation(second == .root ? nil : try second.make().authority)
            let next = try #require(try disk.ensure(begin).next)
            let both = try disk.store.files()
            let kept = try #require(both[PKIPaths.nextCertificate])
            let path = disk.root[PKIPaths.caCertificate]
            var ignored: [PKIError.Problem] = []
            let certificates = PEMIntake.certificates(in: .file(PKIPaths.nextCertificate, kept), &ignored)
            let voucher = second == .root ? certificates[1].pem : ""
            var cancel = begin
            cancel.change = .cancelRotation
            for text in [kept, next.certificatePEM, voucher + next.certificatePEM, ""] {
                try AtomicFile.replace(path, with: text)
                let state = try #require(try disk.store.examine(try disk.request(now: now)))
                #expect(state.authority.fingerprint == before.authority.fingerprint)
                #expect(state.publication != nil, "\(text)")
                #expect(try disk.ensure(now: now).authority.fingerprint == before.authority.fingerprint)
                #expect(try disk.store.files() == both)
                // And where the rotation ends instead.
                try AtomicFile.replace(path, with: text)
                #expect(try disk.ensure(cancel).authority.fingerprint == before.authority.fingerprint)
                #expect(try disk.store.files() == alone)
                for name in [
                    PKIPaths.nextCertificate, PKIPaths.nextKey, PKIPaths.caCertificate, PKIPaths.serverCertificate,
                ] {
                    try AtomicFile.replace(disk.root[name], with: both[name] ?? "")
                }
            }

            // Begun by a program that kept no copy: it is kept from now on.
            let copy = before.authority.certificatePEM
            let bare = kept.replacing(copy, with: "")
            #expect(bare != kept)
            try AtomicFile.replace(disk.root[PKIPaths.nextCertificate], with: bare)
            _ = try disk.ensure(now: now)
            #expect(try disk.store.files() == both)
            // Where there is none, nothing is put in its place.
            try AtomicFile.replace(disk.root[PKIPaths.nextCertificate], with: bare)
            try AtomicFile.replace(path, with: bare)
            for request in [begin, cancel, try disk.request(now: now)] {
                let error = #expect(throws: PKIError.self) { try disk.store.ensure(request) }
                let problem = try #require(error?.problems.first)
                #expect(problem.message.contains("it lacks the certificate of the CA whose key is in "), "\(problem)")
                #expect(problem.remedy.contains("from a backup"))
            }
            #expect(try AtomicFile.readText(path) == bare)
        }
    }

    @Test func onlyOneFollowsAtATime() throws {
        let now = Date() + 60
        let identifiers = ["subjectKeyIdentifier=hash", "keyUsage=critical,keyCertSign"]
        let extensions = [Pasted.authority + ",pathlen:0"] + identifiers
        let given = try Pasted(.rsaPKCS1, subject: "/CN=Second", extensions: extensions).authority()
        try withDisk { disk in
            _ = try disk.ensure(now: now)
            var request = try disk.request(now: now)
            request.change = .beginRotation(given)
            #expect(try disk.store.ensure(request).next?.fingerprint == given.fingerprint)
            request.change = .beginRotation(try Pasted(.ecSEC1).authority())
            #expect(throws: PKIError.self) { try disk.store.ensure(request) }
            request.change = .finishRotation
            #expect(try disk.ensure(request).authority.fingerprint == given.fingerprint)
            request.change = .beginRotation(given)
            #expect(throws: PKIError.self) { try disk.store.ensure(request) }
        }
    }

    /// There is nothing to overlap with: it takes over at once.
    @Test func replacesAnAuthorityThatHasExpired() throws {
        try withDisk { disk in
            let first = try disk.ensure()
            let later = first.authority.notValidAfter + day
            #expect(throws: PKIError.self) { try disk.store.ensure(disk.request(now: later)) }
            var request = try disk.request(now: later)
            request.change = .beginRotation(nil)
            let outcome = try disk.ensure(request)
            #expect(outcome.next == nil)
            #expect(outcome.authority.fingerprint != first.authority.fingerprint)
            #expect(try Self.accepts(disk, trusting: outcome.authority.certificatePEM, now: later))
            #expect(try !disk.ensure(now: later).isChanged)
        }
    }

    @Test func certificatesOfClientsAreTrustedNowAndLater() throws {
        try withDisk { disk in
            _ = try disk.ensure()
            var request = try disk.request()
            func verify(_ client: ServerCertificate) throws -> Bool {
                try withTemporaryDirectory { directory in
                    try run("tee", directory + "/client.pem", input: client.keyText() + client.certificatePEM)
                    let result = try Subprocess.run([
                        "openssl", "verify", "-CAfile", disk.root[PKIPaths.caCertificate], "-purpose", "sslclient",
                        "-attime", "\(Int(noon.timeIntervalSince1970))", directory + "/client.pem",
                    ])
                    return result.status == 0
                }
            }
            let early = try disk.store.issueClient(name: "vcenter", request)
            let text = try openssl(["x509", "-noout", "-text"], input: early.certificatePEM)
            #expect(text.contains("Subject: CN = vcenter\n"))
            #expect(text.contains("TLS Web Client Authentication\n"))
            #expect(!text.contains("TLS Web Server Authentication"))
            request.change = .beginRotation(nil)
            _ = try disk.store.ensure(request)
            request.change = nil
            let late = try disk.store.issueClient(name: "vcenter", request)
            #expect(try verify(early))
            #expect(try verify(late))
            request.change = .finishRotation
            _ = try disk.store.ensure(request)
            #expect(try !verify(early))
            #expect(try verify(late))
        }
    }
}
