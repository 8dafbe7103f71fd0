import Files
import Syscalls
import TestSupport
import Testing

private let configuration = """
    global
      master-worker
      maxconn 100

    defaults
      mode tcp
      timeout connect 1s
      timeout client 1s
      timeout server 1s

    userlist controller
      user admin insecure-password secret

    """

@Suite(.blocking) struct LiveTests {
    @Test func servesTheSupervisorOverTLS() throws {
        try withLiveServer(configuration) { live in
            let json = ["--header", "Content-Type: application/json", "--data"]
            func post(_ target: String, _ body: String) throws -> LiveServer.Answer {
                try live.curl(
                    "POST",
                    "/v2/services/haproxy/configuration/" + target,
                    json[0],
                    json[1],
                    json[2],
                    body
                )
            }
            let name = "domain-c8:5071d9d4-373d-49aa-a202-4c4ed81adc3b-web.svc"
            #expect(
                try post("frontends?version=1", #"{"name":"\#(name)","mode":"tcp","tcplog":true}"#).status == 202
            )
            let bind = try post(
                "binds?frontend=\(name)&version=2",
                #"{"name":"\#(name)-10.0.0.1:http","address":"127.0.0.1","port":8080}"#
            )
            #expect(bind.status == 202)
            #expect(bind.headers.contains("Reload-ID: 20"))
            #expect(bind.headers.contains("Configuration-Version: 3"))
            // The name's colon may come percent-encoded.
            let encoded = name.split(separator: ":").joined(separator: "%3A")
            let target = "//v2//services/haproxy/configuration/binds/\(encoded)-10.0.0.1%3Ahttp/?frontend=\(encoded)&"
            let got = try live.curl("GET", target, "--header", "Content-Type: application/json", "--data", "{}")
            #expect(got.status == 200, "\(got.body)")
            #expect(got.body.hasPrefix(#"{"_version":3,"data":{"name":""#))
            try run("haproxy", "-c", "-f", live.path)
        }
    }

    @Test func refusesStrangersWithoutEcho() throws {
        try withLiveServer(configuration) { live in
            let answer = try live.curl("GET", "/v2/info", user: "admin:guess-4711")
            #expect(answer.status == 401)
            #expect(answer.headers.contains("WWW-Authenticate: Basic realm=\"API\""))
            #expect(!answer.body.contains("guess"))
            #expect(try live.curl("GET", "/health", user: "x:y").body == #"{"haproxy":"unknown"}"# + "\n")
        }
    }

    @Test func boundsTheBody() throws {
        try withLiveServer(configuration) { live in
            try AtomicFile.replace(
                live.directory + "/big",
                with: [UInt8](repeating: UInt8(ascii: "x"), count: 17 << 20)
            )
            // Of strangers no long body is kept at all.
            for (user, status) in [("admin:secret", 413), ("admin:wrong", 401)] {
                let answer = try live.curl(
                    "POST",
                    "/v2/services/haproxy/configuration/raw?version=1",
                    "--header",
                    "Content-Type: text/plain",
                    "--data-binary",
                    "@" + live.directory + "/big",
                    user: user
                )
                #expect(answer.status == status)
            }
            #expect(try live.curl("GET", "/v2/info").status == 200)
        }
    }

    @Test func namesThePortThatIsTaken() throws {
        try withLiveServer(configuration) { live in
            let result = try Subprocess.run([
                builtProgram("appliance-dataplaned"), "--scheme=http", "--host=127.0.0.1", "--port=\(live.port)",
                "--config-file=" + live.path,
            ])
            #expect(result.status == 1)
            let words = "listen on http://127.0.0.1:\(live.port): EADDRINUSE (Address already in use)"
            #expect(result.errors == "appliance-dataplaned: \(words)\n")
        }
    }
}
