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

        public init(created: Int64, host: String, program: String, version: Int?, services: Int) {
            self.created = created
            self.host = host
            self.program = program
            self.version = version
            self.services = services
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
