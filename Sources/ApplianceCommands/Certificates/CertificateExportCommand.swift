internal import ArgumentParser
internal import Files
internal import FoundationEssentials
internal import PKI

/// `appliance-net cert export`: what clients are to trust.
struct CertificateExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Print the CA certificate for the clients, as PEM; two while one CA follows the other.",
        discussion: "There is never a key in it."
    )

    @Flag(help: "The API's own certificate with its chain instead.")
    var server = false

    @Flag(help: "One line of base64, as guestinfo has it.")
    var base64 = false

    @Option(help: ArgumentHelp("Write to a file instead of standard output.", valueName: "file"))
    var out: String?

    @OptionGroup var options: RootOptions

    func validate() throws { try OutputFile.check(out) }

    func run() throws {
        try NetworkCommand.guarded(json: options.json) {
            try CertificateRun.told(options) {
                let store = PKIStore(root: options.directory)
                guard let trust = try store.trust(), let pem = try server ? store.serverCertificate() : trust.pem else {
                    Console.say("there is no certificate\n    remedy: run appliance-net firstboot")
                    return .failed
                }
                let text = base64 ? Data(pem.utf8).base64EncodedString() + "\n" : pem
                if let out {
                    try AtomicFile.replace(out, with: text)
                } else if !options.json {
                    Console.data(String(text.dropLast(text.hasSuffix("\n") ? 1 : 0)))
                }
                if options.json { try Console.json(Result(pem: pem, fingerprints: server ? nil : trust.fingerprints)) }
                return .ok
            }
        }
    }

    private struct Result: Encodable {
        var pem: String
        var fingerprints: [String]?
    }
}
