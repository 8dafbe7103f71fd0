import Addresses
import Files
import FoundationEssentials
import TestSupport
import Testing
import X509

@testable import PKI

/// The server's own certificate, as an admin gives it.
@Suite(.blocking) struct ServerIntakeTests {
    static func intake(_ certificate: String, _ key: String, now: Date? = Date()) throws(PKIError) -> ServerCertificate
    {
        try PEMIntake.server(
            certificate: .property("appliance.server_cert", certificate),
            key: .property("appliance.server_key", key),
            now: now.map { .init($0) }
        )
    }

    static func problems(_ certificate: String, _ key: String, now: Date? = Date()) -> [PKIError.Problem] {
        do throws(PKIError) {
            _ = try intake(certificate, key, now: now)
            return []
        } catch {
            return error.problems
        }
    }

    /// Every form of a key, every mangling, and every order of a chain of three.
    @Test(arguments: Pasted.KeyKind.allCases) func takesEveryForm(_ kind: Pasted.KeyKind) throws {
        let root = try Pasted(.rsaPKCS8, subject: "/CN=Root")
        let middle = try Pasted(.p384, subject: "/CN=Middle", signedBy: root, extensions: [Pasted.authority])
        let leaf = try Pasted(kind, subject: "/CN=lb-01", signedBy: middle, extensions: Pasted.server)
        let all = [leaf.certificate, middle.certificate, root.certificate]
        let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
        for (number, mangling) in Mangling.allCases.enumerated() {
            let pasted = orders[number % orders.count].map { all[$0] }.joined()
            let server = try Self.intake(mangling.apply(pasted), mangling.apply(leaf.key))
            #expect(server.certificatePEM == all.joined(), "\(mangling)")
            let before = try openssl(["pkey", "-outform", "PEM"], input: leaf.key)
            #expect(try openssl(["pkey", "-outform", "PEM"], input: server.keyText()) == before, "\(mangling)")
        }
        for order in orders {
            let pasted = order.map { all[$0] }.joined(separator: "and then\n")
            #expect(try Self.intake(pasted, leaf.key).certificatePEM == all.joined())
        }
    }

