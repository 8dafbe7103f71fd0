internal import ArgumentParser
internal import Files
internal import FoundationEssentials
internal import PKI

/// `appliance-net cert rotate-ca`: another CA, without a moment in which a client is refused.
struct CertificateRotateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate-ca",
        abstract: "Make a second CA beside the one there is; with --finish it takes over.",
        discussion: """
            First a second CA is made, or taken from --ca-cert and --ca-key. From then on clients that trust either of the two \
            accept the API's certificate, and appliance-net cert export gives both. A second CA that may not sign other CAs \
            (path length 0) can do nothing for the first one: clients must trust both until --finish. When every client \
            trusts the second one, --finish has it sign the certificate, and the first one is forgotten.
            """
    )

    @Flag(help: "The second CA takes over.")
    var finish = false

    @Flag(help: "The second CA goes, and the first one stays.")
    var cancel = false

    @Option(name: .customLong("ca-cert"), help: ArgumentHelp("Take this CA as the second one.", valueName: "file"))
    var certificate: String?

    @Option(name: .customLong("ca-key"), help: ArgumentHelp("The private key of that CA.", valueName: "file"))
    var key: String?

    @OptionGroup var options: RootOptions

    func validate() throws {
        guard (certificate == nil) == (key == nil) else { throw ValidationError("Give both --ca-cert and --ca-key.") }
        if [finish, cancel, certificate != nil].count(where: { $0 }) > 1 {
            throw ValidationError("Give one of --finish, --cancel, and --ca-cert with --ca-key.")
        }
    }

    func run() throws {
        try CertificateRun.run(options) { store, request in
            var request = request
            if finish {
                request.change = .finishRotation
            } else if cancel {
                request.change = .cancelRotation
            } else {
                var given: CertificateAuthority?
                let status = try CertificateRun.told(options, .badData) {
                    given = try authority(now: request.now)
                    return .ok
                }
                guard status == .ok else { return status }
                request.change = .beginRotation(given)
            }
            guard try CertificateRun.hasAuthority(store) else { return .failed }
            let outcome = try store.ensure(request)
            try CertificateOutcome.tell(outcome, json: options.json)
            if !options.json { for line in lines(outcome) { Console.data(line) } }
            return .ok
        }
    }

    private func lines(_ outcome: PKIStore.Outcome) -> [String] {
        guard let next = outcome.next else {
            let what = cancel ? "the CA stays" : "the CA is now"
            return ["\(what) \(outcome.authority.subject)", "SHA-256 \(outcome.authority.fingerprint)"]
        }
        let isNew = outcome.isChanged
        let words = [
            "the second CA is \(isNew ? "" : "there already: ")\(next.subject)", "SHA-256 \(next.fingerprint)",
        ]
        let warning =
            "clients that trust only the second CA are refused until then: they must trust both until --finish"
        return words + [
            "give both to the clients: appliance-net cert export; then: appliance-net cert rotate-ca --finish"
        ] + (outcome.isNextEnough ? [] : [warning])
    }

    private func authority(now: CertificateClock.Reading) throws -> CertificateAuthority? {
        guard let certificate, let key else { return nil }
        func source(_ path: String) throws -> PEMSource {
            .given(path, String(decoding: try AtomicFile.read(path, limit: 1 << 20), as: UTF8.self))
        }
        let authority = try PEMIntake.authority(certificate: source(certificate), key: source(key), now: now)
        CertificateRun.say(PEMIntake.remarks(authority, of: certificate))
        return authority
    }
}
