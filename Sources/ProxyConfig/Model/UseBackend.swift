public import Diagnostics

/// `use_backend <backend> [if|unless <condition>]`. The first rule whose condition holds decides.
public struct UseBackend: Sendable, Hashable {
    public var backend: String
    public var condition: Condition
    /// Why the rule cannot be followed although the configuration is right; its condition never holds then.
    public var quarantine: String?
    /// The line counts from the header of the section, which is 0: what stands above is of no account.
    public var position: SourcePosition

    public init(backend: String, condition: Condition, quarantine: String? = nil, position: SourcePosition) {
        self.backend = backend
        self.condition = condition
        self.quarantine = quarantine
        self.position = position
    }
}

extension UseBackend {
    /// ``backend`` is a format that makes a name of what a connection says.
    public var isComputed: Bool { Self.isComputed(backend) }

    /// True for a name that is a log format: `%[req.ssl_sni]`.
    static func isComputed(_ name: String) -> Bool { name.contains(byte: UInt8(ascii: "%")) }
}
