@testable import DataPlaneAPI
import DataPlaneModel
import Files
import TestSupport
import Testing

/// Uploads as curl sends them, and certificates as the library of TLS reads them.
@Suite(.blocking) struct StorageUploadTests {
    private static let configuration = """
        global
          maxconn 100

        userlist controller
          user admin insecure-password secret

        """

    @Test func curlUploads() throws {
        try withLiveServer(Self.configuration) { live in
            let map = live.directory + "/hosts.map"
            try AtomicFile.replace(map, with: "10.0.0.1 one\n\r\n--not a boundary\n")
            let storage = "/v2/services/haproxy/storage/general"
            let made = try live.curl("POST", storage, "--form", "file_upload=@\(map)")
            #expect(made.status == 201, "\(made.body)")
            #expect(made.body.contains("\"storage_name\":\"hosts.map\""))
            let got = try live.curl("GET", storage + "/hosts.map")
            #expect(got.body == "10.0.0.1 one\n\r\n--not a boundary\n")
            #expect(got.headers.lowercased().contains("content-type: application/octet-stream"))
            let form = try live.curl(
                "PUT",
                "/v3/services/haproxy/storage/general/hosts.map",
                "--form",
                "file_upload=@\(live.directory)/haproxy.cfg"
            )
            #expect(form.status == 204, "\(form.body)")
            #expect(try live.curl("GET", storage + "/hosts.map").body == Self.configuration)
        }
    }

    @Test func aCertificateNeedsItsOwnKey() throws {
        try withTemporaryDirectory { directory in
            try makeCertificate(directory, "a", subject: "www.example.com/O=Example")
            try makeCertificate(directory, "b")
            func read(_ name: String) throws -> [UInt8] { try AtomicFile.read(directory + "/" + name) }
            let reader = TLSCertificateReader()
            let facts = try reader.read(try read("a.key") + read("a.crt") + read("b.crt"))
            #expect(facts.subject == "CN=www.example.com, O=Example")
            #expect(facts.issuer == facts.subject)
            let serial = try run("openssl", "x509", "-in", directory + "/a.crt", "-noout", "-serial")
            #expect("serial=\(facts.serial.uppercased())\n" == serial)
            let end = try run(
                "openssl",
                "x509",
                "-in",
                directory + "/a.crt",
                "-noout",
                "-enddate",
                "-dateopt",
                "iso_8601"
            )
            #expect("notAfter=\(facts.notAfter)\n" == String(end.map { $0 == " " ? "T" : $0 }))
            func refusal(_ pem: [UInt8]) -> String? {
                do throws(APIError) {
                    _ = try reader.read(pem)
                    return nil
                } catch {
                    return error.status == 400 ? error.message : nil
                }
            }
            #expect(refusal(try read("a.key")) == "the file has no certificate in PEM")
            #expect(refusal(try read("a.crt"))?.hasPrefix("the file has no private key") == true)
            #expect(refusal(try read("a.crt") + read("b.key"))?.hasPrefix("the private key is not that") == true)
            for count in [0, 1, 40, 200, 400] {
                #expect(refusal(Array(try (read("a.crt") + read("a.key")).prefix(count))) != nil)
            }
        }
    }

    /// Whatever bytes: no crash, and nothing but names of what is one.
    @Test func namesOfDamagedCertificates() throws {
        try withTemporaryDirectory { directory in
            try makeCertificate(directory, "a")
            try run("openssl", "x509", "-in", directory + "/a.crt", "-outform", "DER", "-out", directory + "/a.der")
            let der = try AtomicFile.read(directory + "/a.der")
            #expect(DistinguishedNames(der)?.subject == "CN=127.0.0.1")
            for count in der.indices { _ = DistinguishedNames(Array(der.prefix(count))) }
            for index in der.indices {
                var damaged = der
                damaged[index] = damaged[index] ^ 0xFF
                _ = DistinguishedNames(damaged)
            }
        }
    }
}
