@testable import DataPlaneModel
import Files
import Glibc
import RuntimeAPI
import Synchronization
import Syscalls
import TestSupport
import Testing

@Suite(.blocking) struct StorageTests {
    private static func withStorage(_ text: String = shipped, _ body: (Fixture, String) throws -> Void) throws {
        try withTemporaryDirectory { directory in
            let fixture = try Fixture(directory, text) { settings in
                settings.directories.maps = directory + "/maps"
                settings.directories.certificates = directory + "/ssl"
                settings.directories.general = directory + "/general"
            }
            try body(fixture, directory)
        }
    }

    /// As curl's `--form file_upload=@name` sends it.
    private static func form(_ name: String, _ content: [UInt8], field: String = "file_upload") -> [UInt8] {
        let head =
            "--XyZ\r\nContent-Disposition: form-data; name=\"\(field)\"; filename=\"\(name)\"\r\n"
            + "Content-Type: application/octet-stream\r\n\r\n"
        return Array(head.utf8) + content + Array("\r\n--XyZ--\r\n".utf8)
    }

    private static func upload(_ fixture: Fixture, _ kind: String, _ name: String, _ content: String) -> APIResponse {
        fixture.send(
            "POST",
            "storage/\(kind)",
            type: "multipart/form-data; boundary=XyZ",
            body: form(name, Array(content.utf8))
        )
    }

    private static func put(_ fixture: Fixture, _ target: String, _ content: String) -> APIResponse {
        fixture.send("PUT", "storage/\(target)", type: "text/plain", body: Array(content.utf8))
    }

    @Test(arguments: ["maps", "general"]) func filesComeAndGo(kind: String) throws {
        try Self.withStorage { fixture, directory throws in
            #expect(fixture.send("GET", "storage/\(kind)").json == [])
            let content = "a \r\n--Xy\r\nb\n"
            let made = Self.upload(fixture, kind, "some file.map", content)
            #expect(made.status == 201)
            #expect(made.json?["storage_name"] == "some_file.map")
            #expect(made.json?["file"] == .string("\(directory)/\(kind)/some_file.map"))
            #expect(made.json?["size"] == .integer(content.utf8.count))
            #expect(Self.upload(fixture, kind, "some file.map", content).status == 409)
            let got = fixture.send("GET", "storage/\(kind)/some_file.map")
            #expect(got.text == content)
            #expect(got.header("Content-Type") == "application/octet-stream")
            #expect(fixture.send("GET", "storage/\(kind)").json?.array?.count == 1)
            #expect(Self.put(fixture, "\(kind)/some_file.map", "new\n").status == 204)
            #expect(fixture.send("GET", "storage/\(kind)/some_file.map").text == "new\n")
            #expect(Self.put(fixture, "\(kind)/other", "new\n").status == 404)
            #expect(fixture.send("DELETE", "storage/\(kind)/some_file.map").status == 204)
            #expect(fixture.send("DELETE", "storage/\(kind)/some_file.map").status == 404)
            #expect(fixture.reloader.count.withLock { $0 } == 0)
        }
    }

    @Test func noNameLeadsOutOfTheDirectory() throws {
        try Self.withStorage { fixture, directory throws in
            for name in ["../../haproxy.cfg", "/etc/haproxy.cfg", #"..\haproxy.cfg"#] {
                #expect(Self.upload(fixture, "general", name, "x").json?["storage_name"] == "haproxy.cfg")
                #expect(fixture.send("DELETE", "storage/general/haproxy.cfg").status == 204)
            }
            #expect(try fixture.text == shipped)
            for name in ["..", ".hidden", "", "/", String(repeating: "x", count: 300)] {
                #expect(Self.upload(fixture, "general", name, "x").status == 422, "\(name)")
            }
            try AtomicFile.makeDirectory(directory + "/general")
            for name in ["..%2Fhaproxy.cfg", "%2e%2e", ".appliance-net.1", "a%00b"] {
                #expect(fixture.send("GET", "storage/general/\(name)").status == 404)
                #expect(fixture.send("DELETE", "storage/general/\(name)").status == 404)
            }
            #expect(try fixture.text == shipped)
        }
    }

    @Test func notEveryBodyIsAForm() throws {
        try Self.withStorage { fixture, _ throws in
            #expect(fixture.send("POST", "storage/maps", "{}").status == 415)
            let type = "multipart/form-data; boundary=XyZ"
            for body in [
                "", "--", "--XyZ", "--XyZ\r\n", "--XyZ\r\n\r\n--XyZ--", "no form\n", "--XyZ\r\n\r\nx\r\n--XyZ--",
            ] {
                let answer = fixture.send("POST", "storage/maps", type: type, body: Array(body.utf8))
                #expect(answer.status == 422, "\(body)")
            }
            let other = Self.form("a", [1], field: "other")
            #expect(fixture.send("POST", "storage/maps", type: type, body: other).status == 422)
            // A part before it, and nothing behind the last line.
            let two =
                Array("--XyZ\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n".utf8) + Self.form("a", [1, 2])
            #expect(MultipartForm.file(named: "file_upload", in: Array(two.dropLast(2)))?.content == [1, 2])
        }
    }

