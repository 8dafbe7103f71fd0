internal import Glibc

/// What is to be on disk, worked out before anything is written.
struct PKIPlan: Sendable {
    enum Step: Sendable {
        /// Content, mode, and who owns it; nil: whoever runs this.
        case write(String, [UInt8], mode: mode_t, owner: PKIStore.Owner?)
        case link
        case remove(String)
    }

    /// In their order: after each of them the files can be used, and another run finishes.
    var steps: [Step]
    var authority: CertificateAuthority
    /// The CA that is to come, while there are two.
    var next: CertificateAuthority?
    /// Whether a client that trusts only the one that is to come accepts the server.
    var isNextEnough: Bool
    var server: ServerCertificate
    /// Whether an admin provided the server certificate.
    var isServerProvided: Bool
    /// Why the server certificate is issued; nil if it is kept.
    var reason: IssueReason?
    /// What clients should trust.
    var trust: [EncodedCertificate]
    /// What is wrong with what clients were given before, while there are two CAs.
    var publication: PKIError.Problem?
}
