internal import Addresses
internal import FoundationEssentials
internal import X509

/// Works out the plan: pure, from the files' texts and what is asked for.
///
/// Of the CA two things are the truth: the key in `ca.key`, and the certificate of that key in `ca.crt` or `next.crt`,
/// but never the one by which the second CA vouches for it.
/// `next.crt` says that there are two CAs; when `ca.key` holds the key of the second one, it has taken over, and what is
/// left to do is work that any later run does.
struct PKIPlanner {
    let files: PKIFiles
    let request: CertificateRequest
    private var steps: [PKIPlan.Step] = []

    init(_ files: PKIFiles, _ request: CertificateRequest) {
        self.files = files
        self.request = request
    }

    mutating func plan() throws(PKIError) -> PKIPlan {
        var authorities: Authorities?
        if let provided = request.authority {
            // What cannot be used is replaced by what is given.
            authorities = try? present()
            try take(provided, &authorities)
        } else {
            authorities = try present()
            if authorities == nil { authorities = try made() }
        }
        guard var result = authorities else {
            throw PKIError("CA", "there is none", remedy: "run appliance-net firstboot")
        }
        try change(&result)
        let server = try ServerPlanner(files, request).plan(result)
        let trust = trust(result, server)

        // A rotation may have been begun by a program that kept less.
        if result.next != nil, files[PKIPaths.nextCertificate] != nil, keptWithNext != result.toKeepWithNext {
            write(PKIPaths.nextCertificate, result.toKeepWithNext.pem, 0o644)
        }
        write(PKIPaths.caKey, result.key, 0o600)
        steps.append(.link)
        if !result.isFinishing { write(PKIPaths.caCertificate, trust.text, 0o644) }
        if let mark = server.mark {
            write(PKIPaths.providedServer, mark + "\n", 0o644)
        } else if files[PKIPaths.providedServer] != nil {
            steps.append(.remove(PKIPaths.providedServer))
        }
        let owner = request.serverKeyOwner
        steps.append(.write(PKIPaths.serverKey, Array(server.key.utf8), mode: 0o600, owner: owner))
        write(PKIPaths.serverCertificate, server.server.certificatePEM, 0o644)
        if result.isFinishing { write(PKIPaths.caCertificate, trust.text, 0o644) }
        // The certificate first: a key alone is nothing yet, or nothing any more.
        if result.next == nil {
            for path in [PKIPaths.nextCertificate, PKIPaths.nextKey] where isThere(path) { steps.append(.remove(path)) }
        }
        return PKIPlan(
            steps: steps,
            authority: result.current,
            next: result.next,
            // Of a CA below others, which comes first, clients go no other way.
            isNextEnough: result.voucher != nil && result.current.certificate.isSelfSigned,
            server: server.server,
            isServerProvided: server.mark != nil,
            reason: server.reason,
            trust: trust.certificates,
            publication: publication(result, trust.certificates.first)
        )
    }

    /// Whether a file will be there after the steps so far.
    private func isThere(_ path: String) -> Bool {
        files[path] != nil
            || steps.contains { step in
                if case .write(path, _, _, _) = step { true } else { false }
            }
    }

    private mutating func write(_ path: String, _ text: String, _ mode: UInt32) {
        steps.append(.write(path, Array(text.utf8), mode: mode, owner: nil))
    }

    // MARK: What is there

    func present() throws(PKIError) -> Authorities? {
        guard let current = try currentAuthority() else { return nil }
        var result = Authorities(current: current.authority, key: current.key)
        if case .cancelRotation = request.change {
            // One that cannot be read goes too.
            let next = try? nextAuthority()
            if let next, next.key.publicKey == result.current.key.publicKey {
                throw PKIError(
                    PKIPaths.caKey,
                    "the new CA has taken over already",
                    remedy: "run appliance-net cert rotate-ca --finish"
                )
            }
            return result
        }
        guard let next = try nextAuthority() else { return result }
        if next.key.publicKey == result.current.key.publicKey {
            result.isFinishing = true
            result.isTrustFresh = true
        } else {
            result.next = next
            result.voucher = keptWithNext.first {
                $0.certificate.publicKey == result.current.key.publicKey && $0.isSigned(by: next.certificate)
            }
        }
        return result
    }

    private func currentAuthority() throws(PKIError) -> (authority: CertificateAuthority, key: String)? {
        let certificate = files[PKIPaths.caCertificate]
        let key = try keyText(certificate)
        switch (certificate, key) {
        case (nil, nil): return nil
        case (_?, nil):
            throw PKIError(
                PKIPaths.caKey,
                "the private key of the CA in \(PKIPaths.caCertificate) is missing",
                remedy:
                    "put it back, or remove \(PKIPaths.caCertificate) to have a new CA made, which clients must trust"
            )
        case (nil, let key?) where files[PKIPaths.nextCertificate] == nil:
            // The state between the two writes: the key is there, its certificate is not.
            var problems: [PKIError.Problem] = []
            let keys = PEMIntake.keys(in: .file(PKIPaths.caKey, key), &problems)
            guard let parsed = keys.first, problems.isEmpty else { throw PKIError(problems) }
            let made = try CertificateAuthority.make(
                hostName: request.names.commonName,
                key: parsed,
                now: request.now.time
            )
            return (made, key)
        case (let certificate, let key?):
            return (try stored(certificate ?? "", key), key)
        }
    }

