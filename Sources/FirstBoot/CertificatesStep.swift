internal import Appliance
internal import Files
internal import NetworkFiles
internal import PKI

/// CA and server certificate for every address and name of the appliance.
struct CertificatesStep: FirstBootStep {
    let name = "certificates"
    let takesSecrets = true

    func run(_ context: FirstBootContext) throws -> [String] {
        let now = context.now
        let store = PKIStore(root: context.root)
        let placed = ProvidedCertificates.Placed(context.root)
        var request = try Self.request(context, now: now)
        // Where there is nothing that can be used, the properties' is put in place again.
        let isLost = Self.isLost(store, request, placed)
        let settled = isLost ? ProvidedCertificates.Placed(authority: nil, server: nil) : placed
        let provided = ProvidedCertificates(context.settings.appliance, placed: settled, now: now)
        guard provided.problems.isEmpty else { throw PKIError(provided.problems) }
        if provided.placed.authority != settled.authority { request.authority = provided.authority }
        if provided.placed.server != settled.server { request.server = provided.server }
        let outcome = try store.ensure(request)
        // Scrubbed is not changed.
        let kept = ProvidedCertificates.Placed(
            authority: provided.placed.authority ?? placed.authority,
            server: provided.placed.server ?? placed.server
        )
        try context.settle(ProvidedCertificates.Placed.record, kept.text)
        return outcome.files.compactMap { $0.words }
    }

    /// Whether there is no CA, none that can be read, or the properties' own, which cannot be used. Another took its place
    /// by the hand of an admin, and whatever is wrong with it is told instead.
    private static func isLost(
        _ store: PKIStore,
        _ request: CertificateRequest,
        _ placed: ProvidedCertificates.Placed
    ) -> Bool {
        do {
            return try !store.hasUsableAuthority(request)
        } catch is PKIError {
            do {
                return try store.fingerprint() == placed.authority
            } catch {
                return error is PKIError
            }
        } catch {
            return false
        }
    }

    /// What the files want that were written before; where somebody has made them unreadable, what the properties want.
    static func request(_ context: FirstBootContext, now: CertificateClock.Reading) throws -> CertificateRequest {
        let written = NetworkFilesStep.configuration(context.settings)
        return try CertificateRequest(
            (try? NetworkConfiguration.load(context.root)) ?? written,
            hostName: context.settings.network.hostname,
            now: now
        )
    }
}
