/// A list of rules.
public struct Chain: Hashable, Sendable, Codable {
    /// What a base chain does with a packet that no rule decided.
    public enum Policy: UInt32, Hashable, Sendable, Codable {
        case drop = 0
        case accept = 1
    }

    public enum Kind: String, Hashable, Sendable, Codable {
        case filter
        case route
        case nat
    }

    /// Where a base chain stands: `type filter hook input priority 0; policy accept;`.
    public struct Hook: Hashable, Sendable, Codable {
        public var kind: Kind
        /// `NF_INET_*` or `NF_ARP_*`; see the constants.
        public var number: UInt32
        /// Lower numbers come first; -300 is before connection tracking.
        public var priority: Int32
        public var policy: Policy

        public init(_ number: UInt32, priority: Int32 = 0, policy: Policy = .accept, kind: Kind = .filter) {
            self.kind = kind
            self.number = number
            self.priority = priority
            self.policy = policy
        }

        /// The hooks of the families inet, ip and ip6.
        public static let prerouting: UInt32 = 0
        public static let input: UInt32 = 1
        public static let forward: UInt32 = 2
        public static let output: UInt32 = 3
        public static let postrouting: UInt32 = 4
        /// Those of the family arp.
        public static let arpInput: UInt32 = 0
        public static let arpOutput: UInt32 = 1

        /// `priority raw`
        public static let raw: Int32 = -300
    }

    /// At most 31 bytes.
    public var name: String
    /// nil: reached from other chains only.
    public var hook: Hook?
    public var rules: [FilterRule]

    public init(_ name: String, hook: Hook? = nil, rules: [FilterRule] = []) {
        self.name = name
        self.hook = hook
        self.rules = rules
    }
}
