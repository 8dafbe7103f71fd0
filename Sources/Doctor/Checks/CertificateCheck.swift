internal import Diagnostics
internal import Explanation
internal import Files
internal import FoundationEssentials
internal import NetworkFiles
internal import PKI

/// The Data Plane API's certificate is valid, for the appliance's names and addresses, and belongs to its key.
struct CertificateCheck: DoctorCheck {
    static let name = "certificate"

    func findings(_ context: DoctorContext) throws -> [Finding] {
        guard let configuration = context.configuration else { return DoctorContext.unreadable(Self.name) }
        let store = PKIStore(root: context.root)
        let state: PKIStore.Examination?
        do {
            state = try store.examine(try Self.request(configuration))
        } catch let error as PKIError {
            return error.problems.map { Finding(.failed, $0.subject, $0.message, remedy: $0.remedy) }
        }
        guard let state else {
            let remedy = "run appliance-net firstboot: it makes a CA, which clients must trust"
            return [Finding(.failed, "ca", "there is no CA in \(PKIPaths.caCertificate)", remedy: remedy)]
        }
        var findings = [Self.authority(state.authority)]
        let expires = state.server?.notAfter
        if let reason = state.reason {
            let isExpired = expires.map { $0 < CertificateClock.now().time } ?? true
            let isDue = reason == .age && !isExpired
            let words =
                isDue ? "it is due for renewal, as \(reason.words)" : "it must be issued anew, because \(reason.words)"
            findings.append(
                Finding(
                    isDue ? .warning : .failed,
                    PKIPaths.serverCertificate,
                    words,
                    remedy: "doctor --fix issues it under the same CA, or appliance-net cert renew"
                )
            )
        } else if let expires, state.remarks.isEmpty {
            let days = Self.days(expires)
            findings.append(
                .ok(PKIPaths.serverCertificate, "belongs to its key, names this appliance, \(days) days left")
            )
        }
        findings += state.remarks.map { Finding(.warning, $0.subject, $0.message, remedy: $0.remedy) }
        if let lack = state.publication {
            findings.append(
                Finding(.warning, lack.subject, lack.message, remedy: "doctor --fix puts it right; or " + lack.remedy)
            )
        } else if state.next != nil {
            findings.append(.ok("ca", "a second one is to take over: appliance-net cert rotate-ca --finish"))
        }
        return findings
    }

    private static func days(_ end: Date) -> Int { Int(end.timeIntervalSince(CertificateClock.now().time) / 86400) }

    private static func authority(_ authority: CertificateFacts) -> Finding {
        let days = days(authority.notAfter)
        if days > 90 { return .ok("ca", "\(days) days left") }
        return Finding(
            days > 0 ? .warning : .failed,
            "ca",
            days > 0 ? "\(days) days left" : "it has expired",
            remedy: "appliance-net cert rotate-ca makes the next one, which clients are to trust before this one ends"
        )
    }

    /// Issues the server certificate anew, under the CA that is there: who trusts it, trusts the new one. What clients are
    /// given has both CAs while there are two.
    func fix(_ context: DoctorContext) throws -> [String] {
        guard let configuration = context.configuration else { return [] }
        let store = PKIStore(root: context.root)
        let request = try Self.request(configuration)
        guard let state = try store.examine(request), state.reason != nil || state.publication != nil else { return [] }
        return try store.ensure(request).files.filter { $0.outcome != .unchanged }.map { "wrote \($0.path)" }
    }

    private static func request(_ configuration: NetworkConfiguration) throws -> CertificateRequest {
        try CertificateRequest(configuration, now: CertificateClock.now())
    }
}
