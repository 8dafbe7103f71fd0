internal import X509

extension PKIPlanner {
    /// The CAs, and how it stands with them.
    struct Authorities {
        var current: CertificateAuthority
        /// The content of its key's file, which is kept byte for byte.
        var key: String
        var next: CertificateAuthority?
        /// The certificate by which `next` vouches for `current`.
        var voucher: EncodedCertificate?
        /// The list of what clients trust is made anew, and nothing is in it that is not needed.
        var isTrustFresh = false
        /// The new CA has taken over: the server's certificate goes before the trust in the former one.
        var isFinishing = false

        /// The content of `next.crt`: the second CA, its word for the CA, and a copy of the CA, in case it is lost in
        /// `ca.crt`. One below the second CA looks like that word, and is not kept.
        var toKeepWithNext: [EncodedCertificate] {
            guard let next else { return [] }
            var result = next.certificates + (voucher.map { [$0] } ?? [])
            if current.certificate.isSigned(by: next.certificate) { return result }
            for certificate in current.certificates where !result.contains(certificate) { result.append(certificate) }
            return result
        }
    }

    /// What is in `ca.crt` now: what clients that were given it trust. What cannot be read is not.
    var published: [EncodedCertificate] {
        var ignored: [PKIError.Problem] = []
        return files[PKIPaths.caCertificate].map {
            PEMIntake.certificates(in: .file(PKIPaths.caCertificate, $0), &ignored)
        } ?? []
    }

    /// The content of `next.crt`.
    var keptWithNext: [EncodedCertificate] {
        var ignored: [PKIError.Problem] = []
        return files[PKIPaths.nextCertificate].map {
            PEMIntake.certificates(in: .file(PKIPaths.nextCertificate, $0), &ignored)
        } ?? []
    }

    /// The CA whose key this is. While there are two, a copy of its certificate is kept with the second one.
    func stored(_ certificate: String, _ key: String) throws(PKIError) -> CertificateAuthority {
        // One that has expired has to be replaced, which it must not stand in the way of.
        let mayBeExpired =
            switch request.change {
            case .beginRotation, .finishRotation: true
            case nil, .renew, .cancelRotation: request.authority != nil
            }
        return try PEMIntake.authority(
            certificate: .file(PKIPaths.caCertificate, try candidates(certificate, key) ?? certificate),
            key: .file(PKIPaths.caKey, key),
            now: mayBeExpired ? nil : request.now
        )
    }

    /// What the CA's certificate may be among, while there are two: those of `ca.crt`, and those that are kept. What the
    /// second CA has issued for that key is not the CA: clients do not have it, and it is worth nothing without the second.
    ///
    /// - Returns: nil where there is no second CA, or where the key is the second one's.
    private func candidates(_ certificate: String, _ key: String) throws(PKIError) -> String? {
        let kept = keptWithNext
        var problems: [PKIError.Problem] = []
        let keys = PEMIntake.keys(in: .file(PKIPaths.caKey, key), &problems)
        guard let next = kept.first, !keys.isEmpty else { return nil }
        func belongs(_ certificate: EncodedCertificate) -> Bool {
            keys.contains { $0.publicKey == certificate.certificate.publicKey }
        }
        let all = PEMIntake.certificates(in: .file(PKIPaths.caCertificate, certificate + kept.pem), &problems)
        guard problems.isEmpty else { throw PKIError(problems) }
        if belongs(next) { return all.pem }
        func isVoucher(_ certificate: EncodedCertificate) -> Bool {
            belongs(certificate) && certificate.isSigned(by: next)
        }
        // One that is not kept is the CA itself where an admin gave the CA above it as the second one.
        let hasOwn = all.contains { belongs($0) && !isVoucher($0) }
        let found = all.filter { !isVoucher($0) || !hasOwn && !kept.contains($0) }
        guard found.contains(where: belongs) else {
            throw PKIError(
                PKIPaths.caCertificate,
                "it lacks the certificate of the CA whose key is in \(PKIPaths.caKey), and no copy of it is kept here",
                remedy: "put it back from a backup (appliance-net restore FILE), or from a client that trusts it"
            )
        }
        return found.pem
    }

    /// What is wrong with `ca.crt`, as it is now, while there are two CAs.
    ///
    /// - Parameter first: What it is to begin with.
    func publication(_ authorities: Authorities, _ first: EncodedCertificate? = nil) -> PKIError.Problem? {
        guard let next = authorities.next else { return nil }
        let present = published
        let missing = [("the CA", authorities.current), ("the second CA", next)]
            .filter { !present.contains($0.1.certificate) }
        let message: String
        if !missing.isEmpty {
            let names = missing.map { "\($0.0) (SHA-256 \($0.1.fingerprint))" }.joined(separator: " and ")
            let isNextThere = present.contains(next.certificate)
            let meaning = isNextThere ? "clients are to be given both" : "clients that were given it would be refused"
            message = "it lacks \(names): \(meaning)"
        } else if let first, present.first != first {
            message = "it does not begin with SHA-256 \(first.fingerprint), as it is to"
        } else if let voucher = authorities.voucher, present.contains(voucher) {
            message =
                "it holds the certificate by which the second CA vouches for the CA, which clients are not to trust"
        } else {
            return nil
        }
        return PKIError.Problem(
            PKIPaths.caCertificate,
            message,
            remedy:
                "run appliance-net cert rotate-ca, which puts it right, and give both to the clients: appliance-net cert export"
        )
    }
}
