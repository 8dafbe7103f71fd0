internal import Appliance
internal import PKI
internal import Passwords
internal import Recovery

/// What was typed for a machine that takes another one's place, and is in no record of properties since it is secret, or as
/// long as a certificate: it wins as all that is typed does, and who trusts the old one has to be told.
struct TypedAnew {
    let settings: Settings
    /// Of the old appliance.
    let files: FileSet
    let now: CertificateClock.Reading

    /// What is not what it was, one line each.
    var differences: [String] { authority + server + password }

    private var placed: ProvidedCertificates.Placed { ProvidedCertificates.Placed(files) }
    private var provided: ProvidedCertificates {
        ProvidedCertificates(settings.appliance, placed: placed, now: now)
    }

    private var authority: [String] {
        guard let typed = provided.authority, typed.fingerprint != placed.authority else { return [] }
        let former = try? PEMIntake.authority(
            certificate: .given(PKIPaths.caCertificate, files.text(PKIPaths.caCertificate) ?? ""),
            key: .given(PKIPaths.caKey, files.text(PKIPaths.caKey) ?? files.text(PKIPaths.caKeyLink) ?? ""),
            now: nil
        )
        guard let former, former.fingerprint != typed.fingerprint else { return [] }
        return [Self.line(.caCertificate, "another CA", "the clients have to trust it")]
    }

    private var server: [String] {
        guard let typed = provided.server, typed.fingerprint != placed.server else { return [] }
        let former = try? PEMIntake.server(
            certificate: .given(PKIPaths.serverCertificate, files.text(PKIPaths.serverCertificate) ?? ""),
            key: .given(PKIPaths.serverKey, files.text(PKIPaths.serverKey) ?? ""),
            now: nil
        )
        guard let former, former.fingerprint != typed.fingerprint else { return [] }
        return [Self.line(.serverCertificate, "another certificate", "the clients are shown it")]
    }

    private var password: [String] {
        let user = settings.loadBalance.user
        guard let password = settings.loadBalance.password?.revealed(),
            let text = files.text(ApplianceFiles.proxyConfiguration),
            let former = ProxyConfigurationStep.hash(of: user, in: text), !former.matches(password)
        else { return [] }
        // What an admin has changed since stays, unless the property is another as well.
        let record = files.text(FirstBootContext.derived + ProxyConfigurationStep.record) ?? ""
        if FirstBootContext.hash(of: user, in: record)?.matches(password) == true { return [] }
        return [Self.line(.password, "another password", "\(user) has to use it")]
    }

    private static func line(_ key: PropertyKey, _ what: String, _ consequence: String) -> String {
        "\(key.rawValue): \(what) was typed, and wins over that of the old appliance: \(consequence)"
    }
}