    private static func certificate(_ directory: String) throws -> (certificate: String, key: String) {
        let (certificate, key) = (directory + "/c.pem", directory + "/k.pem")
        let new = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        let names = [
            "-subj", "/O=Example/CN=www.example.com", "-addext", "subjectAltName=DNS:a.example.com,IP:10.0.0.1",
        ]
        _ = try Subprocess.run(new + names + ["-days", "1", "-keyout", key, "-out", certificate])
        return (try AtomicFile.readText(certificate) ?? "", try AtomicFile.readText(key) ?? "")
    }

    @Test func certificatesNeedTheirKey() throws {
        try Self.withStorage { fixture, directory throws in
            let (certificate, key) = try Self.certificate(directory)
            let made = Self.upload(fixture, "ssl_certificates", "www.pem", certificate + key)
            #expect(made.status == 201, "\(made.text)")
            #expect(try AtomicFile.status(directory + "/ssl/www.pem")?.st_mode == 0o100600)
            #expect(try AtomicFile.status(directory + "/ssl")?.st_mode == 0o40700)
            for content in ["no certificate", certificate, key] {
                #expect(Self.upload(fixture, "ssl_certificates", "bad.pem", content).status == 400)
                #expect(Self.put(fixture, "ssl_certificates/www.pem", content).status == 400)
            }
            let got = fixture.send("GET", "storage/ssl_certificates/www.pem")
            #expect(got.json?["storage_name"] == "www.pem")
            #expect(!got.text.contains("PRIVATE"))
            #expect(Self.put(fixture, "ssl_certificates/www.pem", certificate + key).status == 200)
            #expect(fixture.send("DELETE", "storage/ssl_certificates/www.pem").status == 204)
        }
    }

    /// Somebody may have put a longer one there than is taken.
    @Test func aFileThatIsTooLongIsReplaced() throws {
        try Self.withStorage { fixture, directory throws in
            try AtomicFile.makeDirectory(directory + "/general")
            let path = directory + "/general/long"
            try AtomicFile.replace(path, with: "")
            try syscall("truncate") { truncate(path, 17 << 20) }
            let got = fixture.send("GET", "storage/general/long")
            #expect(got.status == 400)
            #expect(got.message.contains("longer than"))
            #expect(fixture.send("GET", "storage/general").json?.array?.first?["size"] == .integer(17 << 20))
            #expect(Self.put(fixture, "general/long", "short\n").status == 204)
            #expect(fixture.send("GET", "storage/general/long").text == "short\n")
            #expect(try AtomicFile.names(in: directory + "/general") == ["long"])
        }
    }

    @Test func whatIsUsedIsReloadedAndKept() throws {
        try withTemporaryDirectory { directory in
            let text =
                shipped + """

                    frontend f
                      bind 127.0.0.1:80
                      tcp-request connection set-var(sess.x) src,map(\(directory)/maps/hosts.map,none)

                    """
            try AtomicFile.makeDirectory(directory + "/maps")
            try AtomicFile.replace(directory + "/maps/hosts.map", with: "1.1.1.1 a\n")
            try AtomicFile.replace(directory + "/maps/hosts.map2", with: "1.1.1.1 a\n")
            let fixture = try Fixture(directory, text) { $0.directories.maps = directory + "/maps" }
            let deleted = fixture.send("DELETE", "storage/maps/hosts.map")
            #expect(deleted.status == 409)
            #expect(deleted.message.contains("tcp-request connection set-var(sess.x)"))
            #expect(fixture.send("DELETE", "storage/maps/hosts.map2").status == 204)
            let put = Self.put(fixture, "maps/hosts.map", "1.1.1.1 b\n")
            #expect(put.status == 202)
            let reload = try #require(put.header("Reload-ID"))
            #expect(fixture.send("GET", "reloads/\(reload)").json?["status"] == "succeeded")
            #expect(Self.put(fixture, "maps/hosts.map?skip_reload=true", "1.1.1.1 c\n").status == 204)
            #expect(Self.put(fixture, "maps/hosts.map?force_reload=true", "1.1.1.1 d\n").status == 204)
            #expect(fixture.reloader.count.withLock { $0 } == 2)
            fixture.reloader.answers.withLock { $0 = [.success(ReloadAnswer(success: false, text: "no\n"))] }
            #expect(Self.put(fixture, "maps/hosts.map?force_reload=true", "1.1.1.1 e\n").status == 400)
            #expect(try AtomicFile.readText(directory + "/maps/hosts.map") == "1.1.1.1 d\n")
            #expect(try AtomicFile.names(in: directory + "/maps") == ["hosts.map"])
        }
    }
}