    /// The CA's key: ours, or the one that lies where the old appliance had it.
    ///
    /// A regular file in the place of the link is a key from before the upgrade, or one that an admin put there by the
    /// old runbook. It is taken over if it belongs to the certificate.
    private func keyText(_ certificate: String?) throws(PKIError) -> String? {
        let own = files[PKIPaths.caKey]
        guard !files.hasLink, let loose = files[PKIPaths.caKeyLink], loose != own else { return own }
        guard own != nil else { return loose }
        if let certificate, (try? stored(certificate, loose)) != nil { return loose }
        throw PKIError(
            PKIPaths.caKeyLink,
            "it is a file with another key than \(PKIPaths.caKey), which it should be a link to",
            remedy: "remove it, or put the CA certificate it belongs to into \(PKIPaths.caCertificate)"
        )
    }

    private func nextAuthority() throws(PKIError) -> CertificateAuthority? {
        guard let certificate = files[PKIPaths.nextCertificate] else { return nil }
        let cancel = "run appliance-net cert rotate-ca --cancel"
        return try PEMIntake.authority(
            certificate: .file(PKIPaths.nextCertificate, certificate, orElse: cancel),
            key: .file(PKIPaths.nextKey, files[PKIPaths.nextKey] ?? "", orElse: cancel),
            now: nil
        )
    }

    // MARK: What becomes of it

    private func made() throws(PKIError) -> Authorities {
        let made = try CertificateAuthority.make(
            hostName: request.names.commonName,
            keyType: request.keyType ?? .usual,
            now: request.now.time
        )
        return Authorities(current: made, key: try made.keyText(), isTrustFresh: true)
    }

    /// The CA of the properties: kept, or in place of the one that is there.
    private mutating func take(_ provided: CertificateAuthority, _ authorities: inout Authorities?) throws(PKIError) {
        guard var result = authorities else {
            authorities = Authorities(current: provided, key: try provided.keyText(), isTrustFresh: true)
            return
        }
        if result.current.isSame(as: provided) { return }
        if result.next?.isSame(as: provided) != true {
            result.next = provided
            // Key and certificate of different CAs are never there together.
            if files[PKIPaths.nextCertificate] != nil { steps.append(.remove(PKIPaths.nextCertificate)) }
            write(PKIPaths.nextKey, try provided.keyText(), 0o600)
            write(PKIPaths.nextCertificate, provided.certificatePEM, 0o644)
        }
        try takeOver(&result)
        authorities = result
    }

    private mutating func change(_ authorities: inout Authorities) throws(PKIError) {
        switch request.change {
        case nil, .renew: return
        case .beginRotation(let given): try begin(given, &authorities)
        case .finishRotation:
            if authorities.isFinishing { return }
            guard let next = authorities.next else { throw Self.noRotation }
            // Clients cannot have been given it.
            if !published.contains(next.certificate), let problem = publication(authorities) {
                throw PKIError([problem])
            }
            try takeOver(&authorities)
        case .cancelRotation:
            guard isThere(PKIPaths.nextCertificate) || isThere(PKIPaths.nextKey) else { throw Self.noRotation }
            authorities.isTrustFresh = true
        }
    }

    private static var noRotation: PKIError {
        PKIError("CA", "there is no second CA", remedy: "appliance-net cert rotate-ca makes one")
    }

    /// A second time it does nothing but what was left undone.
    private mutating func begin(_ given: CertificateAuthority?, _ authorities: inout Authorities) throws(PKIError) {
        if let next = authorities.next, given.map({ $0.isSame(as: next) }) ?? true { return }
        guard authorities.next == nil, !authorities.isFinishing else {
            throw PKIError(
                "CA",
                "there is a second CA already",
                remedy: "appliance-net cert rotate-ca --finish has it take over, --cancel removes it"
            )
        }
        let current = authorities.current
        let next: CertificateAuthority
        if let given {
            next = given
        } else {
            let keyType = request.keyType ?? CertificateKeyType(current.key.publicKey) ?? .usual
            next = try current.successor(hostName: request.names.commonName, keyType: keyType, now: request.now.time)
        }
        guard next.key.publicKey != current.key.publicKey else {
            throw PKIError(
                "CA",
                "it has the key of the CA that is there",
                remedy: "give another CA, or none to have one made"
            )
        }
        authorities.next = next
        authorities.voucher = try next.vouch(for: current, now: request.now.time)
        write(PKIPaths.nextKey, try next.keyText(), 0o600)
        write(PKIPaths.nextCertificate, authorities.toKeepWithNext.pem, 0o644)
        // Nobody accepts what the former one signed: there is nothing to overlap.
        if request.now.time >= current.notValidAfter { try takeOver(&authorities) }
    }

    /// The second CA becomes the one. Its key in `ca.key` is what says so.
    private func takeOver(_ authorities: inout Authorities) throws(PKIError) {
        guard let next = authorities.next else { return }
        let text = files[PKIPaths.nextKey]
        let isOnDisk = (try? nextAuthority())?.isSame(as: next) == true
        authorities = Authorities(
            current: next,
            key: isOnDisk ? text ?? "" : try next.keyText(),
            isTrustFresh: true,
            isFinishing: true
        )
    }

    // MARK: What clients trust

    /// The content of `ca.crt`. What is kept is kept byte for byte, and what an admin added stays.
    private func trust(
        _ authorities: Authorities,
        _ server: ServerPlanner.Result
    ) -> (text: String, certificates: [EncodedCertificate]) {
        var wanted: [EncodedCertificate] = []
        let above = server.mark == nil ? [] : server.server.chain
        for certificate in above + authorities.current.certificates + (authorities.next?.certificates ?? [])
        where !wanted.contains(certificate) {
            wanted.append(certificate)
        }
        guard !authorities.isTrustFresh, let text = files[PKIPaths.caCertificate] else { return (wanted.pem, wanted) }
        let present = published.filter { $0 != authorities.voucher }
        // What signed the server's certificate comes first.
        if present.starts(with: wanted), present == published { return (text, present) }
        let all = wanted + present.filter { !wanted.contains($0) }
        return (all.pem, all)
    }
}
