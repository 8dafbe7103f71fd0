import Addresses
import Files
import Glibc
import NetworkFiles
import Syscalls
import TestSupport
import Testing

@testable import Recovery

/// Bundles brought away by the system's own clients to real servers, each in a network of its own.
@Suite(.blocking) struct PushTests {
    @Test func sftp() throws {
        try withServer { directory, bundle in
            try run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", directory + "/host")
            try run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", directory + "/key")
            let host = try #require(try AtomicFile.readText(directory + "/host.pub"))
            let words = host.split(separator: " ").prefix(2).joined(separator: " ")
            try AtomicFile.replace(directory + "/known", with: "127.0.0.1 \(words)\n")
            let settings = """
                HostKey \(directory)/host
                AuthorizedKeysFile \(directory)/key.pub
                StrictModes no
                UsePAM no
                PidFile none
                Subsystem sftp internal-sftp

                """
            try AtomicFile.replace(directory + "/sshd_config", with: settings)
            // sshd wants a directory that its unit makes; a /run of its own leaves this machine's alone.
            let start = "mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd && exec /usr/sbin/sshd -D -f \"$1\""
            let server = try SpawnedProcess(
                ["unshare", "--mount", "sh", "-c", start, "sh", directory + "/sshd_config"],
                output: directory + "/log",
                isPatient: false
            )
            defer { _ = server }
            var recovery = RecoverySettings()
            recovery.key = directory + "/key"
            recovery.knownHosts = directory + "/known"
            let target = try #require(RecoveryTarget("sftp://root@127.0.0.1\(directory)/store/"))
            try eventuallyPushed(directory) { try Push(Root(), host: "lb1").push(target, bundle, recovery) }
            #expect(try run("ls", directory + "/store") == "lb1-000001-20261122T000000Z.bundle\n")
            // Why it cannot be brought there is told in ssh's words.
            var (stranger, locked) = (recovery, recovery)
            stranger.knownHosts = "/dev/null"
            locked.key = directory + "/host"
            for (settings, words) in [(stranger, "Host key verification failed."), (locked, "Permission denied")] {
                let error = #expect(throws: RestoreError.self) {
                    try Push(Root(), host: "lb1").push(target, bundle, settings)
                }
                let message = error?.message ?? ""
                #expect(message.contains(words) && message.split(whereSeparator: \.isNewline).count == 1, "\(message)")
            }
            // An exact name is written anew, and whole.
            let exact = try #require(RecoveryTarget("sftp://root@127.0.0.1\(directory)/store/newest"))
            for content in ["one", "another"] {
                try AtomicFile.replace(bundle, with: content)
                try Push(Root(), host: "lb1").push(exact, bundle, recovery)
                #expect(try AtomicFile.readText(directory + "/store/newest") == content)
            }
            try Self.expectOthersStay(directory, "store/newest") {
                try Push(Root(), host: "lb1").push(exact, $0, recovery)
            }
            // In a directory the newest that is not kept here is looked at.
            try run("sh", "-c", "rm \(directory)/store/*")
            let names = try Self.expectOthersStay(directory, "store/lb1-000001-20261122T000000Z.bundle") {
                try Push(Root(), host: "lb1").push(target, $0, recovery)
            }
            #expect(names == ["lb1-000001-20261122T000000Z.bundle", "lb1-000002-20261122T000000Z.bundle"])
            // What was looked at, and what was brought, is not got when it is kept here no more.
            let seen = try AtomicFile.readText(directory + "/own/seen") ?? ""
            for name in names { #expect(seen.split(separator: "\n").contains { $0.hasSuffix("/\(name)") }, "\(seen)") }
            // A server that is another one is told nothing.
            try AtomicFile.replace(directory + "/known", with: "127.0.0.2 \(words)\n")
            #expect(throws: RestoreError.self) { try Push(Root(), host: "lb1").push(exact, bundle, recovery) }
        }
    }

