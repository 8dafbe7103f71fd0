internal import Diagnostics
internal import Addresses
internal import ArgumentParser
internal import FoundationEssentials
internal import PKI

/// `appliance-net cert show`: what there is, until when, and whether it is right.
struct CertificateShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the CA and the API's certificate; exit 2 if anything is to be done about them.",
        discussion: "Times are UTC. Writes nothing."
    )

    @OptionGroup var options: RootOptions

    func run() throws {
        try CertificateRun.run(options) { store, request in
            guard let state = try store.examine(request) else {
                Console.say(
                    "there is no CA\n    remedy: run appliance-net firstboot: it makes one, which clients must trust"
                )
                return .failed
            }
            if options.json {
                try Console.json(Result(state))
            } else {
                Self.show(state, now: request.now.time)
            }
            let problems = state.problems
            CertificateRun.say(problems)
            if let reason = state.reason {
                Console.say(
                    "the certificate must be issued anew, because \(reason.words)\n    remedy: run appliance-net cert renew"
                )
            }
            return state.reason == nil && problems.isEmpty ? .ok : .pending
        }
    }

    private static func show(_ state: PKIStore.Examination, now: Date) {
        for line in lines("CA", state.authority, now) { Console.data(line) }
        if let next = state.next { for line in lines("next CA", next, now) { Console.data(line) } }
        guard let server = state.server else { return Console.data("server: none") }
        for line in lines("server", server, now) { Console.data(line) }
        let names = server.names + server.addresses.map { "\($0)" }
        Console.data("    valid for \(names.joined(separator: ", "))")
        if state.isServerProvided {
            Console.data("    provided by an admin: not renewed by itself")
        } else {
            Console.data("    signed by \(server.issuer)")
            if let renewal = state.renewal {
                Console.data("    renewed by itself from \(UTCTime(renewal))")
            }
        }
    }

    private static func lines(_ what: String, _ facts: CertificateFacts, _ now: Date) -> [String] {
        let days = Int(facts.notAfter.timeIntervalSince(now) / 86400)
        let (start, end) = (UTCTime(facts.notBefore), UTCTime(facts.notAfter))
        return [
            "\(what): \(facts.subject)", "    SHA-256 \(facts.fingerprint)",
            "    \(facts.key), from \(start) to \(end), \(days) day\(days == 1 ? "" : "s") left",
        ]
    }

    private struct Result: Encodable {
        var ca: CertificateJSON
        var nextCA: CertificateJSON?
        /// Fingerprints of what is in ca.crt.
        var trust: [String]
        var server: CertificateJSON?
        var provided: Bool
        /// When it is renewed by itself.
        var renewal: String?
        /// Why it must be issued anew.
        var due: String?
        var problems: [String]

        init(_ state: PKIStore.Examination) {
            ca = CertificateJSON(state.authority)
            nextCA = state.next.map { CertificateJSON($0) }
            trust = state.trust.map { $0.fingerprint }
            server = state.server.map { CertificateJSON($0) }
            provided = state.isServerProvided
            renewal = state.renewal.map { UTCTime($0).rfc3339 }
            due = state.reason?.words
            problems = state.problems.map { $0.message }
        }

        enum CodingKeys: String, CodingKey {
            case ca
            case nextCA = "next_ca"
            case trust
            case server
            case provided
            case renewal
            case due
            case problems
        }
    }
}
