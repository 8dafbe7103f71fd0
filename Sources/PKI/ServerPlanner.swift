internal import Addresses
internal import FoundationEssentials
internal import X509

/// What becomes of the server certificate: pure.
struct ServerPlanner {
    struct Result {
        var server: ServerCertificate
        /// The key file's content.
        var key: String
        /// nil: kept.
        var reason: IssueReason?
        /// The fingerprint of a certificate that an admin provided.
        var mark: String?
    }

    private let request: CertificateRequest
    private let hasCertificate: Bool
    private let keyText: String?
    private let mark: String?
    /// The leaf that is there, and what came with it.
    let present: [EncodedCertificate]
    private let key: Certificate.PrivateKey?

    init(_ files: PKIFiles, _ request: CertificateRequest) {
        self.request = request
        // Problems of these two files need no report: whatever is wrong with them is replaced.
        var ignored: [PKIError.Problem] = []
        let certificate = files[PKIPaths.serverCertificate]
        hasCertificate = certificate != nil
        present = certificate.map { PEMIntake.certificates(in: .file(PKIPaths.serverCertificate, $0), &ignored) } ?? []
        keyText = files[PKIPaths.serverKey]
        key = keyText.flatMap { PEMIntake.keys(in: .file(PKIPaths.serverKey, $0), &ignored).first }
        mark = files[PKIPaths.providedServer].map { String($0.prefix { $0 != "\n" }) }
    }

    /// The leaf that is there is one that an admin provided.
    var isProvided: Bool {
        guard let leaf = present.first, let key else { return false }
        return leaf.fingerprint == mark && leaf.certificate.publicKey == key.publicKey
    }

    func plan(_ authorities: PKIPlanner.Authorities) throws(PKIError) -> Result {
        let wantsOwn: Bool
        let isAsked: Bool
        if case .renew(let own) = request.change {
            (wantsOwn, isAsked) = (own, true)
        } else {
            (wantsOwn, isAsked) = (false, false)
        }
        if let provided = request.server, !wantsOwn { return try taken(provided) }
        if isProvided, !wantsOwn, let leaf = present.first, let key, let keyText {
            if isAsked {
                throw PKIError(
                    PKIPaths.serverCertificate,
                    "an admin provided it: it cannot be renewed here",
                    remedy:
                        "set appliance.server_cert and appliance.server_key anew, or run appliance-net cert renew --own"
                )
            }
            let server = ServerCertificate(leaf: leaf, chain: Array(present.dropFirst()), key: key)
            return Result(server: server, key: keyText, mark: leaf.fingerprint)
        }
        let chain = Self.chain(authorities)
        let reason = isAsked ? .asked : self.reason(authorities.current)
        guard let reason else {
            guard let leaf = present.first, let key, let keyText else {
                throw PKIError(PKIPaths.serverCertificate, "it went away", remedy: "try again")
            }
            return Result(server: ServerCertificate(leaf: leaf, chain: chain, key: key), key: keyText)
        }
        var names = request.names
        if !names.isComplete, let leaf = present.first, !isProvided { names.add(namesOf: leaf.certificate) }
        // With the key kept, a daemon that reads both files at any moment finds a pair that belongs together.
        if let key, let keyText, !isProvided, mayStay(key, reason) {
            var server = try authorities.current.issue(for: names, key: key, now: request.now.time)
            server.chain = chain
            return Result(server: server, key: keyText, reason: reason)
        }
        let keyType = request.keyType ?? key.flatMap { CertificateKeyType($0.publicKey) } ?? .usual
        var server = try authorities.current.issue(for: names, keyType: keyType, now: request.now.time)
        server.chain = chain
        return Result(server: server, key: try server.keyText(), reason: reason)
    }

    private func mayStay(_ key: Certificate.PrivateKey, _ reason: IssueReason) -> Bool {
        guard reason != .age, reason != .asked, let type = CertificateKeyType(key.publicKey) else { return false }
        return type == request.keyType ?? type
    }

    /// Why the leaf that is there does not serve.
    private func reason(_ authority: CertificateAuthority) -> IssueReason? {
        guard let leaf = present.first, let key else {
            return !hasCertificate ? .missing : keyText == nil ? .keyMismatch : .unreadable
        }
        return ServerCertificate.reasonToIssue(
            leaf: leaf,
            key: key,
            authority: authority,
            names: request.names,
            keyType: request.keyType,
            now: request.now
        )
    }

    /// That of the properties, byte for byte as it is on disk where it is there already.
    private func taken(_ provided: ServerCertificate) throws(PKIError) -> Result {
        let isThere = present == [provided.leaf] + provided.chain && key?.publicKey == provided.key.publicKey
        let text: String
        if isThere, let keyText { text = keyText } else { text = try provided.keyText() }
        return Result(server: provided, key: text, mark: provided.fingerprint)
    }

    /// What goes with the leaf: the CA and those above it. While a second CA is there, its word for the first one too:
    /// who trusts either of them finds a way to the leaf. Clients take the first issuer that fits, so a root, which they
    /// have or do not have, must not come before that word; a CA below others must. Who trusts only what is above the
    /// second CA needs that one too.
    private static func chain(_ authorities: PKIPlanner.Authorities) -> [EncodedCertificate] {
        let own = authorities.current.certificates
        guard let voucher = authorities.voucher, let next = authorities.next else { return own }
        let way = [voucher] + next.certificates.filter { !$0.isSelfSigned }
        return authorities.current.certificate.isSelfSigned ? way : own + way
    }
}
