import Appliance
import Diagnostics
import Files
import Foundation
import PKI
import TestSupport
import Testing

@testable import FirstBoot

/// Certificates out of the properties.
@Suite(.blocking) struct FirstBootCertificateTests {
    /// A CA of the properties is put in place once; one that took its place since stays, until the properties say another.
    @Test func aReplacedAuthorityStaysUntilItsPropertiesChange() throws {
        try withTemporaryDirectory { directory in
            func authority(_ name: String) throws -> (certificate: String, key: Secret) {
                let key = try run("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout")
                let path = directory + "/\(name).key"
                try AtomicFile.replace(path, with: key, mode: 0o600)
                let made = ["openssl", "req", "-x509", "-new", "-key", path, "-subj", "/CN=\(name)", "-days", "900"]
                return (try run(made), Secret(key))
            }
            var context = try FirstBootTests.context(root: directory + "/root")
            let first = try authority("First")
            (context.settings.appliance.caCertificate, context.settings.appliance.caKey) = first
            #expect(FirstBoot.run(context).failed.map(\.failure) == [])
            let file = directory + "/root" + PKIPaths.caCertificate
            func subject() throws -> String { try run("openssl", "x509", "-in", file, "-noout", "-subject") }
            #expect(try subject() == "subject=CN = First\n")

            let store = PKIStore(root: context.root)
            var request = try CertificatesStep.request(context, now: context.now)
            request.change = .beginRotation(nil)
            _ = try store.ensure(request)
            #expect(FirstBoot.run(context).changes == [])
            request.change = .finishRotation
            let next = try store.ensure(request).authority
            #expect(FirstBoot.run(context).changes == [])
            #expect(try store.fingerprint() == next.fingerprint)

            let second = try authority("Second")
            (context.settings.appliance.caCertificate, context.settings.appliance.caKey) = second
            #expect(FirstBoot.run(context).changes.contains("rewrote \(PKIPaths.caCertificate)"))
            #expect(try subject() == "subject=CN = Second\n")
            // Scrubbed: absent means keep.
            (context.settings.appliance.caCertificate, context.settings.appliance.caKey) = (nil, nil)
            #expect(FirstBoot.run(context).changes == [])
            #expect(try subject() == "subject=CN = Second\n")
        }
    }

