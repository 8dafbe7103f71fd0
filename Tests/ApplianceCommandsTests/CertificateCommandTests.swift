import Files
import Glibc
import Syscalls
import TestSupport
import Testing

/// `appliance-net cert`, the program itself; openssl is the witness.
@Suite(.blocking) struct CertificateCommandTests {
    /// The first example, configured into a directory.
    struct Box {
        var root: String

        func program(_ arguments: String...) throws -> Subprocess.Result {
            try Subprocess.run([try builtProgram("appliance-net")] + arguments + ["--root", root])
        }

        func boot() throws -> Subprocess.Result {
            try program("firstboot", "--ovf-env", CommandLineTests.example, "--files-only")
        }

        /// Runs the program and kills it when it makes a system call for the `step`th time.
        func killed(_ arguments: [String], at call: String, _ step: Int) throws -> Subprocess.Result {
            let trace = ["strace", "-qq", "-f", "-o", "/dev/null", "-e", "trace=\(call)"]
            let kill = ["-e", "inject=\(call):signal=KILL:when=\(step)"]
            return try Subprocess.run(
                trace + kill + [try builtProgram("appliance-net")] + arguments + ["--root", root]
            )
        }

        var authority: String { root + "/etc/haproxy/ca.crt" }
        /// What a test gives as another.
        var given: String { root + "/given.crt" }
        var server: String { root + "/etc/haproxy/server.crt" }

        func isServed(trusting file: String) throws -> Bool {
            let arguments = ["openssl", "verify", "-CAfile", file, "-untrusted", server, server]
            return try Subprocess.run(arguments).status == 0
        }

        /// Key and certificate belong together.
        func isPair() throws -> Bool {
            let key = try run("openssl", "pkey", "-pubout", "-in", root + "/etc/haproxy/server.key")
            return try run("openssl", "x509", "-noout", "-pubkey", "-in", server) == key
        }
    }

    static func withBox(_ body: (Box) throws -> Void) throws {
        try withTemporaryDirectory { directory in
            let box = Box(root: directory)
            let booted = try box.boot()
            #expect(booted.status == 0, "\(booted.errors)")
            try body(box)
        }
    }

