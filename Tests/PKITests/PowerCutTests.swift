import Files
import FoundationEssentials
import TestSupport
import Testing
import X509

@testable import PKI

/// What is done to certificates ends after each of its steps: openssl stands for the clients.
@Suite(.blocking) struct PowerCutTests {
    /// What somebody brings.
    struct Brought: Sendable {
        let authority: CertificateAuthority
        /// One that may not vouch for another.
        let authorityOfLeaves: CertificateAuthority
        let server: ServerCertificate

        init(now: Date) throws {
            authority = try Pasted(.ecPKCS8, subject: "/CN=Given").authority()
            let extensions = [
                Pasted.authority + ",pathlen:0", "subjectKeyIdentifier=hash", "keyUsage=critical,keyCertSign,cRLSign",
            ]
            authorityOfLeaves = try Pasted(.ecPKCS8, subject: "/CN=Leaves", extensions: extensions).authority()
            let issuer = try Pasted(.ecPKCS8, subject: "/CN=Issuer")
            let own = try Pasted(
                .ecPKCS8,
                subject: "/CN=lb-01.example.com",
                signedBy: issuer,
                extensions: Pasted.server
            )
            server = try PEMIntake.server(
                certificate: .property("appliance.server_cert", own.certificate + issuer.certificate),
                key: .property("appliance.server_key", own.key),
                now: .init(now)
            )
        }
    }

    /// What is begun when the power goes.
    enum Work: String, CaseIterable, Sendable {
        case first, renew, names, begin, finish, finishOfLeaves, cancel, provided, providedWhileTwo, providedServer
        case ownServer

        /// Whether clients were given what they need before: then nobody is refused in between. A CA or a certificate out of
        /// the properties comes without notice.
        var isOverlapping: Bool { [.renew, .names, .begin, .finish, .finishOfLeaves, .cancel].contains(self) }

        /// What is asked for, of a disk on which everything that comes before it was done.
        func prepare(_ disk: Disk, _ brought: Brought, now: Date) throws -> CertificateRequest {
            var request = try disk.request(now: now)
            if self == .first { return request }
            _ = try disk.ensure(request)
            switch self {
            case .first: break
            case .renew: request.change = .renew(own: false)
            case .names: request = try disk.request(names: ["lb-02.example.com"], now: now)
            case .begin: request.change = .beginRotation(nil)
            case .provided: request.authority = brought.authority
            case .finish, .finishOfLeaves, .cancel, .providedWhileTwo:
                request.change = .beginRotation(self == .finishOfLeaves ? brought.authorityOfLeaves : nil)
                _ = try disk.store.ensure(request)
                request.change = self == .cancel ? .cancelRotation : self == .providedWhileTwo ? nil : .finishRotation
                if self == .providedWhileTwo { request.authority = brought.authority }
            case .providedServer: request.server = brought.server
            case .ownServer:
                request.server = brought.server
                _ = try disk.store.ensure(request)
                request.server = nil
                request.change = .renew(own: true)
            }
            return request
        }
    }

    /// After every step of everything that is ever done, before anybody looks again: a client that trusts what clients trusted
    /// before is served, and one that takes what they are to trust now (one that trusts what is there before and after, where
    /// that comes without notice); but in the middle of a pair. Then the next look finishes, and a repeated request comes to
    /// the same end.
    @Test(arguments: Work.allCases) func everyStepCanBeTheLast(_ work: Work) throws {
        let now = Date() + 60
        let brought = try Brought(now: now)
        var step = 0
        while true {
            var isLast = false
            try withDisk { disk in
                let request = try work.prepare(disk, brought, now: now)
                let before = try disk.store.trust()?.pem ?? ""
                var planner = PKIPlanner(try disk.store.files(), request)
                let plan = try planner.plan()
                isLast = step == plan.steps.count
                try disk.store.makeDirectories()
                let done = plan.steps.prefix(step)
                _ = try disk.store.perform(done)
                func expectServed(_ moment: String, after: String) throws {
                    let current = try disk.store.trust()?.pem ?? ""
                    for trust in work.isOverlapping ? [before, current] : [before + after] {
                        let isServed = try RotationTests.accepts(disk, trusting: trust, now: now)
                        #expect(isServed, "\(work) \(step), \(moment), \(trust == before ? "before" : "now")")
                    }
                }
                if try Self.isPair(disk) {
                    try expectServed("at once", after: plan.trust.pem)
                } else {
                    // Nothing yet, or the key of a pair alone.
                    #expect(work == .first || done.last?.path == PKIPaths.serverKey, "\(work) \(step)")
                }
                // The service looks, or the next boot, without what was asked for.
                var plain = request
                plain.change = nil
                plain.authority = nil
                plain.server = nil
                let state = try disk.store.ensure(plain)
                try disk.verify(now: now)
                #expect(try !disk.store.ensure(plain).isChanged, "\(work) \(step)")
                try expectServed("after the next look", after: try disk.store.trust()?.pem ?? "")
                // And it is asked for again.
                let mayBeDone = step > 0 && [.finish, .finishOfLeaves, .cancel].contains(work)
                if mayBeDone, state.next == nil {
                    #expect(throws: PKIError.self) { try disk.store.ensure(request) }
                } else {
                    _ = try disk.store.ensure(request)
                }
                let end = try disk.store.ensure(plain)
                #expect(!end.isChanged, "\(work) \(step)")
                switch work {
                case .begin: #expect(end.next != nil)
                case .provided, .providedWhileTwo:
                    #expect(end.authority.fingerprint == brought.authority.fingerprint)
                case .providedServer: #expect(end.server.fingerprint == brought.server.fingerprint)
                case .ownServer: #expect(end.server.fingerprint != brought.server.fingerprint)
                default: #expect(end.next == nil)
                }
            }
            if isLast { break }
            step += 1
        }
        #expect(step > 3)
    }

    /// Whether what is on the disk can be served: the certificate's key is the one that is there.
    private static func isPair(_ disk: Disk) throws -> Bool {
        let files = try disk.store.files()
        guard let certificate = files[PKIPaths.serverCertificate], let key = files[PKIPaths.serverKey] else {
            return false
        }
        let server = try? PEMIntake.server(
            certificate: .file(PKIPaths.serverCertificate, certificate),
            key: .file(PKIPaths.serverKey, key),
            now: nil
        )
        return server != nil
    }
}

extension PKIPlan.Step {
    fileprivate var path: String? {
        if case .write(let path, _, _, _) = self { path } else { nil }
    }
}