    @Test func https() throws {
        try withServer { directory, bundle in
            let subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
            try run(
                [
                    "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-days", "2",
                ]
                    + ["-keyout", directory + "/tls.key", "-out", directory + "/tls.crt"] + subject
            )
            let script = """
                import base64, http.server, ssl, sys
                class Handler(http.server.BaseHTTPRequestHandler):
                    def do_GET(self):
                        try:
                            with open(sys.argv[1] + "/store/" + self.path.split("/")[-1], "rb") as file:
                                body = file.read()
                        except FileNotFoundError:
                            return self.send_error(404)
                        self.send_response(200)
                        self.send_header("Content-Length", str(len(body)))
                        self.end_headers()
                        self.wfile.write(body)
                    def do_PUT(self):
                        body = self.rfile.read(int(self.headers["Content-Length"]))
                        user = base64.b64encode(b"backup:secret-of-netrc").decode()
                        right = self.headers.get("Authorization") == "Basic " + user
                        if right:
                            with open(sys.argv[1] + "/store/" + self.path.split("/")[-1], "wb") as file:
                                file.write(body)
                        self.send_response(201 if right else 401)
                        self.end_headers()
                server = http.server.HTTPServer(("127.0.0.1", 443), Handler)
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(sys.argv[1] + "/tls.crt", sys.argv[1] + "/tls.key")
                server.socket = context.wrap_socket(server.socket, server_side=True)
                server.serve_forever()
                """
            try AtomicFile.replace(directory + "/server.py", with: script)
            let server = try SpawnedProcess(
                ["/usr/bin/python3", directory + "/server.py", directory],
                output: directory + "/log",
                isPatient: false
            )
            defer { _ = server }
            try AtomicFile.replace(
                directory + "/netrc",
                with: "machine 127.0.0.1 login backup password secret-of-netrc\n",
                mode: 0o600
            )
            var recovery = RecoverySettings()
            recovery.ca = directory + "/tls.crt"
            recovery.credentials = directory + "/netrc"
            let target = try #require(RecoveryTarget("https://127.0.0.1/backups/"))
            try eventuallyPushed(directory) { try Push(Root(), host: "lb1").push(target, bundle, recovery) }
            let stored = directory + "/store/lb1-000001-20261122T000000Z.bundle"
            #expect(try AtomicFile.readText(stored) == "the bundle")
            let exact = try #require(RecoveryTarget("https://127.0.0.1/backups/newest"))
            try Self.expectOthersStay(directory, "store/newest") {
                try Push(Root(), host: "lb1").push(exact, $0, recovery)
            }
            recovery.credentials = nil
            #expect(throws: RestoreError.self) { try Push(Root(), host: "lb1").push(target, bundle, recovery) }
            recovery.credentials = directory + "/netrc"
            recovery.ca = nil
            #expect(throws: RestoreError.self) { try Push(Root(), host: "lb1").push(target, bundle, recovery) }
        }
    }

    /// A mount whose server is gone: whatever is asked of it never ends. What is waited for does.
    @Test(.turnLimit(.seconds(300))) func aDeadMount() throws {
        try withTemporaryDirectory { directory in
            let mount = try DeadMount(directory)
            defer { _ = mount }
            let target = RecoveryTarget.directory(mount.path)
            let bundle = directory + "/000001-20261122T000000Z.bundle"
            try AtomicFile.replace(bundle, with: "the bundle")
            var push = Push(Root(), host: "lb1")
            push.patience = 1
            #expect(push.highest(target) == 0)
            let error = #expect(throws: RestoreError.self) { try push.push(target, bundle, RecoverySettings()) }
            #expect(error?.message.hasSuffix(": no end after 1 s") == true, "\(String(describing: error))")
        }
    }

    /// A server that takes the connection and says nothing.
    @Test(.turnLimit(.seconds(300))) func aServerThatSaysNothing() throws {
        try withServer { directory, bundle in
            let silent = """
                import socket, time
                with socket.create_server(("127.0.0.1", 443)) as server:
                    print("listening", flush=True)
                    time.sleep(3600)
                """
            let server = try SpawnedProcess(
                ["/usr/bin/python3", "-c", silent],
                output: directory + "/log",
                isPatient: false
            )
            try #require(eventually(seconds: 60) { server.log == "listening\n" }, "\(server.log)")
            var push = Push(Root(), host: "lb1")
            push.patience = 1
            for target in ["https://127.0.0.1/a", "sftp://root@127.0.0.1:443/a"].compactMap({ RecoveryTarget($0) }) {
                let error = #expect(throws: RestoreError.self) { try push.push(target, bundle, RecoverySettings()) }
                #expect(error?.message.hasSuffix(": no end after 1 s") == true, "\(String(describing: error))")
            }
        }
    }

