import Foundation
import Testing

@testable import ApplianceCommands

@Suite struct RedactorTests {
    /// What a secret may stand in; `canary` is it.
    @Test(arguments: [
        "  user admin password $6$canarycanary$canarycanarycanary", "  user admin insecure-password canary",
        "stats auth admin:canary", #"{"password": "canary \" canary", "user": "a"}"#, "API_TOKEN=canary",
        "PASSWORD='canary canary'", "Authorization: Basic canary", "authorization: bearer canary", "passphrase: canary",
        "  setenv NAME canary", "https://user:canary@host/path", "sftp://canary@host",
        "root:$y$j9T$canary$canarycanary:1:2",
        "-----BEGIN PRIVATE KEY----- canary -----END PRIVATE KEY-----", "x known-canary y",
        #"<Property oe:key="loadbalance.haproxy_pwd" oe:value="canary"/>"#, "http-check send hdr Authorization canary",
        "cluster-secret canary", "tcp-md5sig canary", #"{"key": "root_pwd", "value": "canary"}"#,
        #"{"value": ["canary"], "name": "appliance.root_pwd"}"#, #"["--password", "canary"]"#,
        #"{"notes": ["the password canary"], "known-canary": {"token": {"a": "canary", "b": [1, "canary"]}}}"#,
        #"{"x": "known\u002dcanary"}"#, #"{"x": "known-canary", "x": 1}"#,
        #"{"log": "a\n-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----\nb"}"#,
        #"{"body": "{\"password\": \"canary\"}"}"#,
    ])
    func masks(_ line: String) {
        let (bytes, count) = Redactor(known: ["known-canary"]).redact(Array(line.utf8))
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(!text.contains("canary"), "\(text)")
        #expect(count > 0)
    }

    /// JSON stays JSON, and every member keeps its name: what is missing is the secret alone.
    @Test func leavesJSONWhole() throws {
        let report = """
            {
              "name": "root password",
              "failure": "the password hunter2 is too short",
              "next": ["password", "hunter2"], "changed": true, "password": null,
              "size": 12, "settings": { "api_token": 7, "user": "admin" }
            }

            """
        let (bytes, count) = Redactor().redact(Array(report.utf8))
        let whole = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
        #expect(Set(whole.keys) == ["name", "failure", "next", "changed", "password", "size", "settings"])
        #expect(whole["failure"] as? String == "the password *** is too short")
        #expect(whole["name"] as? String == "root password")
        #expect(whole["next"] as? [String] == ["password", "***"])
        #expect(whole["settings"] as? [String: String] == ["api_token": "***", "user": "admin"])
        #expect(whole["changed"] as? Bool == true && whole["size"] as? Int == 12 && count == 3)
        // Without a secret not a byte is another; with one in a line of a log that line alone.
        let plain = "{\n  \"step\" : \"root password\",\n  \"of\" : 1.50\n}\n"
        #expect(Redactor().redact(plain) == plain)
        let log = "started\n{\"token\": \"x\", \"n\": 1}\n{\"n\":  2}\n"
        #expect(Redactor().redact(log) == "started\n{\"token\":\"***\",\"n\":1}\n{\"n\":  2}\n")
    }

    @Test func masksKeysOfManyLines() {
        let text = """
            before
            -----BEGIN EC PRIVATE KEY-----
            canary
            canary
            -----END EC PRIVATE KEY-----
            after

            """
        #expect(Redactor().redact(text) == "before\n*** private key\n\n\n\nafter\n")
        #expect(!Redactor().redact("-----BEGIN PRIVATE KEY-----\ncanary").contains("canary"))
    }

    @Test(arguments: [
        "  server s1 10.0.0.1:443 check", "from 10.13.201.0/24 lookup 2", "https://host/path",
        "-----BEGIN CERTIFICATE-----",
        "price $5 and $6", "", "Nov 21 12:00:00 haproxy appliance-proxyd[7]: Connect from 10.0.0.1",
    ])
    func leavesTheRest(_ line: String) { #expect(Redactor().redact(line) == line) }

    /// Any bytes: nothing falls over, and what is known is never there.
    @Test func takesAnyBytes() {
        var generator = SystemRandomNumberGenerator()
        let pieces: [[UInt8]] = [
            Array("password".utf8), Array("canary".utf8), [0x20], [0x22], [0x0a], [0x24], Array("://".utf8), [0x40],
            [0xff],
            Array("PRIVATE KEY-----".utf8), Array("-----END".utf8), Array("setenv".utf8), [0x3a],
            Array("{\"".utf8), Array("\"}".utf8), Array("\":\"".utf8), [0x5b], [0x5d], [0x2c], [0x5c],
        ]
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 0...12, using: &generator)).flatMap { _ in
                pieces[Int.random(in: pieces.indices, using: &generator)]
            }
            let text = String(decoding: Redactor(known: ["canary"]).redact(bytes).bytes, as: UTF8.self)
            #expect(!text.contains("canary"), "\(bytes)")
        }
    }
}
