import Appliance
import Files
import Foundation
import Glibc
import Syscalls
import TestSupport
import Testing

/// Known secrets in every secret property, and a search for them in everything that the program writes.
@Suite(.blocking) struct SecretsTests {
    /// The only files that may hold one: a key is there to be used, by root.
    private static let keyFiles = [
        "/var/lib/appliance-net/pki/ca.key", "/etc/haproxy/server.key", "/var/lib/appliance-net/recovery/passphrase",
    ]

    @Test func noSecretIsAnywhere() throws {
        try inGuest { guest in
            let canaries = try Canaries(guest.root.prefix + "-keys")
            try guest.powerOn(replacing: "</PropertySection>", with: canaries.properties + "</PropertySection>")
            let text = try #require(try guest.host.value("guestinfo.ovfEnv"))
            // Those of the example stand before ours.
            let kept = text.split(separator: "\n").filter { line in
                line.contains("canary") || !canaries.keys.contains { line.contains("\"\($0)\"") }
            }
            try guest.host.set("guestinfo.ovfEnv", kept.joined(separator: "\n"))

            let traced = try guest.traced("firstboot")
            #expect(traced.result.status == 0, "\(canaries.masked(traced.result.errors))")
            try canaries.expectNone(in: traced.programs, "the arguments and environments of programs")
            try canaries.expectNone(in: traced.result.output + traced.result.errors, "what first boot says")

            try guest.expectSilence(canaries, "firstboot", "--json")
            for command in [
                ["status", "--long"], ["status", "--json"], ["plan", "--verbose"], ["plan", "--json"], ["validate"],
                ["history"], ["doctor"], ["doctor", "--json"], ["console", "--once"], ["console", "--once", "--json"],
                ["config", "history"], ["support-bundle", "--out", guest.root.prefix + "/bundle.tar.gz"],
            ] {
                try guest.expectSilence(canaries, command)
            }
            try run("mkdir", guest.root.prefix + "/unpacked")
            try run("tar", "-xzf", guest.root.prefix + "/bundle.tar.gz", "-C", guest.root.prefix + "/unpacked")
            try canaries.expectNoFile(in: guest.root.prefix, besides: Self.keyFiles)
            try canaries.expectNone(in: try run("cat", guest.host.directory + "/calls"), "what the host was told")
            for key in ["guestinfo.ovfEnv", "guestinfo.appliance.status", "guestinfo.dataplaneapi.cacert"] {
                try canaries.expectNone(in: try guest.host.value(key) ?? "", key)
            }
        }
    }

    /// Refused properties are shown with their places, and never with a secret.
    @Test func noProblemShowsASecret() throws {
        try inGuest { guest in
            let canaries = try Canaries(guest.root.prefix + "-keys")
            let properties = guest.root.prefix + "/properties.json"
            let members = canaries.values.map { "\"\($0.key)\": \"\($0.value.replacing("\n", with: " "))\"" }
            for damage in ["", ",", "\"x\": [", "\"network.hostname\": \"-\""] {
                try AtomicFile.replace(properties, with: "{" + (members + [damage]).joined(separator: ",\n") + "}")
                for command in [["validate"], ["validate", "--json"], ["firstboot"], ["firstboot", "--json"]] {
                    let result = try guest.run(command + ["--properties", properties])
                    #expect(result.status == 65)
                    try canaries.expectNone(in: result.output + result.errors, "\(command)")
                }
            }
            try canaries.expectNone(in: try guest.host.value("guestinfo.appliance.status") ?? "", "the status")
            try run("rm", properties)
            try canaries.expectNoFile(in: guest.root.prefix, besides: [])
        }
    }

    /// Ended by SIGQUIT, whose action is a core dump, it leaves no core dump, where another program beside it does.
    @Test func leavesNoCoreDump() throws {
        let crash = """
            import os, resource, signal, subprocess, sys, time
            hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
            resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
            # Whoever runs the tests may have it ignored, or blocked.
            signal.signal(signal.SIGQUIT, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
            process = subprocess.Popen(sys.argv[2:], cwd=sys.argv[1], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            process.stdout.readline()
            os.kill(process.pid, signal.SIGQUIT)
            print(os.WCOREDUMP(os.waitpid(process.pid, 0)[1]))
            """
        try withTemporaryDirectory { directory in
            let witness = ["sh", "-c", "echo ready; exec sleep 60"]
            #expect(try run(["timeout", "60", "python3", "-c", crash, directory] + witness) == "True\n")
            // As the units have it: Swift's own account of a crash shows memory too.
            let program =
                ["env", "SWIFT_BACKTRACE=enable=no", try builtProgram("appliance-net"), "console"]
                + ["--root", directory]
            #expect(try run(["timeout", "60", "python3", "-c", crash, directory] + program) == "False\n")
        }
    }
}

/// A secret for each secret property, and what to look for.
private struct Canaries {
    /// By key; PEM with its line ends.
    var values: [(key: String, value: String)] = []
    private var needles: [String] = []

