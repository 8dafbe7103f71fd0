/// Where the appliance that this one replaces has left itself.
public enum RecoverySource: Sendable, Hashable, LosslessStringConvertible {
    /// Its disk, attached to this machine.
    case disk
    /// A bundle, a directory with bundles, or a directory where its disk is mounted.
    case path(String)
    /// A bundle on a server, http or https.
    case url(String)

    public init?(_ description: String) {
        let isPlain = description.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x5c }
        if description == "disk" {
            self = .disk
        } else if description.hasPrefix("/"), !description.utf8.contains(0) {
            self = .path(description)
        } else if isPlain, description.hasPrefix("https://") || description.hasPrefix("http://") {
            self = .url(description)
        } else {
            return nil
        }
    }

    public var description: String {
        switch self {
        case .disk: "disk"
        case .path(let path): path
        case .url(let address): address
        }
    }

    /// For logs: user, password and query of an address may be what gives the right to read.
    public var place: String {
        guard case .url(let address) = self, let scheme = address.firstRange(of: "://") else { return description }
        let rest = address[scheme.upperBound...].prefix { $0 != "?" }
        let host = rest.prefix { $0 != "/" }
        let bare = host.lastIndex(of: "@").map { host[host.index(after: $0)...] } ?? host
        return "\(address[..<scheme.upperBound])\(bare)\(rest[host.endIndex...])"
    }
}
