internal import Addresses
internal import FoundationEssentials
internal import X509

/// Whether certificates that an admin gave serve their purpose.
struct CertificateChecks {
    private let source: PEMSource
    /// nil: dates are not looked at.
    private let now: CertificateClock.Reading?

    init(_ source: PEMSource, now: CertificateClock.Reading?) {
        self.source = source
        self.now = now
    }

    /// Whether a certificate may act as CA.
    func authority(_ own: EncodedCertificate, _ chain: [EncodedCertificate]) -> [PKIError.Problem] {
        var problems: [PKIError.Problem] = []
        if !PEMIntake.mayIssue(own.certificate) {
            let problem = source.problem(
                "the certificate \(own.subject) is not a CA certificate (basicConstraints CA:TRUE, keyUsage keyCertSign)",
                remedy: "give the certificate of a CA that may sign others, with its key"
            )
            problems.append(problem)
        }
        problems += dates(own, remedy: "CA certificate")
        return problems + self.chain([own] + chain, leaves: 1)
    }

    /// Whether a certificate may act as server.
    func server(_ own: EncodedCertificate, _ chain: [EncodedCertificate]) -> [PKIError.Problem] {
        var problems: [PKIError.Problem] = []
        if case .isCertificateAuthority = try? own.certificate.extensions.basicConstraints {
            let problem = source.problem(
                "the certificate \(own.subject) is a CA certificate, not that of a server",
                remedy: "give it as appliance.ca_cert, with its key as appliance.ca_cert_key"
            )
            problems.append(problem)
        }
        if let usage = try? own.certificate.extensions.extendedKeyUsage,
            !usage.contains(where: { $0 == .serverAuth || $0 == .any })
        {
            let problem = source.problem(
                "the certificate \(own.subject) may not be used by a server (its extendedKeyUsage has no serverAuth)",
                remedy: "have one made with extendedKeyUsage serverAuth"
            )
            problems.append(problem)
        }
        problems += dates(own, remedy: "certificate")
        return problems + self.chain([own] + chain, leaves: 0)
    }

    /// - Parameters:
    ///   - certificates: From below.
    ///   - leaves: How many certificates come below the first one.
    private func chain(_ certificates: [EncodedCertificate], leaves: Int) -> [PKIError.Problem] {
        var problems: [PKIError.Problem] = []
        for (index, certificate) in certificates.enumerated() {
            // What a root says of itself nobody verifies.
            if let raw = RawCertificate(certificate.der), let words = raw.weakSignature, !certificate.isSelfSigned {
                let problem = source.problem(
                    "the certificate \(certificate.subject) is signed with \(words), which clients refuse",
                    remedy: "have its issuer sign it anew with SHA-256"
                )
                problems.append(problem)
            }
            guard index > 0 else { continue }
            problems += dates(certificate, remedy: "chain")
            if !PEMIntake.mayIssue(certificate.certificate) {
                let problem = source.problem(
                    "the certificate \(certificate.subject) signed another and is no CA certificate",
                    remedy: "give the right chain"
                )
                problems.append(problem)
            }
            let between = index - 1 + leaves
            if case .isCertificateAuthority(let limit?) = try? certificate.certificate.extensions.basicConstraints,
                limit < between
            {
                let problem = source.problem(
                    "the CA \(certificate.subject) allows \(limit) CAs below itself, and there are \(between)",
                    remedy: "give a CA that it may sign, or have the limit (pathlen) raised"
                )
                problems.append(problem)
            }
        }
        return problems
    }

    private func dates(_ own: EncodedCertificate, remedy thing: String) -> [PKIError.Problem] {
        guard let now else { return [] }
        let certificate = own.certificate
        var problems: [PKIError.Problem] = []
        if now.time >= certificate.notValidAfter {
            let problem = source.problem(
                "the certificate \(own.subject) expired on \(Validity.text(certificate.notValidAfter))"
                    + " (the clock says \(Validity.text(now.time)))",
                remedy: "check the clock, or give a \(thing) that is still valid"
            )
            problems.append(problem)
        }
        // A clock that was never set says nothing, and one in the wrong time zone is off by hours only.
        if now.isTrusted, now.time + Validity.backdating < certificate.notValidBefore {
            let problem = source.problem(
                "the certificate \(own.subject) is not valid before \(Validity.text(certificate.notValidBefore))"
                    + " (the clock says \(Validity.text(now.time)))",
                remedy: "check the clock, or give a \(thing) that is valid already"
            )
            problems.append(problem)
        }
        return problems
    }

    /// So long before its end a certificate that nobody renews by itself is spoken of.
    private static let notice = 30 * Validity.day

    /// What is not as it should be with a server certificate that can be used all the same.
    static func remarks(
        _ server: ServerCertificate,
        _ names: ServerNames,
        of source: String,
        now: CertificateClock.Reading
    ) -> [PKIError.Problem] {
        var remarks: [PKIError.Problem] = []
        let end = server.notValidAfter
        if now.time + notice >= end {
            let words = now.time >= end ? "expired" : "expires"
            remarks.append(
                PKIError.Problem(
                    source,
                    "it \(words) on \(Validity.text(end)), and an admin provided it: it is not renewed by itself",
                    remedy: "give a new one, or run appliance-net cert renew --own"
                )
            )
        }
        let found = ServerNames.names(of: server.leaf.certificate)
        let missing =
            names.addresses.filter { !$0.isLoopback && !found.addresses.contains($0) }.map { "\($0)" }
            + names.names.prefix(1).filter { !found.names.contains($0) }
        if !missing.isEmpty {
            remarks.append(
                PKIError.Problem(
                    source,
                    "it is not valid for \(missing.joined(separator: ", "))",
                    remedy: "have one made with subjectAltName for every name and address that clients use"
                )
            )
        }
        return remarks + self.remarks([server.leaf] + server.chain, of: source)
    }

    /// - Parameter chain: From below. Clients that are given what comes with it go no further up than it does.
    static func remarks(_ chain: [EncodedCertificate], of source: String) -> [PKIError.Problem] {
        guard let top = chain.last, !top.isSelfSigned else { return [] }
        return [
            PKIError.Problem(
                source,
                "the certificate of \(top.certificate.issuer.description) above \(top.subject) is missing",
                remedy: "give the whole chain, or make sure that every client trusts what is missing"
            )
        ]
    }
}

extension EncodedCertificate {
    fileprivate var subject: String { certificate.subject.description }
}
