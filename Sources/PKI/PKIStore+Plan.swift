internal import Crypto
internal import Files
internal import FoundationEssentials
internal import X509

/// What should be on disk, worked out before anything is written.
extension PKIStore {
    struct CAPlan {
        var authority: CertificateAuthority
        /// The files' content. What is kept is kept byte for byte.
        var certificate: [UInt8]
        var key: [UInt8]

        init(keeping authority: CertificateAuthority, certificate: String, key: String) {
            self.authority = authority
            self.certificate = Array(certificate.utf8)
            self.key = Array(key.utf8)
        }

        init(writing authority: CertificateAuthority) throws {
            self.authority = authority
            self.certificate = Array(authority.certificatePEM.utf8)
            self.key = Array(try authority.keyPEM.utf8)
        }
    }

    func caPlan(provided: CertificateAuthority?, hostName: String, now: Date) throws -> CAPlan {
        let certificateText = try read(PKIPaths.caCertificate)
        if let provided {
            if let certificateText, let keyText = try read(PKIPaths.caKey),
                let stored = try? stored(certificateText, keyText, now: now), stored.isSame(as: provided)
            {
                return CAPlan(keeping: stored, certificate: certificateText, key: keyText)
            }
            return try CAPlan(writing: provided)
        }
        switch (certificateText, try keyText(for: certificateText, now: now)) {
        case (nil, nil):
            return try CAPlan(writing: CertificateAuthority.make(hostName: hostName, now: now))
        case (nil, let keyText?):
            // The state between the two writes: the key is there, its certificate is not.
            var problems: [PKIError.Problem] = []
            let keys = PEMIntake.keys(in: .file(PKIPaths.caKey, keyText), &problems)
            guard let key = keys.first, problems.isEmpty else { throw PKIError(problems) }
            var plan = try CAPlan(writing: CertificateAuthority.make(hostName: hostName, key: key, now: now))
            plan.key = Array(keyText.utf8)
            return plan
        case (_?, nil):
            throw PKIError(
                PKIPaths.caKey,
                "the private key of the CA in \(PKIPaths.caCertificate) is missing",
                remedy:
                    "put it back, or remove \(PKIPaths.caCertificate) to have a new CA made, which clients must trust"
            )
        case (let certificateText?, let keyText?):
            let authority = try stored(certificateText, keyText, now: now)
            return CAPlan(keeping: authority, certificate: certificateText, key: keyText)
        }
    }

    /// The CA's key: ours, or the one that lies where the old appliance had it.
    ///
    /// A regular file in the place of the link is a key from before the upgrade, or one that an admin put there by the
    /// old runbook. It is taken over if it belongs to the certificate.
    private func keyText(for certificateText: String?, now: Date) throws -> String? {
        let own = try read(PKIPaths.caKey)
        guard try AtomicFile.linkTarget(of: root[PKIPaths.caKeyLink]) == nil,
            let loose = try read(PKIPaths.caKeyLink), loose != own
        else { return own }
        guard own != nil else { return loose }
        if let certificateText, (try? stored(certificateText, loose, now: now)) != nil { return loose }
        throw PKIError(
            PKIPaths.caKeyLink,
            "it is a file with another key than \(PKIPaths.caKey), which it should be a link to",
            remedy: "remove it, or put the CA certificate it belongs to into \(PKIPaths.caCertificate)"
        )
    }

    private func stored(_ certificate: String, _ key: String, now: Date) throws(PKIError) -> CertificateAuthority {
        try PEMIntake.authority(
            certificate: .file(PKIPaths.caCertificate, certificate),
            key: .file(PKIPaths.caKey, key),
            now: now
        )
    }

    struct ServerPlan {
        var server: ServerCertificate
        /// The key file's content.
        var key: [UInt8]
        /// nil: kept.
        var reason: IssueReason?
    }

    func serverPlan(authority: CertificateAuthority, names: ServerNames, now: Date) throws -> ServerPlan {
        let certificateText = try read(PKIPaths.serverCertificate)
        let keyText = try read(PKIPaths.serverKey)
        // Problems of these two files need no report: whatever is wrong with them is replaced.
        var ignored: [PKIError.Problem] = []
        let leaf = certificateText.flatMap {
            PEMIntake.certificates(in: .file(PKIPaths.serverCertificate, $0), &ignored).first
        }
        let key = keyText.flatMap { PEMIntake.keys(in: .file(PKIPaths.serverKey, $0), &ignored).first }
        let reason: IssueReason?
        if let leaf, let key {
            reason = ServerCertificate.reasonToIssue(leaf: leaf, key: key, authority: authority, names: names, now: now)
            if reason == nil {
                let server = ServerCertificate(
                    leaf: leaf,
                    chain: [authority.certificate] + authority.chain,
                    key: key
                )
                return ServerPlan(server: server, key: Array((keyText ?? "").utf8), reason: nil)
            }
        } else {
            reason = certificateText == nil ? .missing : keyText == nil ? .keyMismatch : .unreadable
        }
        // With the key kept, a daemon that reads both files at any moment finds a pair that belongs together.
        if let key, let keyText, reason != .age, P256.Signing.PublicKey(key.publicKey) != nil {
            let server = try authority.issue(for: names, key: key, now: now)
            return ServerPlan(server: server, key: Array(keyText.utf8), reason: reason)
        }
        let server = try authority.issue(for: names, now: now)
        return ServerPlan(server: server, key: Array(try server.keyPEM.utf8), reason: reason)
    }
}
