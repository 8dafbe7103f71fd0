public import FoundationEssentials
internal import X509

/// Certificates and keys as admins give them, repaired and checked.
public enum PEMIntake {
    /// A CA out of a certificate and its private key.
    ///
    /// Repairs what text fields do: newlines turned into spaces, doubled or stripped, CRLF, text around the blocks, the
    /// whole in base64. Keys may be PKCS#1, PKCS#8 or SEC1; RSA, P-256, P-384, P-521 or Ed25519. Of several
    /// certificates the one that the key belongs to is the CA; its issuers are its chain, in whatever order they came,
    /// and others are left out.
    ///
    /// - Parameters:
    ///   - certificate: The certificate, with its chain if it has one.
    ///   - key: Its private key.
    ///   - now: The time, for the dates of the certificate.
    /// - Throws: ``PKIError`` with every problem of both texts.
    public static func authority(
        certificate: PEMSource,
        key: PEMSource,
        now: Date
    ) throws(PKIError) -> CertificateAuthority {
        var problems: [PKIError.Problem] = []
        let certificates = certificates(in: certificate, &problems)
        let keys = keys(in: key, &problems)
        guard problems.isEmpty else { throw PKIError(problems) }

        for candidate in keys {
            let matching = certificates.filter { $0.certificate.publicKey == candidate.publicKey }
            guard let own = matching.first(where: { mayIssue($0.certificate) }) ?? matching.first else { continue }
            problems = check(own, certificate, now: now)
            guard problems.isEmpty else { throw PKIError(problems) }
            return CertificateAuthority(
                certificate: own,
                chain: issuers(of: own, among: certificates),
                key: candidate
            )
        }
        let subjects = certificates.map { $0.certificate.subject.description }.joined(separator: " and ")
        let kinds = keys.map { kind($0) }.joined(separator: " and ")
        let problem = key.problem(
            "the \(kinds) key does not belong to the certificate \(subjects) in \(certificate.name)",
            give: "the private key of that certificate"
        )
        throw PKIError([problem])
    }

    /// The certificates of a text; problems are appended.
    static func certificates(in source: PEMSource, _ problems: inout [PKIError.Problem]) -> [EncodedCertificate] {
        let wanted = "the whole certificate"
        let scan = PEMScanner(source.text)
        problems += scan.defects.map { source.problem("it \($0)", give: wanted) }
        if scan.blocks.contains(where: { $0.kind.isPrivateKey }), source.origin == .pasted {
            let problem = source.problem(
                "it holds a private key, which does not belong into a field that is not kept secret",
                remedy: "paste the key into the field of the private key only"
            )
            problems.append(problem)
            return []
        }
        var found: [EncodedCertificate] = []
        for block in scan.blocks where block.kind == .certificate {
            if let certificate = try? EncodedCertificate(der: block.bytes) {
                if !found.contains(certificate) { found.append(certificate) }
            } else {
                problems.append(source.problem("it has a certificate that cannot be decoded", give: wanted))
            }
        }
        if found.isEmpty, problems.isEmpty {
            problems.append(source.problem("it holds \(content(scan)) instead of a certificate", give: wanted))
        }
        return found
    }

    /// The private keys of a text; problems are appended.
    static func keys(in source: PEMSource, _ problems: inout [PKIError.Problem]) -> [Certificate.PrivateKey] {
        let wanted = "the whole private key"
        let scan = PEMScanner(source.text)
        var mine = scan.defects.map { source.problem("it \($0)", give: wanted) }
        var found: [Certificate.PrivateKey] = []
        for block in scan.blocks where block.kind.isPrivateKey {
            do throws(PrivateKeyParser.Failure) {
                found.append(try PrivateKeyParser.parse(block))
            } catch {
                mine.append(problem(of: source, block.kind, error))
            }
        }
        if found.isEmpty, mine.isEmpty {
            mine.append(source.problem("it holds \(content(scan)) instead of a private key", give: wanted))
        }
        problems += mine
        return found
    }