    @Test(arguments: [
        "http://host/a", "https://user:password@host/a", "sftp://host", "sftp://-oProxyCommand=x/a", "relative",
        "sftp://user;x@host/a", "https://host", "/a \"b\"", "ftp://host/a",
        "https://host/a?token=b", "https://host?token=b",
    ]) func whatIsNoTarget(_ text: String) { #expect(RecoveryTarget(text) == nil) }

    @Test(arguments: [
        "/mnt/backup", "sftp://user@host:2222/a/b", "sftp://[fd00::1]:22/a", "https://host:8443/a",
    ]) func targetsAreWrittenAsTheyWere(_ text: String) { #expect(RecoveryTarget(text)?.description == text) }

    /// A network of its own with a directory and a bundle.
    private func withServer(_ body: @escaping @Sendable (_ directory: String, _ bundle: String) throws -> Void) throws {
        try withNetworkNamespace {
            try run("ip", "link", "set", "lo", "up")
            try withTemporaryDirectory { directory in
                try AtomicFile.makeDirectory(directory + "/store")
                let bundle = directory + "/000001-20261122T000000Z.bundle"
                try AtomicFile.replace(bundle, with: "the bundle")
                try body(directory, bundle)
            }
        }
    }

    /// One appliance brings two bundles, and another one of its name brings none then.
    ///
    /// - Parameter file: Where the first of them is.
    @discardableResult
    private static func expectOthersStay(
        _ directory: String,
        _ file: String,
        _ push: (_ bundle: String) throws -> Void
    ) throws -> [String] {
        func make(_ place: String, _ appliance: String, day: Int) throws -> [String] {
            var origin = SampleAppliance.origin
            origin.appliance = appliance
            try AtomicFile.makeDirectory(directory + "/" + place)
            return try (1...2).map { number in
                let files = FileSet([SavedFile("/etc/a", .file, Array("\(place) \(number)".utf8))])
                let bytes = try RecoveryBundle.seal(
                    files,
                    origin: origin,
                    passphrase: SampleAppliance.passphrase,
                    derivation: SampleAppliance.quick
                )
                let path = "\(directory)/\(place)/00000\(number)-202611\(day)T000000Z.bundle"
                try AtomicFile.replace(path, with: bytes)
                return path
            }
        }
        let (own, others) = (try make("own", "one", day: 22), try make("others", "another", day: 23))
        try push(own[0])
        // What is not kept any more is looked at, and is its own.
        let first = try AtomicFile.read(own[0])
        try AtomicFile.remove(own[0])
        try push(own[1])
        let names = try AtomicFile.names(in: directory + "/store").sorted()
        let content = try AtomicFile.read(directory + "/" + file)
        #expect(try content == first || content == AtomicFile.read(own[1]))
        let error = #expect(throws: RestoreError.self) { try push(others[1]) }
        #expect(error?.message.contains(" holds bundles of another appliance of the name lb1") == true)
        #expect(try AtomicFile.names(in: directory + "/store").sorted() == names)
        #expect(try AtomicFile.read(directory + "/" + file) == content)
        #expect(try AtomicFile.names(in: directory + "/others").sorted() == others.map { String($0.suffix(30)) })
        return names
    }

    /// The server may not listen yet.
    private func eventuallyPushed(_ directory: String, _ push: () throws -> Void) throws {
        var failure = ""
        let isPushed = eventually(seconds: 60) {
            do {
                try push()
                return true
            } catch {
                failure = "\(error)"
                return false
            }
        }
        let log = try AtomicFile.readText(directory + "/log") ?? ""
        try #require(isPushed, "\(failure)\n\(log)")
    }
}
