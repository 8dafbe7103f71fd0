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
    ///   - now: The time, for the dates of the certificates; nil leaves them unchecked.
    /// - Throws: ``PKIError`` with every problem of both texts.
    public static func authority(
        certificate: PEMSource,
        key: PEMSource,
        now: CertificateClock.Reading?
    ) throws(PKIError) -> CertificateAuthority {
        let pair = try pair(certificate, key) { mayIssue($0.certificate) }
        let chain = issuers(of: pair.own, among: pair.certificates)
        let problems = CertificateChecks(certificate, now: now).authority(pair.own, chain)
        guard problems.isEmpty else { throw PKIError(problems) }
        return CertificateAuthority(certificate: pair.own, chain: chain, key: pair.key)
    }

    /// The server's own certificate out of the certificate and its private key; repaired as for ``authority``.
    ///
    /// - Parameters:
    ///   - certificate: The certificate, with its chain.
    ///   - key: Its private key.
    ///   - now: The time, for the dates of the certificate.
    /// - Throws: ``PKIError`` with every problem of both texts.
    public static func server(
        certificate: PEMSource,
        key: PEMSource,
        now: CertificateClock.Reading?
    ) throws(PKIError) -> ServerCertificate {
        let pair = try pair(certificate, key) { !mayIssue($0.certificate) }
        let chain = issuers(of: pair.own, among: pair.certificates)
        let problems = CertificateChecks(certificate, now: now).server(pair.own, chain)
        guard problems.isEmpty else { throw PKIError(problems) }
        return ServerCertificate(leaf: pair.own, chain: chain, key: pair.key)
    }

    /// What is not as it should be with a server certificate that can be used all the same.
    public static func remarks(
        _ server: ServerCertificate,
        _ names: ServerNames,
        of source: String = PKIPaths.serverCertificate,
        now: CertificateClock.Reading
    ) -> [PKIError.Problem] {
        CertificateChecks.remarks(server, names, of: source, now: now)
    }

    /// What is not as it should be with a CA that can be used all the same.
    public static func remarks(_ authority: CertificateAuthority, of source: String) -> [PKIError.Problem] {
        CertificateChecks.remarks(authority.certificates, of: source)
    }

    /// The key, the certificate that it belongs to, and all that came with it.
    private static func pair(
        _ certificate: PEMSource,
        _ key: PEMSource,
        preferring isRight: (EncodedCertificate) -> Bool
    ) throws(PKIError) -> (own: EncodedCertificate, key: Certificate.PrivateKey, certificates: [EncodedCertificate]) {
        var problems: [PKIError.Problem] = []
        let certificates = certificates(in: certificate, &problems)
        let keys = keys(in: key, &problems)
        guard problems.isEmpty else { throw PKIError(problems) }
        for candidate in keys {
            let matching = certificates.filter { $0.certificate.publicKey == candidate.publicKey }
            guard let own = matching.first(where: isRight) ?? matching.first else { continue }
            return (own, candidate, certificates)
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
        if scan.blocks.contains(where: { $0.kind.isPrivateKey }), source.origin.isPasted {
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
            } else if let words = RawCertificate(block.bytes)?.unusableKey {
                let remedy = "have a certificate made for an RSA key of 2048 bits or more, or for a P-256 key"
                problems.append(source.problem("it has a certificate with \(words)", remedy: remedy))
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

    static func mayIssue(_ certificate: Certificate) -> Bool {
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