    @Test func showsWhatIsThere() throws {
        try Self.withBox { box in
            let text = try box.program("cert", "show")
            #expect(text.status == 0, "\(text.errors)")
            #expect(text.output.hasPrefix("CA: CN=appliance-net CA haproxy.local\n    SHA-256 "))
            #expect(text.output.contains("\n    valid for haproxy.local, haproxy, localhost, 10.13.10.199, "))
            let json = try box.program("cert", "show", "--json").output
            let fingerprint = try run("openssl", "x509", "-in", box.server, "-noout", "-fingerprint", "-sha256")
            let told = try run("jq", "-r", ".server.fingerprint", input: json)
            #expect(fingerprint.hasSuffix("=" + told))
            #expect(
                try run("jq", "-c", "[.provided, .due, .next_ca, (.trust | length)]", input: json)
                    == "[false,null,null,1]\n"
            )

            // What the files want meanwhile is told, and done by renew.
            let settings = box.root + "/etc/appliance-net/appliance.toml"
            let former = try AtomicFile.readText(settings) ?? ""
            let wanted =
                former + "\n[certificates]\nnames = [\"lb.corp.example\", \"192.0.2.10\"]\nkey_type = \"p384\"\n"
            try AtomicFile.replace(settings, with: wanted)
            let due = try box.program("cert", "show")
            #expect(due.status == 2)
            #expect(due.errors.contains("issued anew, because addresses or names changed\n    remedy: "))
            #expect(try box.program("cert", "renew").status == 0)
            let names = try run("openssl", "x509", "-in", box.server, "-noout", "-ext", "subjectAltName")
            #expect(names.contains("DNS:lb.corp.example") && names.contains("IP Address:192.0.2.10"))
            #expect(try run("openssl", "x509", "-in", box.server, "-noout", "-text").contains("P-384"))
            #expect(try box.program("cert", "show").status == 0)
            #expect(try box.boot().output.contains("nothing to change"))
        }
    }

    @Test func failuresHaveTheirCodes() throws {
        try withTemporaryDirectory { directory in
            let box = Box(root: directory)
            #expect(try box.program("cert", "show").status == 78)
            #expect(try box.program("cert", "rotate-ca", "--finish", "--cancel").status == 64)
            #expect(try box.program("cert", "rotate-ca", "--ca-cert", "x").status == 64)
            #expect(try box.program("cert", "issue-client", "../x").status == 64)
            #expect(try box.boot().status == 0)
            let none = try box.program("cert", "rotate-ca", "--finish")
            #expect(none.status == 1)
            #expect(none.errors.contains("remedy: appliance-net cert rotate-ca makes one"))
            let bad = try box.program("cert", "rotate-ca", "--ca-cert", box.server, "--ca-key", box.server, "--json")
            #expect(bad.status == 65)
            #expect(try run("jq", "-c", "[.valid, .problems[].severity]", input: bad.output) == "[false,\"error\"]\n")
            try AtomicFile.remove(directory + "/var/lib/appliance-net/pki/ca.key")
            let lost = try box.program("cert", "renew")
            #expect(lost.status == 1)
            #expect(lost.errors.contains("the private key of the CA in /etc/haproxy/ca.crt is missing"))
            // Clients trust no CA that is made now: that is first boot's.
            try run(
                "rm",
                "-r",
                directory + "/var/lib/appliance-net/pki",
                box.authority,
                directory + "/etc/haproxy/ca.key"
            )
            let bare = try box.program("cert", "renew")
            #expect(bare.status == 1)
            #expect(bare.errors.contains("there is no CA\n    remedy: run appliance-net firstboot"))
            #expect(try AtomicFile.status(box.authority) == nil)
        }
    }

    @Test func clientsGetACertificateAndTheAuthority() throws {
        try Self.withBox { box in
            let file = box.root + "/vcenter.pem"
            let issued = try box.program("cert", "issue-client", "vcenter", "--out", file, "--json")
            #expect(issued.status == 0, "\(issued.errors)")
            #expect(!issued.output.contains("PRIVATE"))
            #expect(try run("stat", "-c", "%a", file) == "600\n")
            #expect(
                try run("openssl", "verify", "-CAfile", box.authority, "-purpose", "sslclient", file).contains("OK")
            )
            #expect(try box.program("cert", "issue-client", "vcenter", "--out", file).status == 1)
            // Told before there is work for nothing.
            for (place, words) in [
                (box.root, "--out: \(box.root) is a directory; name a file in it."),
                (box.root + "/none/file", "--out: there is no directory \(box.root)/none."),
            ] {
                for command in [["cert", "issue-client", "a"], ["cert", "export"], ["backup"], ["support-bundle"]] {
                    let refused = try RecoveryCommandTests.program(command + ["--out", place, "--root", box.root])
                    #expect(refused.status == 64 && refused.errors.contains(words), "\(refused.errors)")
                }
            }

            let exported = try box.program("cert", "export")
            #expect(exported.output == (try AtomicFile.readText(box.authority)))
            let line = try box.program("cert", "export", "--base64").output
            #expect(try run("base64", "-d", input: line) == exported.output)
            #expect(line.filter { $0 == "\n" }.count == 1)
            let server = try box.program("cert", "export", "--server", "--out", box.root + "/copy")
            #expect(server.status == 0 && server.output == "")
            #expect(try AtomicFile.readText(box.root + "/copy") == (try AtomicFile.readText(box.server)))
        }
    }

    /// Clients have the first CA alone, whoever took the second one out of what they are given.
    @Test func aSecondAuthorityThatClientsDoNotGetIsTold() throws {
        try Self.withBox { box in
            let alone = try AtomicFile.read(box.authority)
            #expect(try box.program("cert", "rotate-ca").output.hasPrefix("the second CA is CN="))
            #expect(try box.program("cert", "rotate-ca").output.hasPrefix("the second CA is there already: CN="))
            #expect(try box.program("cert", "show").status == 0)
            try AtomicFile.replace(box.authority, with: alone)
            let shown = try box.program("cert", "show")
            #expect(shown.status == 2)
            let words = "/etc/haproxy/ca.crt: it lacks the second CA (SHA-256 "
            #expect(shown.errors.contains(words), "\(shown.errors)")
            let json = try box.program("cert", "show", "--json")
            #expect(json.status == 2)
            #expect(
                try run("jq", "-c", "[(.trust | length), (.problems | length), .next_ca != null]", input: json.output)
                    == "[1,1,true]\n"
            )
            let refused = try box.program("cert", "rotate-ca", "--finish")
            #expect(refused.status == 1 && refused.errors.contains(words), "\(refused.errors)")
            #expect(try AtomicFile.read(box.authority) == alone)
            #expect(try box.program("cert", "rotate-ca").status == 0)
            #expect(try box.program("cert", "show").status == 0)

            // What the second CA has issued for the first one's key is not the first one.
            let first =
                try run(
                    "openssl",
                    "x509",
                    "-noout",
                    "-fingerprint",
                    "-sha256",
                    input: String(decoding: alone, as: UTF8.self)
                )
                .split(separator: "=").last.map { String($0.prefix { $0 != "\n" }) } ?? ""
            let next = box.root + "/var/lib/appliance-net/pki/next.crt"
            for text in [try AtomicFile.read(next), []] {
                try AtomicFile.replace(box.authority, with: text)
                let shown = try box.program("cert", "show")
                #expect(shown.status == 2)
                #expect(shown.output.contains("    SHA-256 \(first)\n"), "\(shown.output)")
                #expect(shown.errors.contains("/etc/haproxy/ca.crt: it "), "\(shown.errors)")
                #expect(shown.errors.contains("it lacks the CA (SHA-256 \(first)) and the second CA (") == text.isEmpty)
                #expect(try box.program("cert", "rotate-ca").status == 0)
                #expect(try AtomicFile.read(box.authority).starts(with: alone))
                #expect(try box.program("cert", "show").status == 0)
            }
            try AtomicFile.remove(box.authority)
            #expect(try box.program("cert", "rotate-ca", "--cancel").output.hasSuffix("SHA-256 \(first)\n"))
            #expect(try AtomicFile.read(box.authority) == alone)
            #expect(try box.program("cert", "rotate-ca").status == 0)
            #expect(try box.program("cert", "rotate-ca", "--finish").status == 0)
        }
    }

    /// Killed at every rename and every removal: clients are served, and the next run of anything finishes.
    @Test(arguments: ["renew", "rotate-ca", "rotate-ca --finish", "rotate-ca --cancel", "firstboot"])
    func isFinishedByTheNextRun(_ work: String) throws {
        try Self.withBox { box in
            let both = box.root + "/both.crt"
            let words = work.split(separator: " ").map { String($0) }
            for call in ["rename", "unlink"] {
                for step in 1..<60 {
                    var arguments = ["cert"] + words
                    if work == "firstboot" {
                        // A CA of the properties takes the place of the one that is there.
                        arguments = try ["firstboot", "--files-only", "--ovf-env", environment(box)]
                    } else if words.count > 1 {
                        #expect(try box.program("cert", "rotate-ca").status == 0)
                    }
                    let before = try AtomicFile.readText(box.authority) ?? ""
                    let result = try box.killed(arguments, at: call, step)
                    let after = try AtomicFile.readText(work == "firstboot" ? box.given : box.authority) ?? ""
                    try AtomicFile.replace(both, with: before + after)
                    #expect(try box.isServed(trusting: both), "\(call) \(step)")
                    // The next boot knows the same properties; those of the others say nothing of certificates.
                    let finished = work == "firstboot" ? try again(arguments, box) : try box.program("cert", "renew")
                    #expect(finished.status == 0, "\(call) \(step): \(finished.errors)")
                    #expect(try box.isServed(trusting: box.authority) && box.isPair(), "\(call) \(step)")
                    let left = try run(
                        "find",
                        box.root + "/etc/haproxy",
                        box.root + "/var",
                        "-name",
                        ".appliance-net.*"
                    )
                    #expect(left == "", "\(call) \(step)")
                    if words.first == "rotate-ca" {
                        _ = try box.program("cert", "rotate-ca", "--cancel")
                        #expect(try box.program("cert", "show").status == 0)
                    }
                    if result.status == 0 { break }
                    #expect(result.status == 256 + Int(SIGKILL), "\(call) \(step): \(result.errors)")
                }
            }
        }
    }

    private func again(_ arguments: [String], _ box: Box) throws -> Subprocess.Result {
        try Subprocess.run([try builtProgram("appliance-net")] + arguments + ["--root", box.root])
    }

    /// The example with a new CA, by openssl.
    private func environment(_ box: Box) throws -> String {
        let (key, certificate, file) = (box.root + "/given.key", box.given, box.root + "/env.xml")
        try run("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
        try run(
            "openssl",
            "req",
            "-x509",
            "-new",
            "-key",
            key,
            "-subj",
            "/CN=Given",
            "-days",
            "900",
            "-out",
            certificate
        )
        func property(_ path: String) throws -> String {
            (try AtomicFile.readText(path) ?? "").split(separator: "\n").joined(separator: " ")
        }
        var text = try #require(try AtomicFile.readText(CommandLineTests.example))
        for (name, path) in [("ca_cert_key", key), ("ca_cert", certificate)] {
            let empty = "oe:key=\"appliance.\(name)\" oe:value=\"\""
            #expect(text.contains(empty))
            text = text.replacing(empty, with: "oe:key=\"appliance.\(name)\" oe:value=\"\(try property(path))\"")
        }
        try AtomicFile.replace(file, with: text)
        return file
    }

    /// One waits for the other, whoever they are.
    @Test func manyAtOnceAreOneAfterTheOther() throws {
        try Self.withBox { box in
            let script = """
                for work in renew rotate-ca "rotate-ca --finish" renew rotate-ca "rotate-ca --cancel" renew; do
                    "$1" cert $work --root "$2" >/dev/null 2>&1 &
                    "$1" firstboot --ovf-env "$3" --files-only --root "$2" >/dev/null 2>&1 &
                done
                wait
                """
            try run("bash", "-c", script, "bash", try builtProgram("appliance-net"), box.root, CommandLineTests.example)
            #expect(try box.program("cert", "show").status == 0)
            #expect(try box.isServed(trusting: box.authority) && box.isPair())
        }
    }

    /// On a full disk everything stays as it is, and goes on when there is room.
    @Test func aFullDiskChangesNothing() throws {
        try Self.withBox { box in
            let script = """
                mkdir "$2/small" && mount -t tmpfs -o size=192k tmpfs "$2/small"
                cp -a "$2/etc" "$2/var" "$2/small" && cd "$2/small"
                dd if=/dev/zero of=fill bs=4k 2>/dev/null || true
                for work in renew rotate-ca; do
                    cp -a etc/haproxy/server.crt "$2/former"
                    if "$1" cert $work --root . 2>"$2/errors"; then echo "$work: done"; fi
                    grep -q 'No space left' "$2/errors" || cat "$2/errors"
                    cmp "$2/former" etc/haproxy/server.crt
                    openssl verify -CAfile etc/haproxy/ca.crt etc/haproxy/server.crt >/dev/null
                    find . -name '.appliance-net.*'
                done
                rm fill
                "$1" cert renew --root . >/dev/null 2>&1
                openssl verify -CAfile etc/haproxy/ca.crt etc/haproxy/server.crt
                """
            let result = try Subprocess.run([
                "unshare", "--mount", "bash", "-c", script, "bash", try builtProgram("appliance-net"), box.root,
            ])
            #expect(result.output == "etc/haproxy/server.crt: OK\n", "\(result.errors)")
        }
    }
}
