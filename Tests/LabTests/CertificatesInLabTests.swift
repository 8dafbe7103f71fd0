import Files
import Syscalls
import TestSupport
import Testing

/// What docs/runbooks/rotate-certificates.md, which is walked as well, says of a second CA that an admin brings.
@Suite(.blocking) struct CertificatesInLabTests {
    /// A CA below another one, whose certificate is in the same file.
    private struct Authority {
        let certificate: String
        let key: String
        /// The one above it: all that some clients have.
        let top: String

        init(_ directory: String, pathLength: String) throws {
            certificate = directory + "/second\(pathLength).crt"
            key = directory + "/second\(pathLength).key"
            top = directory + "/top.crt"
            let request = ["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
            if try AtomicFile.status(top) == nil {
                try run(
                    request + ["-x509", "-days", "3650", "-subj", "/CN=Top", "-keyout", directory + "/top.key"]
                        + ["-out", top, "-addext", "keyUsage=critical,keyCertSign,cRLSign"]
                )
            }
            try run(request + ["-subj", "/CN=Second", "-keyout", key, "-out", directory + "/request"])
            let extensions = """
                basicConstraints=critical,CA:TRUE\(pathLength)
                keyUsage=critical,keyCertSign,cRLSign
                subjectKeyIdentifier=hash
                authorityKeyIdentifier=keyid

                """
            try AtomicFile.replace(directory + "/extensions", with: extensions)
            let below = try run(
                ["openssl", "x509", "-req", "-in", directory + "/request", "-days", "3000", "-CA", top]
                    + ["-CAkey", directory + "/top.key", "-CAcreateserial", "-extfile", directory + "/extensions"]
            )
            try AtomicFile.replace(certificate, with: below + (try AtomicFile.readText(top) ?? ""))
        }
    }

    @Test("Clients of a second CA below another are served as soon as it may vouch, and all of them until the end")
    func secondAuthorityBelowAnother() throws {
        try withTemporaryDirectory { directory in
            // One that may sign certificates of servers only, and one that may sign CAs too.
            let leaves = try Authority(directory, pathLength: ",pathlen:0")
            let second = try Authority(directory, pathLength: "")
            try withLab("below", "--ovf-env", Lab.example) { lab throws in
                let old = directory + "/old.crt"
                try AtomicFile.replace(old, with: try lab.exec("appliance", "cat", "/etc/haproxy/ca.crt"))
                let daemon = try lab.exec("appliance", "pgrep", "-f", "appliance-dataplaned")
                func rotate(_ arguments: String...) throws -> String {
                    let all = ["exec", "appliance", "appliance-net", "cert", "rotate-ca"] + arguments
                    let result = try lab.command(all)
                    #expect(result.status == 0, "\(result.errors)")
                    return result.output + result.errors
                }
                /// Whether the API's clients accept it who have these certificates only; it takes new ones within a second.
                func becomes(_ accepted: [String: Bool]) throws -> Bool {
                    try eventually {
                        try accepted.allSatisfy { file, expected in
                            let client = ["openssl", "s_client", "-connect", "10.13.10.199:5556", "-CAfile", file]
                            let result = try lab.command(["exec", "control", "timeout", "10"] + client)
                            return (result.output + result.errors).contains("Verification: OK") == expected
                        }
                    }
                }
                let both = directory + "/both.crt"
                func export() throws { try lab.exec("appliance", "appliance-net", "cert", "export", "--out", both) }

                let told = try rotate("--ca-cert", leaves.certificate, "--ca-key", leaves.key)
                #expect(told.contains("they must trust both until --finish"), "\(told)")
                try export()
                let isOnlyOld = try becomes([old: true, both: true, second.top: false])
                #expect(isOnlyOld)
                _ = try rotate("--cancel")

                let begun = try rotate("--ca-cert", second.certificate, "--ca-key", second.key)
                #expect(!begun.contains("must trust both"), "\(begun)")
                try export()
                let isEverybodys = try becomes([old: true, both: true, second.top: true])
                #expect(isEverybodys)

                _ = try rotate("--finish")
                let isOnlyNew = try becomes([old: false, both: true, second.top: true])
                #expect(isOnlyNew)
                #expect(try lab.exec("appliance", "pgrep", "-f", "appliance-dataplaned") == daemon)
            }
        }
    }
}
