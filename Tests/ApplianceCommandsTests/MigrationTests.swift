import Files
import FoundationEssentials
import Syscalls
import TestSupport
import Testing

/// `migrate-from`, with what an appliance 0.2.0 leaves in a directory or a tar archive.
@Suite(.blocking) struct MigrationTests {
    @Test(arguments: [false, true]) func theOldApplianceIsTakenOver(_ isArchive: Bool) throws {
        try RecoveryCommandTests.withAppliance { directory, root in
            let copy = directory + "/copy"
            try Self.makeOldAppliance(copy)
            var path = copy
            if isArchive {
                path = directory + "/copy.tar.gz"
                try run("tar", "-C", copy, "-czf", path, "etc/haproxy", "etc/vmware", "etc/ssh")
            }
            let arguments = ["migrate-from", path, "--files-only", "--root", root]
            let plan = try RecoveryCommandTests.program(arguments + ["--plan"])
            #expect(plan.status == 2, "\(plan.errors)")
            let result = try RecoveryCommandTests.program(arguments)
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output == plan.output)
            for file in [
                "ca.crt", "ca.key", "server.crt", "server.key", "haproxy.cfg", "maps/hosts.map", "ssl/site.pem",
            ] {
                #expect(
                    try AtomicFile.read(root + "/etc/haproxy/" + file) == AtomicFile.read(copy + "/etc/haproxy/" + file)
                )
            }
            let keys = [
                "/var/lib/appliance-net/pki/ca.key", "/etc/haproxy/server.key", "/etc/haproxy/ssl/site.pem",
                "/etc/ssh/ssh_host_rsa_key",
            ]
            for key in keys { #expect(try run("stat", "-c", "%a", root + key) == "600\n") }
            #expect(try run("readlink", root + "/etc/haproxy/ca.key").hasSuffix("/appliance-net/pki/ca.key\n"))
            // The adapters are this machine's, the routes the old one's.
            let tables = try #require(try AtomicFile.readText(root + "/etc/vmware/route-tables.cfg"))
            #expect(tables.contains("2,workload,00:50:56:b4:ca:fd,10.13.201.10/24,10.13.201.1\n"))
            #expect(!tables.contains("00:0C:29"))
            #expect(try AtomicFile.readText(root + "/etc/vmware/anyip-routes.cfg") == "10.13.200.96/27\n")
            #expect(try RecoveryCommandTests.program(arguments + ["--plan"]).status == 0)
            // First boot takes it as it is: the same CA and users.
            let boot = ["firstboot", "--ovf-env", CommandLineTests.example, "--files-only", "--root", root]
            #expect(try RecoveryCommandTests.program(boot).status == 0)
            #expect(try AtomicFile.read(root + "/etc/haproxy/ca.crt") == AtomicFile.read(copy + "/etc/haproxy/ca.crt"))
        }
    }

    /// The services of a Supervisor's appliance, with the flags that its API ran with: what says something here is taken, and
    /// the rest is named.
    @Test func theFlagsOfTheOldAPI() throws {
        try RecoveryCommandTests.withAppliance { directory, root in
            let copy = directory + "/copy"
            try Self.makeOldAppliance(copy)
            let fixture = DocumentationTests.root.appending(path: "Tests/Fixtures/haproxy/seed-001.cfg")
            let proxy = copy + "/etc/haproxy/haproxy.cfg"
            try run("cp", fixture.path(percentEncoded: false), proxy)
            let flags = """
                LOG_LEVEL=info
                LOG_TO=stdout
                SCHEME=https
                HAPROXY_BIN=/usr/sbin/haproxy
                CONFIG_FILE=/etc/haproxy/haproxy.cfg
                RELOAD_CMD="/usr/bin/systemctl reload haproxy"
                RELOAD_DELAY=30
                TLS_HOST=10.191.181.52
                TLS_PORT=5556
                TLS_CERTIFICATE=/etc/haproxy/server.crt
                TLS_KEY=/etc/haproxy/server.key
                USERLIST=others
                ADDITIONAL_FLAGS="--update-map-files --max-open-transactions=50 -n 30 --tls-ca=/root/ca.crt --max-header-size=1MiB"

                """
            try AtomicFile.replace(copy + "/etc/haproxy/dataplaneapi.cfg", with: flags)
            let own = try #require(try AtomicFile.readText(root + "/etc/haproxy/dataplaneapi.cfg"))
            let arguments = ["migrate-from", copy, "--files-only", "--root", root]
            let result = try RecoveryCommandTests.program(arguments)
            #expect(result.status == 0, "\(result.errors)")
            for name in [
                "RELOAD_DELAY=30", "TLS_HOST=10.191.181.52", "USERLIST=others", "--update-map-files",
                "--tls-ca=/root/ca.crt", "--max-header-size=1MiB",
            ] { #expect(result.errors.contains("dataplaneapi.cfg: \(name) is not taken: "), "\(result.errors)") }
            for name in ["LOG_TO", "SCHEME", "TLS_PORT", "RELOAD_CMD"] { #expect(!result.errors.contains(name)) }
            let wanted = own.replacing("LOG_LEVEL=warning\n", with: "")
                .replacing("ADDITIONAL_FLAGS=\n", with: "")
            #expect(
                try AtomicFile.readText(root + "/etc/haproxy/dataplaneapi.cfg")
                    == wanted + "LOG_LEVEL=info\nADDITIONAL_FLAGS=--max-open-transactions=50 --backups-number=30\n"
            )
            #expect(try AtomicFile.read(root + "/etc/haproxy/haproxy.cfg") == AtomicFile.read(proxy))
            // First boot leaves it, and a second run changes nothing.
            let boot = ["firstboot", "--ovf-env", CommandLineTests.example, "--files-only", "--root", root]
            #expect(try RecoveryCommandTests.program(boot).status == 0)
            #expect(try AtomicFile.readText(root + "/etc/haproxy/dataplaneapi.cfg")?.contains("=info\n") == true)
            #expect(try AtomicFile.read(root + "/etc/haproxy/haproxy.cfg") == AtomicFile.read(proxy))
        }
    }

    /// A server certificate that the old CA has not signed is the admin's: nobody replaces it by itself.
    @Test func aServerCertificateOfAnotherAuthority() throws {
        try RecoveryCommandTests.withAppliance { directory, root in
            let copy = directory + "/copy"
            try Self.makeOldAppliance(copy)
            let haproxy = copy + "/etc/haproxy"
            try run(
                [
                    "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "300", "-subj",
                    "/CN=lb.corp.example",
                ]
                    + ["-keyout", haproxy + "/server.key", "-out", haproxy + "/server.crt"]
                    + [
                        "-addext", "basicConstraints=critical,CA:FALSE", "-addext",
                        "subjectAltName=DNS:lb.corp.example",
                    ]
            )
            // This appliance's own second CA has nothing to do with the one that is taken over.
            #expect(try RecoveryCommandTests.program("cert", "rotate-ca", "--root", root).status == 0)
            let arguments = ["migrate-from", copy, "--files-only", "--root", root]
            let result = try RecoveryCommandTests.program(arguments)
            #expect(result.status == 0, "\(result.errors)")
            #expect(try run("ls", root + "/var/lib/appliance-net/pki") == "ca.key\nserver.provided\n")
            let boot = ["firstboot", "--ovf-env", CommandLineTests.example, "--files-only", "--root", root]
            #expect(try RecoveryCommandTests.program(boot).status == 0)
            for file in ["/server.crt", "/server.key"] {
                #expect(try AtomicFile.read(root + "/etc/haproxy" + file) == AtomicFile.read(haproxy + file))
            }
            let shown = try RecoveryCommandTests.program("cert", "show", "--json", "--root", root).output
            #expect(try run("jq", "-r", ".provided", input: shown) == "true\n")
            #expect(try run("jq", "-r", ".ca.subject", input: shown) == "CN=old\n")
            #expect(try RecoveryCommandTests.program(arguments + ["--plan"]).errors == "")

            // One that nobody can use is named, and the CA signs another.
            try run("openssl", "genrsa", "-out", haproxy + "/server.key", "2048")
            let wrong = try RecoveryCommandTests.program(arguments)
            #expect(wrong.status == 0, "\(wrong.errors)")
            #expect(wrong.errors.contains("/etc/haproxy/server.key is not taken: the RSA"), "\(wrong.errors)")
            #expect(try RecoveryCommandTests.program(boot).status == 0)
            let check = ["openssl", "verify", "-CAfile", haproxy + "/ca.crt", root + "/etc/haproxy/server.crt"]
            #expect(try run(check).hasSuffix(": OK\n"))
        }
    }

    @Test func whatIsNoneIsRefused() throws {
        try RecoveryCommandTests.withAppliance { directory, root in
            let before = try run("sh", "-c", "cd \(root) && find etc var -type f | sort | xargs sha256sum")
            try AtomicFile.replace(directory + "/text", with: "hello\n")
            for (path, reason) in [
                (directory, " is no copy of an appliance: "),
                (directory + "/text", ": This does not look like a tar archive\n"),
            ] {
                let arguments = ["migrate-from", path, "--files-only", "--json", "--root", root]
                let result = try RecoveryCommandTests.program(arguments)
                #expect(result.status == 65)
                #expect(result.errors.hasPrefix("error: \(path)\(reason)") && result.errors.contains("    remedy: "))
                #expect(result.errors.hasSuffix("\nnothing was changed\n"))
                #expect(try run("jq", "-r", ".problems[0].message", input: result.output).hasPrefix(path))
            }
            let missing = ["migrate-from", directory + "/nothing", "--files-only", "--root", root]
            let result = try RecoveryCommandTests.program(missing)
            #expect(result.status == 1)
            #expect(result.errors == "open \(directory)/nothing: ENOENT (No such file or directory)\n")
            try Self.makeOldAppliance(directory + "/copy")
            try run("openssl", "genrsa", "-out", directory + "/copy/etc/haproxy/ca.key", "2048")
            let wrong = try RecoveryCommandTests.program(
                "migrate-from",
                directory + "/copy",
                "--files-only",
                "--root",
                root
            )
            #expect(wrong.status == 65)
            #expect(wrong.errors.contains("does not belong to the certificate"))
            #expect(try run("sh", "-c", "cd \(root) && find etc var -type f | sort | xargs sha256sum") == before)
        }
    }

    /// As its scripts made it: an RSA CA whose key everybody may read, and another machine's adapters.
    static func makeOldAppliance(_ directory: String) throws {
        let haproxy = directory + "/etc/haproxy"
        for path in ["/etc/haproxy", "/etc/vmware", "/etc/ssh"] { try AtomicFile.makeDirectory(directory + path) }
        try run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj", "/CN=old"]
                + ["-keyout", haproxy + "/ca.key", "-out", haproxy + "/ca.crt"]
                + ["-addext", "keyUsage=critical,keyCertSign,cRLSign"]
        )
        try run(
            ["openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=haproxy.local"]
                + ["-keyout", haproxy + "/server.key", "-out", directory + "/server.csr"]
        )
        try run(
            ["openssl", "x509", "-req", "-in", directory + "/server.csr", "-days", "3650", "-CAcreateserial"]
                + ["-CA", haproxy + "/ca.crt", "-CAkey", haproxy + "/ca.key", "-out", haproxy + "/server.crt"]
        )
        try run("chmod", "644", haproxy + "/ca.key", haproxy + "/server.key")
        let proxy = """
            # _version=12
            userlist controller
              user admin password $6$rounds=1000$fixedsalt$abcdefghijklmnopqrstuvwxyz

            defaults
              mode tcp
              timeout connect 5s
              timeout client 5s
              timeout server 5s

            frontend f
              bind 10.13.200.98:443 name f
              default_backend b

            backend b
              server s 10.13.201.20:443

            """
        try AtomicFile.replace(haproxy + "/haproxy.cfg", with: proxy)
        for name in ["maps/hosts.map", "ssl/site.pem"] {
            try AtomicFile.makeDirectory(AtomicFile.directory(of: "\(haproxy)/\(name)"))
            try AtomicFile.replace("\(haproxy)/\(name)", with: "stored\n")
        }
        let tables = """
            2,workload,00:0C:29:00:00:02,10.13.201.10/24,10.13.201.1
            2,workload,00:0C:29:00:00:02,10.13.201.10/24
            3,frontend,00:0C:29:00:00:03,10.13.200.10/24,10.13.200.1
            3,frontend,00:0C:29:00:00:03,10.13.200.10/24

            """
        try AtomicFile.replace(directory + "/etc/vmware/route-tables.cfg", with: tables)
        try AtomicFile.replace(directory + "/etc/vmware/anyip-routes.cfg", with: "10.13.200.96/27\n")
        try AtomicFile.replace(directory + "/etc/vmware/workload-networks.cfg", with: "")
        try AtomicFile.replace(directory + "/etc/ssh/ssh_host_rsa_key", with: "a host key\n", mode: 0o600)
    }
}
