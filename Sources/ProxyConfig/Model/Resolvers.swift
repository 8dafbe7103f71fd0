public import Addresses

/// A `resolvers` section: who is asked for the addresses of servers at run time (configuration manual, section 5.3.2).
/// Times are milliseconds.
public struct Resolvers: Sendable, Hashable {
    public struct NameServer: Sendable, Hashable {
        public var name: String
        public var endpoint: Endpoint
        /// `tcp@`
        public var usesTCP: Bool

        public init(name: String, endpoint: Endpoint, usesTCP: Bool = false) {
            self.name = name
            self.endpoint = endpoint
            self.usesTCP = usesTCP
        }
    }

    public var name: String
    public var nameServers: [NameServer] = []
    /// `parse-resolv-conf`: those of the system too.
    public var asksSystem = false
    /// `resolve_retries`: questions before it gives up.
    public var retries = 3
    /// `timeout resolve`: between two resolutions.
    public var interval = 1000
    /// `timeout retry`: how long an answer is waited for.
    public var patience = 1000
    /// `accepted_payload_size`
    public var payloadSize = 512
    /// `hold`: how long the last good answer counts after one of these.
    public var holdMissing = 30000
    public var holdTimeout = 30000
    public var holdRefused = 30000
    public var holdOther = 30000
    /// How long an address counts that an answer no longer has.
    public var holdObsolete = 0

    public init(name: String) { self.name = name }
}
