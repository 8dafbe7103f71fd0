import Appliance
import Files
import Foundation
import Syscalls
import TestSupport
import Testing

/// Certificates and passwords that are typed for a machine that is rebuilt: in no record of properties, and they win.
@Suite(.blocking) struct TypedAnewTests {
    /// First boot of a machine with these properties besides those of the example.
    private static func boot(
        _ directory: String,
        _ root: String,
        _ properties: [(String, String)],
        password: String = "example-password",
        environment: [String] = []
    ) throws -> Subprocess.Result {
        let lines = properties.map { key, value in
            "<Property oe:key=\"\(key)\" oe:value=\"\(value.replacing("\n", with: " "))\"/>"
        }
        let text = try #require(try AtomicFile.readText(CommandLineTests.example))
            .replacing("<Property oe:key=\"appliance.ca_cert\" oe:value=\"\"/>", with: "")
            .replacing("<Property oe:key=\"appliance.ca_cert_key\" oe:value=\"\"/>", with: "")
            .replacing("example-password", with: password)
            .replacing("</PropertySection>", with: lines.joined() + "</PropertySection>")
        try AtomicFile.replace(directory + "/environment.xml", with: text)
        let boot = ["firstboot", "--ovf-env", directory + "/environment.xml", "--files-only", "--root", root]
        return try Subprocess.run([try builtProgram("appliance-net")] + boot, environment: environment)
    }

    private static func rebuild(_ bundle: String) -> [(String, String)] {
        [("recovery.source", bundle), ("recovery.passphrase", RecoveryCommandTests.passphrase.revealed())]
    }

    private static func pair(_ directory: String, days: Int, _ more: [String]) throws -> (String, String) {
        let request = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        let place = ["-keyout", directory + "/typed.key", "-out", directory + "/typed.crt"]
        try run(request + ["-days", "\(days)", "-subj", "/CN=lb.corp.example"] + place + more)
        return (
            try #require(try AtomicFile.readText(directory + "/typed.crt")),
            try #require(try AtomicFile.readText(directory + "/typed.key"))
        )
    }

    /// It was in place, and has expired since: the same properties rebuild the appliance that had it.
    @Test func whatHasExpiredMeanwhileKeepsNobodyFromRebuilding() throws {
        try withTemporaryDirectory { directory in
            let names = [
                "-addext", "basicConstraints=critical,CA:FALSE", "-addext", "subjectAltName=DNS:lb.corp.example",
            ]
            let (certificate, key) = try Self.pair(directory, days: 2, names)
            let typed = [("appliance.server_cert", certificate), ("appliance.server_key", key)]
            let old = try Self.boot(directory, directory + "/old", typed)
            try #require(old.status == 0, "\(old.errors)")
            let bundle = directory + "/a.bundle"
            try AtomicFile.replace(bundle, with: try RecoveryCommandTests.bundle(directory + "/old"))
            let later = try RebuildCommandTests.clock(directory, "\(Int(Date().timeIntervalSince1970) + 30 * 86400)")
            let new = try Self.boot(directory, directory + "/new", typed + Self.rebuild(bundle), environment: later)
            #expect(new.status == 0, "\(new.errors)")
            #expect(!new.errors.contains("was typed, and wins"), "\(new.errors)")
            for file in ["/etc/haproxy/server.crt", "/etc/haproxy/ca.crt"] {
                #expect(try AtomicFile.read(directory + "/new" + file) == AtomicFile.read(directory + "/old" + file))
            }
            // Of a machine that was never it, it is refused.
            #expect(try Self.boot(directory, directory + "/other", typed, environment: later).status == 65)
        }
    }

    @Test func whatIsAnotherIsTold() throws {
        try RecoveryCommandTests.withAppliance { directory, root in
            let bundle = directory + "/a.bundle"
            try AtomicFile.replace(bundle, with: try RecoveryCommandTests.bundle(root))
            let (certificate, key) = try Self.pair(
                directory,
                days: 300,
                ["-addext", "keyUsage=critical,keyCertSign,cRLSign"]
            )
            let typed = [("appliance.ca_cert", certificate), ("appliance.ca_cert_key", key)] + Self.rebuild(bundle)
            let new = try Self.boot(directory, directory + "/new", typed, password: "another-password")
            #expect(new.status == 0, "\(new.errors)")
            for line in [
                "appliance.ca_cert: another CA was typed, and wins over that of the old appliance: ",
                "loadbalance.haproxy_pwd: another password was typed, and wins over that of the old appliance: admin ",
            ] { #expect(new.errors.contains(line), "\(new.errors)") }
            #expect(!new.errors.contains("another-password"))
            #expect(try AtomicFile.read(directory + "/new/etc/haproxy/ca.crt") == Array(certificate.utf8))
            // The same again is no difference.
            let same = try Self.boot(directory, directory + "/same", Self.rebuild(bundle))
            #expect(same.status == 0 && !same.errors.contains("was typed"), "\(same.errors)")
        }
    }
}
