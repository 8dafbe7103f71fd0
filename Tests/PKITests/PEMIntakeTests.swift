import FoundationEssentials
import TestSupport
import Testing

@testable import PKI

/// What text fields, mail programs and scripts do to a PEM.
enum Mangling: String, CaseIterable, Sendable {
    case untouched, spaces, doubledSpaces, stripped, carriageReturns, doubledNewlines, escapes, surrounded, base64
    case indented, noPadding, noBreakSpaces, byteOrderMark

    func apply(_ text: String) throws -> String {
        func newlines(_ replacement: String) -> String {
            text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: replacement)
        }
        return switch self {
        case .untouched: text
        case .spaces: newlines(" ")
        case .doubledSpaces: newlines("  ")
        case .stripped: newlines("")
        case .carriageReturns: newlines("\r\n")
        case .doubledNewlines: newlines("\n\n")
        case .escapes: newlines("\\n")
        case .surrounded: "Bag Attributes\n    friendlyName: x-----y\nsubject=CN=x\n\n\(text)\nbest regards -- \n"
        case .base64: try openssl(["base64", "-e"], input: text)
        case .indented: "    " + newlines("\n    ")
        case .noPadding: text.filter { $0 != "=" }
        case .noBreakSpaces: newlines("\u{a0}")
        case .byteOrderMark: "\u{feff}" + text
        }
    }
}

@Suite struct PEMIntakeTests {
    /// Everything that is wrong with the two texts.
    func problems(_ certificate: String, _ key: String, now: Date = Date()) -> [PKIError.Problem] {
        do throws(PKIError) {
            _ = try PEMIntake.authority(
                certificate: certificateProperty(certificate),
                key: keyProperty(key),
                now: .init(now)
            )
            return []
        } catch {
            return error.problems
        }
    }

    @Test(arguments: Pasted.KeyKind.allCases)
    func repairsEveryMangling(_ kind: Pasted.KeyKind) throws {
        let pasted = try Pasted(kind)
        let fingerprint = try openssl(["x509", "-noout", "-fingerprint", "-sha256"], input: pasted.certificate)
        for mangling in Mangling.allCases {
            let authority = try PEMIntake.authority(
                certificate: certificateProperty(mangling.apply(pasted.certificate)),
                key: keyProperty(mangling.apply(pasted.key)),
                now: .init(Date())
            )
            #expect(authority.certificatePEM == pasted.certificate, "\(mangling)")
            #expect(fingerprint.hasSuffix("=\(authority.fingerprint)\n"), "\(mangling)")
            let before = try openssl(["pkey", "-outform", "PEM"], input: pasted.key)
            #expect(try openssl(["pkey", "-outform", "PEM"], input: try authority.keyText()) == before, "\(mangling)")
        }
    }

    @Test func picksTheAuthorityOutOfAChainInAnyOrder() throws {
        let root = try CertificateAuthority.make(hostName: "root", now: Date())
        let other = try CertificateAuthority.make(hostName: "other", now: Date())
        let intermediate = try Pasted(.ecPKCS8, subject: "/CN=Intermediate")
        let signed = try PEMIntake.authority(
            certificate: certificateProperty(intermediate.certificate),
            key: keyProperty(intermediate.key),
            now: .init(Date())
        )
        let pasted = [other.certificatePEM, root.certificatePEM, intermediate.certificate, root.certificatePEM].joined()
        let found = try PEMIntake.authority(
            certificate: certificateProperty(pasted),
            key: keyProperty(signed.keyText()),
            now: .init(Date())
        )
        #expect(found.fingerprint == signed.fingerprint)
        #expect(found.chain.isEmpty)
        #expect(found.certificatePEM == intermediate.certificate)
    }

    @Test func ordersTheChainOfAnIntermediateAuthority() throws {
        let root = try Pasted(.rsaPKCS8, subject: "/CN=Root")
        let key = try openssl(Pasted.KeyKind.ecPKCS8.generate)
        let intermediate = try signIntermediate(key: key, root: root)
        for pasted in [intermediate + root.certificate, root.certificate + intermediate] {
            let authority = try PEMIntake.authority(
                certificate: certificateProperty(pasted),
                key: keyProperty(key),
                now: .init(Date())
            )
            #expect(authority.certificatePEM == intermediate + root.certificate)
        }
    }