    private static func problem(
        of source: PEMSource,
        _ kind: PEMBlock.Kind,
        _ failure: PrivateKeyParser.Failure
    ) -> PKIError.Problem {
        switch failure {
        case .encrypted:
            source.problem(
                "the private key is encrypted with a passphrase, which nobody can type when the appliance starts",
                remedy: "decrypt it with `openssl pkey -in ca.key -out plain.key` and give plain.key"
            )
        case .foreign(let words):
            source.problem(
                "it holds \(words), which cannot sign certificates here",
                remedy: "give an RSA or EC private key as PKCS#1, PKCS#8 or SEC1"
            )
        case .weak:
            source.problem(
                "the RSA key is shorter than 2048 bits",
                remedy: "make a CA with a key of 2048 bits or more, or an EC key"
            )
        case .unreadable:
            source.problem(
                "\(kind.words) cannot be decoded: it is damaged or of a kind other than RSA, P-256, P-384, P-521, Ed25519",
                remedy: "check it with `openssl pkey -in ca.key -noout -check` and give it whole"
            )
        }
    }

    /// What a text without the wanted block holds instead.
    private static func content(_ scan: PEMScanner) -> String {
        if scan.isEmpty { return "nothing" }
        if scan.isBareBase64 { return "base64 text without BEGIN and END lines" }
        if scan.isPath { return "what looks like the name of a file" }
        if scan.blocks.isEmpty { return "text without any BEGIN line" }
        var words: [String] = []
        for block in scan.blocks where !words.contains(block.kind.words) { words.append(block.kind.words) }
        return words.joined(separator: " and ")
    }

    /// Whether a certificate may act as CA today.
    private static func check(_ own: EncodedCertificate, _ source: PEMSource, now: Date) -> [PKIError.Problem] {
        let certificate = own.certificate
        let subject = certificate.subject.description
        var problems: [PKIError.Problem] = []
        if !mayIssue(certificate) {
            let problem = source.problem(
                "the certificate \(subject) is not a CA certificate (basicConstraints CA:TRUE, keyUsage keyCertSign)",
                remedy: "give the certificate of a CA that may sign others, with its key"
            )
            problems.append(problem)
        }
        if Validity.effective(now) >= certificate.notValidAfter {
            let problem = source.problem(
                "the certificate \(subject) expired on \(Validity.text(certificate.notValidAfter))"
                    + " (the clock says \(Validity.text(now)))",
                remedy: "check the clock, or give a CA certificate that is still valid"
            )
            problems.append(problem)
        }
        // A clock that was never set says nothing, and one in the wrong time zone is off by hours only.
        if Validity.isPlausible(now), now + Validity.backdating < certificate.notValidBefore {
            let problem = source.problem(
                "the certificate \(subject) is not valid before \(Validity.text(certificate.notValidBefore))"
                    + " (the clock says \(Validity.text(now)))",
                remedy: "check the clock, or give a CA certificate that is valid already"
            )
            problems.append(problem)
        }
        return problems
    }

    private static func mayIssue(_ certificate: Certificate) -> Bool {
        guard case .isCertificateAuthority = try? certificate.extensions.basicConstraints else { return false }
        do {
            return try certificate.extensions.keyUsage?.keyCertSign ?? true
        } catch {
            return false
        }
    }

    private static func issuers(
        of certificate: EncodedCertificate,
        among candidates: [EncodedCertificate]
    ) -> [EncodedCertificate] {
        var chain: [EncodedCertificate] = []
        var current = certificate
        while !current.isSigned(by: current),
            let issuer = candidates.first(where: {
                $0 != certificate && !chain.contains($0) && current.isSigned(by: $0)
            })
        {
            chain.append(issuer)
            current = issuer
        }
        return chain
    }

    private static func kind(_ key: Certificate.PrivateKey) -> String {
        String(key.description.prefix { $0 != "." })
    }
}
