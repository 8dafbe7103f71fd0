import Addresses
import FoundationEssentials
import TestSupport
import Testing
import X509

@testable import PKI

@Suite(.blocking) struct CertificateTests {
    static let addresses = ["10.13.10.199", "10.13.201.10", "10.13.200.10", "fd00::10"].compactMap { IPAddress($0) }

    static func names() throws -> ServerNames {
        try ServerNames(names: ["LB-01.example.com"], addresses: addresses)
    }

    @Test func opensslReadsTheAuthorityAsMeant() throws {
        let authority = try CertificateAuthority.make(hostName: "lb-01.example.com", now: noon)
        let text = try openssl(["x509", "-noout", "-text"], input: authority.certificatePEM)
        #expect(text.contains("Signature Algorithm: ecdsa-with-SHA256"))
        #expect(text.contains("Subject: CN = appliance-net CA lb-01.example.com"))
        #expect(text.contains("NIST CURVE: P-256"))
        #expect(text.contains("Not Before: Jan  1 00:00:00 2026 GMT"))
        #expect(text.contains("Not After : Nov 20 12:00:00 2036 GMT"))
        #expect(text.contains("X509v3 Basic Constraints: critical\n                CA:TRUE, pathlen:0"))
        #expect(text.contains("X509v3 Key Usage: critical\n                Certificate Sign, CRL Sign"))
        #expect(text.contains("X509v3 Subject Key Identifier:"))
        #expect(text.contains("X509v3 Authority Key Identifier:"))
        let fingerprint = try openssl(["x509", "-noout", "-fingerprint", "-sha256"], input: authority.certificatePEM)
        #expect(fingerprint.lowercased() == "sha256 fingerprint=\(authority.fingerprint)\n".lowercased())
        #expect(authority.fingerprint.count == 95)
    }

    @Test func opensslReadsTheServerCertificateAsMeant() throws {
        let authority = try CertificateAuthority.make(hostName: "lb-01", now: noon)
        let server = try authority.issue(for: Self.names(), now: noon)
        let text = try openssl(["x509", "-noout", "-text"], input: server.certificatePEM)
        #expect(text.contains("Not Before: Nov 20 12:00:00 2026 GMT"))
        #expect(text.contains("Not After : Dec 22 12:00:00 2027 GMT"))
        #expect(text.contains("Subject: CN = lb-01.example.com"))
        #expect(text.contains("CA:FALSE"))
        #expect(text.contains("X509v3 Key Usage: critical\n                Digital Signature\n"))
        #expect(text.contains("TLS Web Server Authentication, TLS Web Client Authentication"))
        // Sorted by number: 10.0.0.0/8 before 127.0.0.1, IPv4 before IPv6.
        let names =
            "DNS:lb-01.example.com, DNS:localhost, IP Address:10.13.10.199, IP Address:10.13.200.10, "
            + "IP Address:10.13.201.10, IP Address:127.0.0.1, IP Address:FD00:0:0:0:0:0:0:10"
        #expect(text.contains("X509v3 Subject Alternative Name: \n                \(names)\n"))
        #expect(try openssl(["pkey", "-noout", "-text"], input: server.keyText()).contains("NIST CURVE: P-256"))
    }

