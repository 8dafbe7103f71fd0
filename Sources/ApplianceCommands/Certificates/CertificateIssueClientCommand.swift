internal import Diagnostics
internal import ArgumentParser
internal import Files
internal import FoundationEssentials
internal import PKI

/// `appliance-net cert issue-client`: a certificate for somebody who calls the API.
struct CertificateIssueClientCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue-client",
        abstract: "Issue a client certificate under the CA, and write it with its new key to a file.",
        discussion: """
            The file has the key, the certificate and the CA, as PEM and with mode 0600; curl --cert takes it as it is. \
            The certificate is valid for 397 days, or as long as the CA. The appliance keeps no copy.
            """
    )

    @Argument(help: "The client's name: letters, digits and . _ - @, at most 64.")
    var name: String

    @Option(help: ArgumentHelp("The file; NAME.pem if absent. One that is there is not replaced.", valueName: "file"))
    var out: String?

    @OptionGroup var options: RootOptions

    func validate() throws {
        try OutputFile.check(out)
        let isName = name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                || "._-@".utf8.contains(byte)
        }
        guard isName, (1...64).contains(name.utf8.count), name.utf8.contains(where: { !"._-".utf8.contains($0) }),
            !name.hasPrefix("-")
        else { throw ValidationError("\(name) is not a name: use up to 64 letters, digits and . _ - @") }
    }

    func run() throws {
        let path = out ?? "\(name).pem"
        try CertificateRun.run(options) { store, request in
            guard try CertificateRun.hasAuthority(store) else { return .failed }
            guard try AtomicFile.status(path) == nil else {
                Console.say("\(path) is there already\n    remedy: remove it, or name another file with --out")
                return .failed
            }
            let client = try store.issueClient(name: name, request)
            try AtomicFile.replace(path, with: try client.keyText() + client.certificatePEM, mode: 0o600)
            let end = UTCTime(client.notValidAfter)
            if options.json {
                try Console.json(["file": path, "fingerprint": client.fingerprint, "not_after": end.rfc3339])
            } else {
                Console.data("\(path): valid until \(end)")
                Console.data("SHA-256 \(client.fingerprint)")
            }
            return .ok
        }
    }
}
