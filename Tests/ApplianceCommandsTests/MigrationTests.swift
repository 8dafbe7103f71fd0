import Files
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
            for file in ["ca.crt", "ca.key", "server.crt", "server.key", "haproxy.cfg"] {
                #expect(
                    try AtomicFile.read(root + "/etc/haproxy/" + file) == AtomicFile.read(copy + "/etc/haproxy/" + file)
                )
            }
            let keys = ["/var/lib/appliance-net/pki/ca.key", "/etc/haproxy/server.key", "/etc/ssh/ssh_host_rsa_key"]
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

    @Test func whatIsNoneIsRefused() throws {
        try RecoveryCommandTests.withAppliance { directory, root in
            let before = try run("sh", "-c", "cd \(root) && find etc var -type f | sort | xargs sha256sum")
            try AtomicFile.replace(directory + "/text", with: "hello\n")
            for path in [directory, directory + "/text", directory + "/nothing"] {
                let result = try RecoveryCommandTests.program("migrate-from", path, "--files-only", "--root", root)
                #expect(result.status == 1)
                #expect(result.errors.contains("remedy: "))
            }
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
    private static func makeOldAppliance(_ directory: String) throws {
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
