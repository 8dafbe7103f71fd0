/// Where the files lie that haproxy.cfg refers to.
public struct StorageDirectories: Sendable, Hashable {
    /// `--maps-dir`
    public var maps = "/etc/haproxy/maps"
    /// `--ssl-certs-dir`
    public var certificates = "/etc/haproxy/ssl"
    /// `--general-storage-dir`
    public var general = "/etc/haproxy/general"

    public init() {}
}

/// The three kinds of files that are stored.
enum StorageKind: String, Sendable, CaseIterable {
    case maps
    case certificates = "ssl_certificates"
    case general

    func directory(_ directories: StorageDirectories) -> String {
        switch self {
        case .maps: directories.maps
        case .certificates: directories.certificates
        case .general: directories.general
        }
    }

    /// Longest file in bytes.
    var limit: Int { self == .certificates ? 1 << 20 : 16 << 20 }

    /// Private keys are nobody's business but ours and the proxy's.
    var mode: UInt32 { self == .certificates ? 0o600 : 0o644 }
}