    @Test(arguments: Pasted.KeyKind.allCases)
    func opensslVerifiesUnderEveryKindOfAuthority(_ kind: Pasted.KeyKind) throws {
        let pasted = try Pasted(kind)
        let now = Date()
        let authority = try PEMIntake.authority(
            certificate: certificateProperty(pasted.certificate),
            key: keyProperty(pasted.key),
            now: .init(now)
        )
        let server = try authority.issue(for: Self.names(), now: now)
        try withTemporaryDirectory { directory in
            try run("tee", directory + "/ca.crt", input: authority.certificatePEM)
            try run("tee", directory + "/server.crt", input: server.certificatePEM)
            for purpose in ["sslserver", "sslclient"] {
                let arguments = ["verify", "-CAfile", directory + "/ca.crt", "-purpose", purpose]
                #expect(try openssl(arguments + [directory + "/server.crt"]).contains("OK"))
            }
            let byAddress = ["verify", "-CAfile", directory + "/ca.crt", "-verify_ip", "10.13.10.199"]
            #expect(try openssl(byAddress + [directory + "/server.crt"]).contains("OK"))
        }
        // The public key that openssl derives from our key file is the certificate's.
        let fromKey = try openssl(["pkey", "-pubout"], input: try server.keyText())
        #expect(try openssl(["x509", "-noout", "-pubkey"], input: server.certificatePEM) == fromKey)
    }

    @Test func opensslVerifiesStrictlyUnderItsOwnAuthority() throws {
        let authority = try CertificateAuthority.make(hostName: "lb-01", now: noon)
        let server = try authority.issue(for: Self.names(), now: noon)
        try withTemporaryDirectory { directory in
            try run("tee", directory + "/ca.crt", input: authority.certificatePEM)
            try run("tee", directory + "/server.crt", input: server.certificatePEM)
            let verified = try openssl([
                "verify", "-x509_strict", "-CAfile", directory + "/ca.crt", "-purpose", "sslserver",
                "-verify_hostname", "lb-01.example.com", "-attime", "\(Int(noon.timeIntervalSince1970))",
                directory + "/server.crt",
            ])
            #expect(verified.contains("OK"))
        }
    }

    @Test func aClockThatWasNeverSetStillGivesCertificatesThatAreValidSoon() throws {
        let authority = try CertificateAuthority.make(hostName: "lb-01", now: Date(timeIntervalSince1970: 17))
        let server = try authority.issue(for: Self.names(), now: Date(timeIntervalSince1970: 17))
        #expect((server.notValidBefore..<server.notValidAfter).contains(noon))
        #expect((authority.notValidBefore..<authority.notValidAfter).contains(noon))
    }

    @Test func aServerCertificateEndsWithItsAuthorityAtTheLatest() throws {
        let authority = try CertificateAuthority.make(hostName: "lb-01", now: noon)
        let late = authority.notValidAfter - 100 * day
        let server = try authority.issue(for: Self.names(), now: late)
        #expect(server.notValidAfter == authority.notValidAfter)
        let reason = ServerCertificate.reasonToIssue(
            leaf: server.leaf,
            key: server.key,
            authority: authority,
            names: try Self.names(),
            now: .init(authority.notValidAfter - 1)
        )
        #expect(reason == nil)
    }

    @Test func serialNumbersArePositiveAndLong() {
        let numbers = (0..<200).map { _ in Array(CertificateTemplate.serialNumber().bytes) }
        #expect(numbers.allSatisfy { $0.count == 20 && (0x01...0x7f).contains($0[0]) })
        #expect(Set(numbers).count == numbers.count)
    }

    @Test func namesAreNormalisedAndChecked() throws {
        let names = try ServerNames(names: ["LB.example.com.", "10.0.0.9", "a", "localhost"], addresses: [])
        #expect(names.names == ["lb.example.com", "a", "localhost"])
        #expect(names.addresses.map { $0.description } == ["10.0.0.9", "127.0.0.1"])
        let long = (0..<4).map { _ in String(repeating: "x", count: 60) }.joined(separator: ".")
        #expect(try ServerNames(names: [long], addresses: []).commonName.utf8.count == 60)
        for name in ["", "a..b", "bücher.example", "a b", String(repeating: "x", count: 64)] {
            #expect(throws: PKIError.self) { try ServerNames(names: [name], addresses: []) }
        }
        let authority = try CertificateAuthority.make(hostName: long, now: noon)
        #expect(
            try openssl(["x509", "-noout", "-subject"], input: authority.certificatePEM).contains("appliance-net CA x")
        )
    }
}