    @Test func refusesEncryptedKeys() throws {
        let pasted = try Pasted(.rsaPKCS1)
        let pass = ["-passout", "pass:secret"]
        let encrypted = [
            try openssl(["pkey", "-aes256"] + pass, input: pasted.key),
            try openssl(["rsa", "-aes256", "-traditional"] + pass, input: pasted.key),
        ]
        for key in encrypted {
            for mangling in Mangling.allCases {
                let problems = try problems(pasted.certificate, mangling.apply(key))
                #expect(problems.count == 1, "\(mangling)")
                #expect(problems.first?.message.contains("encrypted with a passphrase") == true, "\(mangling)")
                #expect(problems.first?.remedy.contains("openssl pkey") == true)
            }
        }
    }

    @Test func saysWhatWasPastedInstead() throws {
        let pasted = try Pasted(.ecPKCS8)
        let certificate = pasted.certificate
        func first(_ certificate: String, _ key: String) -> String {
            problems(certificate, key).map { "\($0.subject) \($0.message)" }.joined(separator: "; ")
        }
        #expect(first("", pasted.key) == "appliance.ca_cert it holds nothing instead of a certificate")
        #expect(first(certificate, " \n") == "appliance.ca_cert_key it holds nothing instead of a private key")
        #expect(
            first(certificate, certificate) == "appliance.ca_cert_key it holds a certificate instead of a private key"
        )
        #expect(first("/root/ca.crt", pasted.key).contains("what looks like the name of a file"))
        #expect(first("hello", pasted.key).contains("text without any BEGIN line"))
        let bare = certificate.split(separator: "\n").dropFirst().dropLast().joined(separator: "\n")
        #expect(first(bare, pasted.key).contains("base64 text without BEGIN and END lines"))
        #expect(
            first(String(certificate.dropLast(60)), pasted.key).contains("without its END line: the text was cut off")
        )
        #expect(first("-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----", pasted.key).contains("not base64"))
        #expect(first("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", pasted.key).contains("decoded"))
        #expect(first(certificate + pasted.key, pasted.key).contains("it holds a private key"))
        // Both fields are wrong: both are named.
        #expect(problems("", "").map { $0.subject } == ["appliance.ca_cert", "appliance.ca_cert_key"])
    }

    @Test func refusesWhatCannotBeAnAuthority() throws {
        let leaf = try Pasted(.ecPKCS8, extensions: ["basicConstraints=CA:FALSE"])
        #expect(problems(leaf.certificate, leaf.key).first?.message.contains("is not a CA certificate") == true)
        let usage = try Pasted(.ecPKCS8, extensions: [Pasted.authority, "keyUsage=digitalSignature"])
        #expect(problems(usage.certificate, usage.key).first?.message.contains("is not a CA certificate") == true)

        let short = try Pasted(.ecPKCS8, days: 3)
        let expired = problems(short.certificate, short.key, now: Date() + 4 * day)
        #expect(expired.first?.message.contains("expired on") == true)
        let early = problems(short.certificate, short.key, now: max(Date() - 4 * day, CertificateClock.earliest))
        #expect(early.first?.message.contains("is not valid before") == true)
        // A clock that was never set is no reason to refuse.
        #expect(problems(short.certificate, short.key, now: Date(timeIntervalSince1970: 0)).isEmpty)

        let one = try Pasted(.ecPKCS8)
        let two = try Pasted(.rsaPKCS8)
        let mismatch = problems(one.certificate, two.key).first?.message
        #expect(mismatch?.hasPrefix("the RSA2048 key does not belong to the certificate ") == true)
        #expect(mismatch?.contains("Example CA") == true)
    }

    @Test func refusesKeysOfOtherKinds() throws {
        let pasted = try Pasted(.ecPKCS8)
        let weak = ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"]
        let foreign = try openssl(["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"])
        #expect(
            problems(pasted.certificate, try openssl(weak)).first?.message.contains("shorter than 2048 bits") == true
        )
        #expect(problems(pasted.certificate, foreign).first?.message.contains("cannot be decoded") == true)
        let openSSH = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----"
        #expect(problems(pasted.certificate, openSSH).first?.message.contains("an OpenSSH private key") == true)
    }

    /// Whatever bytes come, the answer is a CA or a list of problems.
    @Test func survivesAnyInput() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SeededGenerator(state: seed)
        let pasted = try Pasted(.ecPKCS8)
        var scan = PEMScanner(pasted.certificate)
        let certificate = try #require(scan.blocks.first).bytes
        scan = PEMScanner(pasted.key)
        let key = try #require(scan.blocks.first).bytes
        func armored(_ label: String, _ bytes: [UInt8]) -> String {
            "-----BEGIN \(label)-----\n\(Data(bytes).base64EncodedString())\n-----END \(label)-----"
        }
        for _ in 0..<500 {
            var certificate = certificate
            var key = key
            certificate[Int.random(in: 0..<certificate.count, using: &generator)] = .random(
                in: 0...255,
                using: &generator
            )
            key[Int.random(in: 0..<key.count, using: &generator)] = .random(in: 0...255, using: &generator)
            _ = problems(armored("CERTIFICATE", certificate), armored("PRIVATE KEY", key))
        }
        let pieces = [
            "-----", "BEGIN", "END", " CERTIFICATE", "-", "MII", "=", "\\n", "\\", "\u{a0}", "Proc-Type:4,ENCRYPTED",
            "/",
        ]
        for _ in 0..<500 {
            let count = Int.random(in: 0..<20, using: &generator)
            let text = (0..<count).compactMap { _ in pieces.randomElement(using: &generator) }.joined()
            #expect(!problems(text, text).isEmpty, "seed \(seed)")
        }
        // As long as a property may be, and the worst of its kind.
        let worst = String(repeating: "-----BEGIN A-----", count: 65535 / 17)
        #expect(problems(worst, worst).count == 2)
    }

    /// Damages keys in many ways: no message, and no printed form of a value, may hold a part of what was pasted.
    @Test(arguments: [Pasted.KeyKind.rsaPKCS1, .ecSEC1, .ecPKCS8])
    func neverPrintsAKey(_ kind: Pasted.KeyKind) throws {
        let pasted = try Pasted(kind)
        let secrets = pasted.key.split(separator: "\n").filter { !$0.hasPrefix("-") && $0.count > 16 }.map {
            $0.prefix(12)
        }
        #expect(!secrets.isEmpty)
        let other = try Pasted(.ecPKCS8)
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SeededGenerator(state: seed)
        var said = ""
        for round in 0..<60 {
            var bytes = Array(pasted.key.utf8)
            switch round % 4 {
            case 0: bytes.removeSubrange(Int.random(in: 30..<bytes.count, using: &generator)...)
            case 1: bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8(ascii: "!")
            case 2: bytes.remove(at: Int.random(in: 0..<bytes.count, using: &generator))
            default: bytes.removeSubrange(..<Int.random(in: 1..<60, using: &generator))
            }
            let damaged = String(decoding: bytes, as: UTF8.self)
            said += problems(other.certificate, damaged).map { $0.description }.joined()
            said += problems(damaged, damaged).map { $0.description }.joined()
            said += "\(keyProperty(damaged))" + String(reflecting: keyProperty(damaged))
            dump(keyProperty(damaged), to: &said)
        }
        let authority = try PEMIntake.authority(
            certificate: certificateProperty(pasted.certificate),
            key: keyProperty(pasted.key),
            now: .init(Date())
        )
        dump(authority, to: &said)
        said += "\(authority)" + String(reflecting: authority)
        for secret in secrets { #expect(!said.contains(secret), "seed \(seed)") }
    }
}

/// Signs a CA certificate for `key` with `root`, by openssl.
private func signIntermediate(key: String, root: Pasted) throws -> String {
    try withTemporaryDirectory { directory in
        for (name, text) in [
            ("key", key), ("root.crt", root.certificate), ("root.key", root.key), ("ext", Pasted.authority + "\n"),
        ] {
            try run("tee", "\(directory)/\(name)", input: text)
        }
        let request = try openssl(["req", "-new", "-key", directory + "/key", "-subj", "/CN=Intermediate"])
        return try openssl(
            [
                "x509", "-req", "-CA", directory + "/root.crt", "-CAkey", directory + "/root.key", "-days", "3000",
                "-extfile", directory + "/ext", "-CAcreateserial",
            ],
            input: request
        )
    }
}
