internal import Appliance
internal import Files
internal import FoundationEssentials
internal import NetworkFiles
internal import PKI

/// CA and server certificate for every address and name of the appliance.
struct CertificatesStep: FirstBootStep {
    let name = "certificates"

    /// What was put in place of the properties last, by fingerprint: an admin may have replaced it since.
    static let record = "/certificates"

    func run(_ context: FirstBootContext) throws -> [String] {
        let now = Date(timeIntervalSince1970: Double(context.now))
        let store = PKIStore(root: context.root)
        var request = try Self.request(context, now: now)
        request.authority = try Self.providedAuthority(context.settings.appliance, now: now)
        request.server = try Self.providedServer(context.settings.appliance, now: now)
        let record = [request.authority?.fingerprint, request.server?.fingerprint].map { $0 ?? "-" } + [""]
        let settled = try context.settled(Self.record)?.split(separator: "\n") ?? []
        let isUsable = (try? store.examine(request.withoutProvided)) ?? nil != nil
        if isUsable, settled.first.map({ String($0) }) == request.authority?.fingerprint { request.authority = nil }
        if isUsable, settled.last.map({ String($0) }) == request.server?.fingerprint { request.server = nil }
        let outcome = try store.ensure(request)
        try context.settle(Self.record, record.joined(separator: "\n"))
        return outcome.files.compactMap { $0.words }
    }

    /// What the files want that were written before; where somebody has made them unreadable, what the properties want.
    static func request(_ context: FirstBootContext, now: Date) throws -> CertificateRequest {
        let written = NetworkFilesStep.configuration(context.settings)
        return try CertificateRequest(
            (try? NetworkConfiguration.load(context.root)) ?? written,
            hostName: context.settings.network.hostname,
            now: now
        )
    }

    /// The CA out of the properties; nil if none is given.
    static func providedAuthority(
        _ settings: ApplianceSettings,
        now: Date
    ) throws(PKIError) -> CertificateAuthority? {
        guard let certificate = settings.caCertificate, let key = settings.caKey else { return nil }
        return try PEMIntake.authority(
            certificate: .property(PropertyKey.caCertificate.rawValue, certificate),
            key: .property(PropertyKey.caKey.rawValue, key.revealed()),
            now: now
        )
    }

    /// The server's own certificate out of the properties; nil if none is given. The authority's certificate without its
    /// key is a part of its chain.
    static func providedServer(_ settings: ApplianceSettings, now: Date) throws(PKIError) -> ServerCertificate? {
        guard let certificate = settings.serverCertificate, let key = settings.serverKey else { return nil }
        let above = settings.caKey == nil ? settings.caCertificate ?? "" : ""
        return try PEMIntake.server(
            certificate: .property(PropertyKey.serverCertificate.rawValue, certificate + "\n" + above),
            key: .property(PropertyKey.serverKey.rawValue, key.revealed()),
            now: now
        )
    }
}

extension CertificateRequest {
    /// What there is to do without the properties.
    fileprivate var withoutProvided: CertificateRequest { CertificateRequest(names: names, keyType: keyType, now: now) }
}
