internal import Addresses
internal import Diagnostics
internal import Explanation
internal import Files
internal import FoundationEssentials
internal import Glibc
internal import NetworkFiles
internal import PKI

/// The Data Plane API's certificate is valid, for the appliance's names and addresses, and belongs to its key.
struct CertificateCheck: DoctorCheck {
    static let name = "certificate"

    func findings(_ context: DoctorContext) throws -> [Finding] {
        guard let configuration = context.configuration else { return DoctorContext.unreadable(Self.name) }
        let store = PKIStore(root: context.root)
        let state: PKIStore.Examination?
        do {
            state = try store.examine(
                names: Self.names(configuration),
                addresses: Self.addresses(configuration),
                now: Date()
            )
        } catch let error as PKIError {
            return error.problems.map { Finding(.failed, $0.subject, $0.message, remedy: $0.remedy) }
        }
        guard let state else {
            let remedy = "run appliance-net firstboot: it makes a CA, which clients must trust"
            return [Finding(.failed, "ca", "there is no CA in \(PKIPaths.caCertificate)", remedy: remedy)]
        }
        var findings = [Self.authority(state.authority)]
        if let reason = state.reason {
            let isExpired = state.expires.map { $0 < Date() } ?? true
            let isDue = reason == .age && !isExpired
            let words =
                isDue ? "it is due for renewal, as \(reason.words)" : "it must be issued anew, because \(reason.words)"
            findings.append(
                Finding(
                    isDue ? .warning : .failed,
                    PKIPaths.serverCertificate,
                    words,
                    remedy: "doctor --fix issues it under the same CA, or appliance-net firstboot"
                )
            )
        } else if let expires = state.expires {
            let days = Int(expires.timeIntervalSinceNow / 86400)
            findings.append(
                .ok(PKIPaths.serverCertificate, "belongs to its key, names this appliance, \(days) days left")
            )
        }
        return findings
    }

    private static func authority(_ authority: CertificateAuthority) -> Finding {
        let days = Int(authority.notValidAfter.timeIntervalSinceNow / 86400)
        if days > 90 { return .ok("ca", "\(days) days left") }
        return Finding(
            days > 0 ? .warning : .failed,
            "ca",
            days > 0 ? "\(days) days left" : "it has expired",
            remedy: "make a new one, and give it to the control plane before the old one ends"
        )
    }

    /// Issues the server certificate anew, under the CA that is there: who trusts it, trusts the new one.
    func fix(_ context: DoctorContext) throws -> [String] {
        guard let configuration = context.configuration else { return [] }
        let store = PKIStore(root: context.root)
        let (names, addresses) = (Self.names(configuration), Self.addresses(configuration))
        guard let state = try store.examine(names: names, addresses: addresses, now: Date()), state.reason != nil else {
            return []
        }
        let outcome = try store.ensure(names: names, addresses: addresses, ca: nil, now: Date())
        return outcome.files.filter { $0.outcome != .unchanged }.map { "wrote \($0.path)" }
            + ["the Data Plane API shows it after: systemctl restart appliance-dataplane.service"]
    }

    /// As first boot has them.
    private static func names(_ configuration: NetworkConfiguration) -> [String] {
        if let name = configuration.appliance.system.hostname?.value { return [name] }
        var buffer = [CChar](repeating: 0, count: 65)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return [] }
        return [String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)]
    }

    private static func addresses(_ configuration: NetworkConfiguration) -> [IPAddress] {
        configuration.appliance.interfaces.flatMap { $0.addresses.map { $0.value.address } }
    }
}