    /// An admin put another CA in the place of that of the properties. What is wrong with it is told, and it stays.
    @Test(arguments: [PKIPaths.nextCertificate, PKIPaths.caKey]) func whatTookTheirPlaceIsNotLost(
        _ damaged: String
    ) throws {
        try withTemporaryDirectory { directory in
            let key = directory + "/first.key"
            try run("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
            var context = try FirstBootTests.context(root: directory + "/root")
            let made = ["openssl", "req", "-x509", "-new", "-key", key, "-subj", "/CN=First", "-days", "900"]
            context.settings.appliance.caCertificate = try run(made)
            context.settings.appliance.caKey = Secret(try #require(try AtomicFile.readText(key)))
            #expect(FirstBoot.run(context).failed.map(\.failure) == [])
            let store = PKIStore(root: context.root)
            var request = try CertificatesStep.request(context, now: context.now)
            for change in [CertificateRequest.Change.beginRotation(nil), .finishRotation] {
                request.change = change
                _ = try store.ensure(request)
            }
            let second = try #require(try store.trust())
            try AtomicFile.replace(context.root[damaged], with: "damaged\n", mode: 0o600)
            let failed = FirstBoot.run(context).failed
            #expect(failed.map(\.name) == ["certificates"])
            #expect(failed.first?.failure?.contains(damaged) == true, "\(failed)")
            #expect(try store.trust()?.pem == second.pem)
            // The one that they gave themselves is put back.
            try AtomicFile.remove(context.root[PKIPaths.nextCertificate])
            try AtomicFile.replace(context.root[PKIPaths.caCertificate], with: "damaged\n")
            #expect(FirstBoot.run(context).failed.map(\.failure) == [])
            let file = context.root[PKIPaths.caCertificate]
            #expect(try run("openssl", "x509", "-in", file, "-noout", "-subject") == "subject=CN = First\n")
        }
    }

    /// The API's own certificate with the CA above it; what can be used and is not as it should be is a warning.
    @Test func takesTheServersOwnCertificate() throws {
        try withTemporaryDirectory { directory in
            func file(_ name: String) -> String { directory + "/" + name }
            for name in ["ca", "own"] {
                try run("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", file(name + ".key"))
            }
            let authority = [
                "openssl", "req", "-x509", "-new", "-key", file("ca.key"), "-subj", "/CN=Corp", "-days", "900",
            ]
            try AtomicFile.replace(file("ca.crt"), with: try run(authority))
            try AtomicFile.replace(file("ext"), with: "subjectAltName=DNS:haproxy.local,IP:10.13.10.199\n")
            let wish = try run("openssl", "req", "-new", "-key", file("own.key"), "-subj", "/CN=haproxy.local")
            let sign = ["openssl", "x509", "-req", "-CA", file("ca.crt"), "-CAkey", file("ca.key"), "-CAcreateserial"]
            let leaf = try run(sign + ["-days", "300", "-extfile", file("ext")], input: wish)

            var context = try FirstBootTests.context(root: directory + "/root")
            context.settings.appliance.serverCertificate = leaf.replacing("\n", with: " ")
            context.settings.appliance.serverKey = Secret(try #require(try AtomicFile.readText(file("own.key"))))
            context.settings.appliance.caCertificate = try AtomicFile.readText(file("ca.crt"))
            let environment = try FirstBootTests.environment()
            let remarks = FirstBoot.check(context.settings, from: environment, now: context.now)
            #expect(remarks.map(\.severity) == [.warning])
            #expect(remarks.first?.message == "appliance.server_cert: it is not valid for 10.13.200.10, 10.13.201.10")
            #expect(FirstBoot.run(context).failed.map(\.failure) == [])
            let root = directory + "/root"
            #expect(try FirstBootTests.read(root, PKIPaths.serverCertificate).hasPrefix(leaf))
            let server = root + PKIPaths.serverCertificate
            #expect(try run("openssl", "verify", "-CAfile", root + PKIPaths.caCertificate, server).contains("OK"))
            #expect(
                try FirstBootTests.read(root, PKIPaths.caCertificate).hasPrefix(
                    try FirstBootTests.read(directory, "/ca.crt")
                )
            )
            #expect(FirstBoot.run(context).changes == [])
            (context.settings.appliance.serverCertificate, context.settings.appliance.serverKey) = (nil, nil)
            context.settings.appliance.caCertificate = nil
            #expect(FirstBoot.run(context).changes == [])
        }
    }

    /// A machine that does not know the time: nothing is half, and what is wrong is mended when the clock is set.
    @Test(arguments: [Int64(0), 4_083_000_000, 2_000_000_000]) func theClockIsWrong(_ time: Int64) throws {
        try withTemporaryDirectory { directory in
            var context = try FirstBootTests.context(root: directory)
            context.now = .init(Date(timeIntervalSince1970: Double(time)))
            #expect(FirstBoot.run(context).failed.map(\.failure) == [])
            let authority = try FirstBootTests.read(directory, PKIPaths.caCertificate)
            context.now = CertificateClock.now()
            #expect(FirstBoot.run(context).failed.map(\.failure) == [])
            #expect(FirstBoot.run(context).changes == [])
            #expect(try FirstBootTests.read(directory, PKIPaths.caCertificate) == authority)
            let files = [PKIPaths.caCertificate, PKIPaths.serverCertificate].map { directory + $0 }
            #expect(try run("openssl", "verify", "-CAfile", files[0], files[1]).contains("OK"))
        }
    }

    /// What expired since it was put in place keeps no appliance from starting; to begin with it is refused.
    @Test func anExpiredPropertyIsNoReasonNotToStart() throws {
        try withTemporaryDirectory { directory in
            let key = directory + "/ca.key"
            try run("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
            let made = ["openssl", "req", "-x509", "-new", "-key", key, "-subj", "/CN=Short", "-days", "30"]
            var context = try FirstBootTests.context(root: directory + "/root")
            context.settings.appliance.caCertificate = try run(made)
            context.settings.appliance.caKey = Secret(try #require(try AtomicFile.readText(key)))
            let environment = try FirstBootTests.environment()
            let later = CertificateClock.Reading(Date() + 40 * 86400)
            func errors() -> [String] {
                FirstBoot.check(context.settings, from: environment, root: context.root, now: later).map(\.message)
            }
            #expect(errors().count == 1)
            #expect(errors().first?.contains("the certificate CN=Short expired on") == true)
            #expect(FirstBoot.run(context).failed.map(\.failure) == [])
            #expect(errors() == [])
            context.now = later
            // The network and the services are what they were; the certificates are named.
            #expect(FirstBoot.run(context).failed.map(\.name) == ["certificates"])
            let store = PKIStore(root: context.root)
            var request = try CertificatesStep.request(context, now: later)
            request.change = .beginRotation(nil)
            _ = try store.ensure(request)
            #expect(FirstBoot.run(context).failed.map(\.failure) == [])
        }
    }
}
