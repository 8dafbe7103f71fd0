internal import Addresses
internal import Appliance
internal import Files
internal import FoundationEssentials
internal import PKI

/// CA and server certificate for every address and name of the appliance.
struct CertificatesStep: FirstBootStep {
    let name = "certificates"

    func run(_ context: FirstBootContext) throws -> [String] {
        let network = context.settings.network
        let now = Date(timeIntervalSince1970: Double(context.now))
        let outcome = try PKIStore(root: context.root).ensure(
            names: [network.hostname],
            addresses: network.interfaces.flatMap { $0.settings.addresses.map(\.address.address) },
            ca: try Self.providedAuthority(context.settings.appliance, now: now),
            now: now
        )
        return outcome.files.compactMap { file in
            switch file.outcome {
            case .created: "created \(file.path)"
            case .replaced: "rewrote \(file.path)"
            case .unchanged: nil
            }
        }
    }

    /// The CA out of the properties; nil if none is given.
    static func providedAuthority(
        _ settings: ApplianceSettings,
        now: Date
    ) throws(PKIError) -> CertificateAuthority? {
        guard let certificate = settings.caCertificate, let key = settings.caKey else { return nil }
        return try PEMIntake.authority(
            certificate: .property("appliance.ca_cert", certificate),
            key: .property("appliance.ca_cert_key", key.revealed()),
            now: now
        )
    }
}
