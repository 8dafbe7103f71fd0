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
    }

    /// What is in `ca.crt` now: what clients that were given it trust. What cannot be read is not.
    var published: [EncodedCertificate] {
        var ignored: [PKIError.Problem] = []
        return files[PKIPaths.caCertificate].map {
            PEMIntake.certificates(in: .file(PKIPaths.caCertificate, $0), &ignored)
        } ?? []
    }

    /// Clients cannot have been given the CA that is to come where `ca.crt`, as it is now, lacks it.
    func requirePublished(_ next: CertificateAuthority) throws(PKIError) {
        if published.contains(next.certificate) { return }
        throw PKIError(
            PKIPaths.caCertificate,
            "it lacks the second CA (SHA-256 \(next.fingerprint)): clients that were given it would be refused",
            remedy:
                "run appliance-net cert rotate-ca, which adds it, and give both to the clients: appliance-net cert export"
        )
    }
}
