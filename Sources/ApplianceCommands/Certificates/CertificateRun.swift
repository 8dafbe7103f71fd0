internal import Diagnostics
internal import FoundationEssentials
internal import NetworkFiles
internal import PKI

/// What the commands on certificates share.
enum CertificateRun {
    /// Runs `body` with the store and with what the files want of it; problems of certificates are printed.
    static func run(
        _ options: RootOptions,
        _ body: (PKIStore, CertificateRequest) throws -> ExitStatus
    ) throws {
        try NetworkCommand.guarded(json: options.json) {
            let configuration = try NetworkConfiguration.load(options.directory)
            return try told(options) {
                let request = try CertificateRequest(configuration, now: CertificateClock.now())
                return try body(PKIStore(root: options.directory), request)
            }
        }
    }

    /// Whether there is a CA; where there is none, that is told.
    static func hasAuthority(_ store: PKIStore) throws -> Bool {
        if try store.hasAuthority { return true }
        Console.say("there is no CA\n    remedy: run appliance-net firstboot")
        return false
    }

    static func say(_ remarks: [PKIError.Problem]) {
        for remark in remarks { Console.say("\(remark.subject): \(remark.message)\n    remedy: \(remark.remedy)") }
    }

    /// Runs `body`; problems of certificates are printed and end it with `status`.
    static func told(
        _ options: RootOptions,
        _ status: ExitStatus = .failed,
        _ body: () throws -> ExitStatus
    ) throws -> ExitStatus {
        do {
            return try body()
        } catch let error as PKIError {
            if options.json { try Console.json(ProblemsJSON(error.diagnostics)) }
            Console.say(error.diagnostics)
            return status
        }
    }
}

extension PKIError {
    fileprivate var diagnostics: [Diagnostic] {
        problems.map { Diagnostic(.error, "\($0.subject): \($0.message)", remedy: $0.remedy) }
    }
}

/// One certificate as `--json` shows it.
struct CertificateJSON: Encodable {
    var subject: String
    var issuer: String
    /// SHA-256, as openssl prints it.
    var fingerprint: String
    /// RFC 3339, UTC.
    var notBefore: String
    var notAfter: String
    var key: String
    var names: [String]
    var addresses: [String]

    init(_ facts: CertificateFacts) {
        subject = facts.subject
        issuer = facts.issuer
        fingerprint = facts.fingerprint
        notBefore = UTCTime(facts.notBefore).rfc3339
        notAfter = UTCTime(facts.notAfter).rfc3339
        key = facts.key
        names = facts.names
        addresses = facts.addresses.map { "\($0)" }
    }

    enum CodingKeys: String, CodingKey {
        case subject
        case issuer
        case fingerprint
        case notBefore = "not_before"
        case notAfter = "not_after"
        case key
        case names
        case addresses
    }
}
