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
}
