import Files
import Syscalls
import TestSupport
import Testing

private let configuration = """
    global
      maxconn 100

    defaults
      mode tcp
      timeout connect 1s
      timeout client 1s
      timeout server 1s

    userlist controller
      user admin insecure-password secret

    """

/// Certificates of the server and of its clients.
@Suite(.blocking) struct LiveTLSTests {
    /// Arguments: directory and port. A connection that there is goes on over a renewal; new ones see the new certificate,
    /// and between the two renames still the old one.
    private static let renewal = """
        import http.client, os, ssl, sys, time

        directory, port = sys.argv[1], int(sys.argv[2])

        def connect(authority):
            context = ssl.create_default_context(cafile=f"{directory}/{authority}.crt")
            return http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=60)

        def ask(connection):
            connection.request("GET", "/health")
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, answer.status

        os.link(f"{directory}/server.crt", f"{directory}/old.crt")
        first = connect("old")
        ask(first)
        os.rename(f"{directory}/new.key", f"{directory}/server.key")
        # Files are looked at once a second.
        until = time.monotonic() + 1.5
        while time.monotonic() < until:
            ask(connect("old"))
        os.link(f"{directory}/new.crt", f"{directory}/authority.crt")
        os.rename(f"{directory}/new.crt", f"{directory}/server.crt")
        until = time.monotonic() + 120
        while True:
            try:
                ask(connect("authority"))
                break
            except ssl.SSLCertVerificationError:
                assert time.monotonic() < until, "the new certificate is not served"
        ask(first)
        print("renewed")
        """

    @Test func aRenewedCertificateServesAndNoConnectionIsLost() throws {
        try withLiveServer(configuration) { live in
            try makeCertificate(live.directory, "new")
            let output = try run("python3", "-c", Self.renewal, live.directory, String(live.port))
            #expect(output == "renewed\n")
            #expect(try live.log.contains("certificate read again"))
            #expect(try live.log.contains("the certificate that was in use stays"))
        }
    }

    private func shown(_ live: LiveServer, _ name: String) -> [String] {
        ["--cert", "\(live.directory)/\(name).crt", "--key", "\(live.directory)/\(name).key"]
    }

    @Test func aCertificateMayBeRequiredBesideThePassword() throws {
        try withLiveServer(configuration, asksForCertificates: true) { live in
            #expect(throws: LiveServer.CurlFailed.self) { try live.curl("GET", "/v2/info") }
            let own = shown(live, "client")
            #expect(try live.curl("GET", "/v2/info", own[0], own[1], own[2], own[3]).status == 200)
            #expect(try live.curl("GET", "/v2/info", own[0], own[1], own[2], own[3], user: nil).status == 401)
            try makeCertificate(live.directory, "stranger")
            let other = shown(live, "stranger")
            #expect(throws: LiveServer.CurlFailed.self) {
                try live.curl("GET", "/v2/info", other[0], other[1], other[2], other[3])
            }
        }
    }

    @Test func aCertificateMayTakeThePlaceOfThePassword() throws {
        let options = ["--client-certificate=optional", "--client-certificate-suffices"]
        try withLiveServer(configuration, options[0], options[1], asksForCertificates: true) { live in
            #expect(try live.curl("GET", "/v2/info").status == 200)
            #expect(try live.curl("GET", "/v2/info", user: nil).status == 401)
            let own = shown(live, "client")
            let target = "/v2/services/haproxy/configuration/backends?version=1"
            let body = ["--header", "Content-Type: application/json", "--data", #"{"name":"a"}"#]
            let created = try live.curl(
                "POST",
                target,
                own[0],
                own[1],
                own[2],
                own[3],
                body[0],
                body[1],
                body[2],
                body[3],
                user: nil
            )
            #expect(created.status == 202)
            #expect(try live.log.contains("certificate=controller"))
            #expect(try live.log.contains("user=controller"))
            try makeCertificate(live.directory, "stranger")
            let other = shown(live, "stranger")
            #expect(throws: LiveServer.CurlFailed.self) {
                try live.curl("GET", "/v2/info", other[0], other[1], other[2], other[3])
            }
        }
    }
}