    /// Manglings upon manglings, in any order.
    @Test func takesWhatManyFieldsHaveDone() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SeededGenerator(state: seed)
        let root = try Pasted(.rsaPKCS1, subject: "/CN=Root")
        let leaf = try Pasted(.ecSEC1, subject: "/CN=lb-01", signedBy: root, extensions: Pasted.server)
        for _ in 0..<200 {
            var certificates = [leaf.certificate, root.certificate].shuffled(using: &generator).joined()
            var key = leaf.key
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                // Base64 of base64 nobody does, and what is around base64 is no base64.
                let mangling = Mangling.allCases.filter { ![.base64, .surrounded].contains($0) }
                    .randomElement(using: &generator)
                certificates = try mangling?.apply(certificates) ?? certificates
                key = try mangling?.apply(key) ?? key
            }
            let wanted = leaf.certificate + root.certificate
            #expect(try Self.intake(certificates, key).certificatePEM == wanted, "seed \(seed)")
        }
    }

    @Test func saysWhatIsWrong() throws {
        let root = try Pasted(.rsaPKCS8, subject: "/CN=Root")
        func leaf(_ extensions: [String], _ kind: Pasted.KeyKind = .ecPKCS8, days: Int = 300, options: [String] = [])
            throws -> Pasted
        {
            try Pasted(kind, subject: "/CN=lb", signedBy: root, extensions: extensions, days: days, options: options)
        }
        func first(_ pasted: Pasted, _ above: String = "", now: Date = Date()) -> String {
            let problems = Self.problems(pasted.certificate + above, pasted.key, now: now)
            #expect(problems.allSatisfy { !$0.remedy.isEmpty })
            return problems.map { "\($0.subject): \($0.message)" }.joined(separator: "; ")
        }
        #expect(try first(leaf(Pasted.server), root.certificate) == "")
        #expect(first(root).contains("appliance.server_cert: the certificate CN=Root is a CA certificate"))
        #expect(try first(leaf(["extendedKeyUsage=clientAuth"])).contains("may not be used by a server"))
        #expect(try first(leaf(Pasted.server, days: 1), now: Date() + 3 * day).contains("CN=lb expired on"))
        #expect(try first(leaf(Pasted.server, options: ["-sha1"])).contains("is signed with SHA-1"))
        let own = try leaf(Pasted.server)
        let mismatch = Self.problems(own.certificate, root.key).map { "\($0)" }.joined()
        #expect(mismatch.contains("the RSA2048 key does not belong to the certificate CN=lb"))
        #expect(Self.problems("", "").map { $0.subject } == ["appliance.server_cert", "appliance.server_key"])
        let encrypted = try openssl(["pkey", "-aes256", "-passout", "pass:secret"], input: own.key)
        let refused = Self.problems(own.certificate, encrypted).first
        #expect(refused?.message.contains("encrypted with a passphrase") == true)
    }

    @Test func checksTheChain() throws {
        let now = Date() + 60
        let root = try Pasted(.ecPKCS8, subject: "/CN=Root", extensions: [Pasted.authority + ",pathlen:0"])
        let middle = try Pasted(
            .ecPKCS8,
            subject: "/CN=Middle",
            signedBy: root,
            extensions: [Pasted.authority],
            days: 30
        )
        let leaf = try Pasted(.ecPKCS8, subject: "/CN=lb", signedBy: middle, extensions: Pasted.server)
        let chain = leaf.certificate + middle.certificate + root.certificate
        let limited = Self.problems(chain, leaf.key).map { $0.message }
        #expect(limited == ["the CA CN=Root allows 0 CAs below itself, and there are 1"])
        let later = Self.problems(leaf.certificate + middle.certificate, leaf.key, now: now + 60 * day).map {
            $0.message
        }
        #expect(later.count == 1 && later.first?.contains("the certificate CN=Middle expired on") == true)
        // The same CA may sign the appliance's certificate, and nothing below that.
        #expect(try !Pasted(.ecPKCS8, extensions: [Pasted.authority + ",pathlen:0"]).authority().fingerprint.isEmpty)
        var below = middle
        below.certificate += root.certificate
        #expect(throws: PKIError.self) { try below.authority() }
        let fake = try Pasted(.ecPKCS8, subject: "/CN=Fake", signedBy: leaf, extensions: Pasted.server)
        let impostor = Self.problems(fake.certificate + leaf.certificate, fake.key).map { $0.message }
        #expect(impostor.contains("the certificate CN=lb signed another and is no CA certificate"))
    }

    /// Certificates of keys that cannot be used say so, not that they are damaged.
    @Test func namesKeysThatCannotBeUsed() throws {
        func words(_ generate: [String]) throws -> String {
            let key = try openssl(generate)
            let certificate = try withTemporaryDirectory { directory in
                try run("tee", directory + "/key", input: key)
                return try openssl(["req", "-x509", "-new", "-key", directory + "/key", "-subj", "/CN=x"])
            }
            return Self.problems(certificate, key).map { $0.message }.joined(separator: "; ")
        }
        let rsa = try words(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"])
        #expect(rsa.contains("a certificate with an RSA key of 1024 bits, which is too short"))
        #expect(rsa.contains("the RSA key is shorter than 2048 bits"))
        let curve = try words(["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"])
        #expect(curve.contains("an EC key of a curve other than P-256"))
        #expect(
            try words(["genpkey", "-algorithm", "ED448"]).contains(
                "a key of a kind that cannot be used here (1.3.101.113)"
            )
        )
    }

    /// It stays whatever changes, until it is asked to go.
    @Test func aProvidedCertificateIsNeverReplacedByItself() throws {
        let root = try Pasted(.rsaPKCS8, subject: "/CN=Root")
        let leaf = try Pasted(.ecPKCS8, subject: "/CN=lb", signedBy: root, extensions: Pasted.server, days: 60)
        let now = Date() + 60
        let provided = try Self.intake(leaf.certificate + root.certificate, leaf.key)
        try withDisk { disk in
            let own = try disk.ensure(now: now)
            var request = try disk.request(now: now)
            request.server = provided
            let taken = try disk.ensure(request)
            #expect(taken.server.fingerprint == provided.fingerprint)
            #expect(try disk.bytes(PKIPaths.serverCertificate) == Array((leaf.certificate + root.certificate).utf8))
            // Clients are told to trust who signed it, and the appliance's own CA as well.
            let wanted = try PEMIntake.authority(
                certificate: certificateProperty(root.certificate),
                key: keyProperty(root.key),
                now: .init(now)
            )
            #expect(try disk.store.trust()?.fingerprints == [wanted.fingerprint, own.authority.fingerprint])
            request.server = nil
            #expect(try !disk.ensure(request).isChanged)
            #expect(try !disk.ensure(names: ["lb-02.example.com"], now: now).isChanged)
            // It is spoken of before it ends.
            let state = try #require(try disk.store.examine(disk.request(now: now + 40 * day)))
            #expect(state.isServerProvided && state.reason == nil && state.renewal == nil)
            let messages = state.remarks.map { $0.message }
            #expect(messages.contains { $0.contains("an admin provided it: it is not renewed by itself") })
            let partial = try Self.intake(leaf.certificate, leaf.key)
            let missing = PEMIntake.remarks(partial, try disk.request().names, now: .init(now)).map { $0.message }
            #expect(missing.contains("the certificate of CN=Root above CN=lb is missing"))
            #expect(messages.contains("it is not valid for 10.13.10.199, 10.13.200.10"))

            request.change = .renew(own: false)
            #expect(throws: PKIError.self) { try disk.store.ensure(request) }
            request.change = .renew(own: true)
            let back = try disk.ensure(request)
            #expect(back.issued == .asked)
            #expect(back.server.key.publicKey != provided.key.publicKey)
            #expect(try AtomicFile.status(disk.root[PKIPaths.providedServer]) == nil)
            #expect(try !disk.ensure(now: now).isChanged)
        }
    }
}
