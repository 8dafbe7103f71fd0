internal import Appliance
internal import Files
internal import PKI
internal import Recovery

/// CA and server certificate out of the properties.
struct ProvidedCertificates {
    /// The fingerprints of those that were put in place last. What took their place since is the admin's, until the
    /// properties give others; and that they have expired meanwhile keeps no appliance from starting.
    struct Placed: Hashable {
        /// As ``FirstBootContext/settle(_:_:)`` keeps it.
        static let record = "/certificates"

        var authority: String?
        var server: String?

        init(authority: String?, server: String?) {
            self.authority = authority
            self.server = server
        }

        init(_ root: Root) {
            self.init((try? AtomicFile.readText(root[FirstBootContext.derived + Self.record])) ?? nil)
        }

        /// Of an appliance whose files these are.
        init(_ files: FileSet) { self.init(files.text(FirstBootContext.derived + Self.record)) }

        private init(_ text: String?) {
            let words = (text ?? "").split(separator: "\n").map { $0 == "-" ? nil : String($0) }
            authority = words.first ?? nil
            server = words.dropFirst().first ?? nil
        }

        var text: String { "\(authority ?? "-")\n\(server ?? "-")\n" }
    }

    private(set) var authority: CertificateAuthority?
    private(set) var server: ServerCertificate?
    /// Why they cannot be used.
    private(set) var problems: [PKIError.Problem] = []

    init(_ settings: ApplianceSettings, placed: Placed, now: CertificateClock.Reading) {
        authority = attempt(placed.authority, now, \.fingerprint) { now throws(PKIError) in
            try Self.authority(settings, now: now)
        }
        server = attempt(placed.server, now, \.fingerprint) { now throws(PKIError) in
            try Self.server(settings, now: now)
        }
    }

    var placed: Placed { Placed(authority: authority?.fingerprint, server: server?.fingerprint) }

    /// Dates are looked at where it is not in place already.
    private mutating func attempt<Value>(
        _ placed: String?,
        _ now: CertificateClock.Reading,
        _ fingerprint: (Value) -> String,
        _ read: (CertificateClock.Reading?) throws(PKIError) -> Value?
    ) -> Value? {
        do throws(PKIError) {
            guard let value = try read(nil), fingerprint(value) != placed else { return try read(nil) }
            return try read(now)
        } catch {
            problems += error.problems
            return nil
        }
    }

    /// nil if none is given.
    private static func authority(_ settings: ApplianceSettings, now: CertificateClock.Reading?) throws(PKIError)
        -> CertificateAuthority?
    {
        guard let certificate = settings.caCertificate, let key = settings.caKey else { return nil }
        return try PEMIntake.authority(
            certificate: .property(PropertyKey.caCertificate.rawValue, certificate),
            key: .property(PropertyKey.caKey.rawValue, key.revealed()),
            now: now
        )
    }

    /// nil if none is given. The authority's certificate without its key is a part of its chain.
    private static func server(_ settings: ApplianceSettings, now: CertificateClock.Reading?) throws(PKIError)
        -> ServerCertificate?
    {
        guard let certificate = settings.serverCertificate, let key = settings.serverKey else { return nil }
        let above = settings.caKey == nil ? settings.caCertificate ?? "" : ""
        return try PEMIntake.server(
            certificate: .property(PropertyKey.serverCertificate.rawValue, certificate + "\n" + above),
            key: .property(PropertyKey.serverKey.rawValue, key.revealed()),
            now: now
        )
    }

    /// What is not as it should be with those that can be used.
    func remarks(_ names: ServerNames, now: CertificateClock.Reading) -> [PKIError.Problem] {
        (authority.map { PEMIntake.remarks($0, of: PropertyKey.caCertificate.rawValue) } ?? [])
            + (server.map { PEMIntake.remarks($0, names, of: PropertyKey.serverCertificate.rawValue, now: now) } ?? [])
    }
}