    var keys: [String] { values.map(\.key) }

    init(_ directory: String) throws {
        try run("mkdir", "-p", directory)
        defer { _ = try? run("rm", "-rf", directory) }
        for (index, property) in PropertySchema.properties.filter({ $0.isSecret }).enumerated() {
            let key = property.key.rawValue
            switch property.kind {
            case .pem:
                let (certificate, secret) = try Self.pair(directory, "\(index)")
                values.append((key, secret))
                // The certificate that goes with it: `ca_cert_key` is the key of `ca_cert`, `server_key` of `server_cert`.
                let other = key.hasSuffix("_cert_key") ? String(key.dropLast(4)) : key.dropLast(3) + "cert"
                values.append((other, certificate))
                let lines = secret.split(separator: "\n")
                needles += lines.dropFirst().dropLast().map { String($0) }
            default:
                let secret = "canary-\(index)-Xy7&<'\(Int.random(in: 100_000...999_999))"
                values.append((key, secret))
                needles += [secret, String(secret.prefix(12)), Data(secret.utf8).base64EncodedString()]
            }
        }
    }

    /// Of an authority, the first one, and then of servers that it signs.
    private static func pair(_ directory: String, _ name: String) throws -> (certificate: String, key: String) {
        let (key, certificate) = ("\(directory)/\(name).key", "\(directory)/\(name).crt")
        try run("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
        let authority = directory + "/ca"
        if try AtomicFile.status(authority + ".crt") == nil {
            let request = ["openssl", "req", "-x509", "-new", "-days", "3650", "-subj", "/CN=canary CA", "-key", key]
            try run(request + ["-out", certificate])
            try run("cp", key, authority + ".key")
            try run("cp", certificate, authority + ".crt")
        } else {
            try AtomicFile.replace(
                directory + "/extensions",
                with: "subjectAltName=DNS:haproxy.local,IP:10.13.10.199\n"
            )
            let request = try run("openssl", "req", "-new", "-subj", "/CN=haproxy.local", "-key", key)
            let sign = ["openssl", "x509", "-req", "-days", "365", "-extfile", directory + "/extensions"]
            try run(
                sign + [
                    "-CA", authority + ".crt", "-CAkey", authority + ".key", "-CAcreateserial", "-out", certificate,
                ],
                input: request
            )
        }
        return (
            try String(contentsOfFile: certificate, encoding: .utf8), try String(contentsOfFile: key, encoding: .utf8)
        )
    }

    /// As vCenter writes them.
    var properties: String {
        values.map { key, value in
            let escaped = value.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(
                "\"",
                with: "&quot;"
            )
            .replacing("\n", with: " ")
            return "<Property oe:key=\"\(key)\" oe:value=\"\(escaped)\"/><!-- canary -->\n"
        }.joined()
    }

    func masked(_ text: String) -> String { needles.reduce(text) { $0.replacing($1, with: "CANARY") } }

    func expectNone(in text: String, _ place: String) throws {
        #expect(!needles.contains { text.contains($0) }, "\(place): \(masked(text))")
    }

    /// By grep(1), in names of files too.
    func expectNoFile(in directory: String, besides allowed: [String]) throws {
        let patterns = directory + "/../patterns"
        try AtomicFile.replace(patterns, with: needles.joined(separator: "\n") + "\n")
        let found = try Subprocess.run(["grep", "-rlaF", "-f", patterns, directory])
        try run("rm", patterns)
        #expect(found.status <= 1, "\(found.errors)")
        for path in found.output.split(separator: "\n").map({ String($0) }) {
            #expect(allowed.contains { path == directory + $0 }, "\(path) holds a secret")
            #expect(try run("stat", "-c", "%f", path) == "8180\n", "\(path) is readable by others")
        }
        try expectNone(in: try run("find", directory), "the names of files")
    }
}

extension Guest {
    fileprivate func run(_ arguments: [String]) throws -> Subprocess.Result {
        try Subprocess.run(
            [try builtProgram("appliance-net")] + arguments + ["--root", root.prefix],
            environment: [path]
        )
    }

    fileprivate func expectSilence(_ canaries: Canaries, _ arguments: String...) throws {
        try expectSilence(canaries, arguments)
    }

    fileprivate func expectSilence(_ canaries: Canaries, _ arguments: [String]) throws {
        let result = try run(arguments)
        try canaries.expectNone(in: result.output + result.errors, "\(arguments)")
    }

    /// Runs the program, and tells every program that it started: arguments and environment, as the process list has them.
    fileprivate func traced(_ argument: String) throws -> (result: Subprocess.Result, programs: String) {
        let file = root.prefix + "-trace"
        let trace = ["strace", "-f", "-qq", "-v", "-s", "100000", "-e", "trace=execve", "-o", file]
        let program = [try builtProgram("appliance-net"), argument, "--root", root.prefix]
        let result = try Subprocess.run(trace + program, environment: [path])
        return (result, try AtomicFile.readText(file) ?? "")
    }
}
