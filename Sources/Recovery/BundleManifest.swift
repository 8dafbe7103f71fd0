internal import Diagnostics
public import FoundationEssentials

/// What a bundle tells without its passphrase: when and where it was made, and which files are in it.
public struct BundleManifest: Sendable, Hashable, Codable {
    /// Where the bundle comes from.
    public struct Origin: Sendable, Hashable, Codable {
        /// Seconds since 1970, by the clock of the appliance.
        public var created: Int64
        /// Its host name.
        public var host: String
        /// The program that made it: `0.1.0`.
        public var program: String
        /// `# _version=N` of haproxy.cfg; nil where there is none.
        public var version: Int?
        /// Frontends in haproxy.cfg.
        public var services: Int
        /// Which appliance: ``ApplianceIdentity``. nil in bundles of programs that did not tell.
        public var appliance: String?
        /// SHA-256 of its CA's certificate, as `openssl x509 -fingerprint -sha256` prints it; nil where there is none, and in
        /// bundles of programs that did not tell.
        public var authority: String?
        /// Of the CA that is to come, while there are two.
        public var nextAuthority: String?

        public init(
            created: Int64,
            host: String,
            program: String,
            version: Int?,
            services: Int,
            appliance: String? = nil,
            authority: String? = nil,
            nextAuthority: String? = nil
        ) {
            self.created = created
            self.host = host
            self.program = program
            self.version = version
            self.services = services
            self.appliance = appliance
            self.authority = authority
            self.nextAuthority = nextAuthority
        }

        enum CodingKeys: String, CodingKey {
            case created
            case host
            case program
            case version
            case services
            case appliance
            case authority = "ca"
            case nextAuthority = "next_ca"
        }

        /// `CA 3A:0F:…`, for somebody who looks which of several bundles is the right one.
        public var authorities: String {
            let own = authority.map { "CA \($0)" } ?? "it does not say with which CA"
            return own + (nextAuthority.map { ", next CA \($0)" } ?? "")
        }

        /// `made 2026-11-21T23:59:59Z, haproxy.cfg version 12 with 500 services, CA 3A:0F:…`
        public var words: String {
            let services = "with \(services) service\(services == 1 ? "" : "s")"
            let proxy = version.map { "haproxy.cfg version \($0) \(services)" }
            return (["made \(UTCTime(created).rfc3339)"] + (proxy.map { [$0] } ?? []) + [authorities])
                .joined(separator: ", ")
        }
    }

    public var origin: Origin
    public var files: FileList
    public var derivation: KeyDerivation
    /// Of AES-256-GCM.
    public var nonce: Data

    init(_ set: FileSet, origin: Origin, derivation: KeyDerivation, nonce: Data) {
        self.origin = origin
        self.derivation = derivation
        self.nonce = nonce
        files = FileList(set)
    }
}
