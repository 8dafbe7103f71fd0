internal import Diagnostics
internal import FoundationEssentials
internal import PKI

/// What a command has changed, as text and as JSON.
enum CertificateOutcome {
    static func tell(_ outcome: PKIStore.Outcome, json: Bool) throws {
        for words in outcome.files.compactMap({ $0.words }) { Console.say(words) }
        if json { try Console.json(Result(outcome)) }
    }

    private struct Result: Encodable {
        /// Fingerprints.
        var ca: String
        var nextCA: String?
        /// Whether a client that trusts only the next CA accepts the API's certificate already; null without one.
        var isNextEnough: Bool?
        var server: String
        /// RFC 3339, UTC: the end of the server certificate.
        var notAfter: String
        /// Why it was issued.
        var issued: String?
        var changed: [String]

        init(_ outcome: PKIStore.Outcome) {
            ca = outcome.authority.fingerprint
            nextCA = outcome.next?.fingerprint
            isNextEnough = outcome.next.map { _ in outcome.isNextEnough }
            server = outcome.server.fingerprint
            notAfter = UTCTime(outcome.server.notValidAfter).rfc3339
            issued = outcome.issued?.words
            changed = outcome.files.filter { $0.outcome != .unchanged }.map { $0.path }
        }

        enum CodingKeys: String, CodingKey {
            case ca
            case nextCA = "next_ca"
            case isNextEnough = "next_ca_suffices"
            case server
            case notAfter = "not_after"
            case issued
            case changed
        }
    }
}
