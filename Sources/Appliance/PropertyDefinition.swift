/// One vApp property: what the descriptor says about it.
public struct PropertyDefinition: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
        case string
        case hostname
        /// 6 to 128 characters.
        case password
        case boolean
        /// 1 to 65535.
        case port
        /// One or more PEM blocks; their line ends may have become blanks.
        case pem
        /// The kind of the keys that are made.
        case keyType
        /// One address.
        case address
        /// Addresses with commas between them.
        case addresses
        /// An address with the length of its network's prefix; unset means DHCP.
        case interfaceAddress
        /// An IPv6 address with the length of its network's prefix; unset means none.
        case interfaceAddress6
        /// One IPv6 address.
        case address6
        /// Bytes of the largest packet; unset leaves the adapter's.
        case mtu
        /// Domains with commas between them.
        case domains
        /// Host names or addresses with commas between them.
        case hosts
        /// Networks in CIDR notation with commas between them.
        case networks
        /// A recovery bundle in base64.
        case bundle
        /// At least 8 characters.
        case passphrase
        /// Where a bundle is: an address, a path, or `disk`.
        case recoverySource
        /// Where bundles are brought to.
        case recoveryTarget
    }

    public var key: PropertyKey
    public var kind: Kind
    /// Empty if there is none.
    public var defaultValue: String
    /// As the deployment wizard shows it.
    public var label: String
    public var summary: String

    init(_ key: PropertyKey, _ kind: Kind, default defaultValue: String = "", _ label: String, _ summary: String) {
        self.key = key
        self.kind = kind
        self.defaultValue = defaultValue
        self.label = label
        self.summary = summary
    }

    /// Whether no output may show its value.
    public var isSecret: Bool { [.password, .passphrase].contains(kind) || [.caKey, .serverKey].contains(key) }
}
