internal import Diagnostics
internal import ArgumentParser
internal import PKI

/// `appliance-net cert renew`: a new certificate for the API, now.
struct CertificateRenewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "renew",
        abstract: "Issue the API's certificate anew, with a new key, under the same CA.",
        discussion: "Who trusts the CA trusts the new certificate; nothing is to be done at the clients."
    )

    @Flag(help: "Replace a certificate that was provided (appliance.server_cert) too.")
    var own = false

    @OptionGroup var options: RootOptions

    func run() throws {
        try CertificateRun.run(options) { store, request in
            guard try CertificateRun.hasAuthority(store) else { return .failed }
            var request = request
            request.change = .renew(own: own)
            let outcome = try store.ensure(request)
            try CertificateOutcome.tell(outcome, json: options.json)
            if !options.json {
                Console.data("renewed: valid until \(UTCTime(outcome.server.notValidAfter))")
                Console.data("SHA-256 \(outcome.server.fingerprint)")
            }
            return .ok
        }
    }
}
