import Addresses
import Files
import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import PKI

/// One appliance's disk.
struct Disk {
    let root: Root
    var store: PKIStore { PKIStore(root: root) }

    func request(
        names: [String] = ["lb-01.example.com"],
        addresses: [IPAddress] = PKIStoreTests.addresses,
        keyType: CertificateKeyType? = nil,
        now: Date = noon
    ) throws -> CertificateRequest {
        let names = try ServerNames(names: names, addresses: addresses)
        return CertificateRequest(names: names, keyType: keyType, now: .init(now))
    }

    func ensure(
        names: [String] = ["lb-01.example.com"],
        addresses: [IPAddress] = PKIStoreTests.addresses,
        ca: CertificateAuthority? = nil,
        now: Date = noon
    ) throws -> PKIStore.Outcome {
        var request = try request(names: names, addresses: addresses, now: now)
        request.authority = ca
        return try ensure(request)
    }

    func ensure(_ request: CertificateRequest) throws -> PKIStore.Outcome {
        let outcome = try store.ensure(request)
        try verify(now: request.now.time)
        return outcome
    }

    /// Whatever happened before: openssl accepts what is there now.
    func verify(now: Date) throws {
        try openssl([
            "verify", "-CAfile", root[PKIPaths.caCertificate], "-purpose", "sslserver", "-attime",
            "\(Int(now.timeIntervalSince1970))", root[PKIPaths.serverCertificate],
        ])
        var pairs = [(PKIPaths.serverCertificate, PKIPaths.serverKey)]
        // The first in ca.crt is who signed the server's certificate.
        if try mode(PKIPaths.providedServer) == nil { pairs.append((PKIPaths.caCertificate, PKIPaths.caKeyLink)) }
        for (certificate, key) in pairs {
            let fromKey = try openssl(["pkey", "-pubout", "-in", root[key]])
            #expect(try openssl(["x509", "-noout", "-pubkey", "-in", root[certificate]]) == fromKey)
        }
    }

    func bytes(_ path: String) throws -> [UInt8] { try AtomicFile.read(root[path]) }

    func mode(_ path: String) throws -> mode_t? { try AtomicFile.status(root[path]).map { $0.st_mode & 0o7777 } }
}

func withDisk(_ body: (Disk) throws -> Void) throws {
    try withTemporaryDirectory { try body(Disk(root: Root($0))) }
}
