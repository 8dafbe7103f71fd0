internal import Addresses

/// What checks need to know of a server. Small: there are thousands, and most are set up alike.
struct WatchedServer: Sendable {
    /// How it is checked; servers that are checked alike share it.
    private final class Manner: Sendable {
        let check: CheckSettings?
        let agent: AgentSettings?
        let observation: Observation?
        let connection: ConnectionOptions
        let authorities: String?

        init(_ server: Server, _ authorities: String?) {
            check = server.check
            agent = server.agent
            observation = server.observation
            connection = server.connection
            self.authorities = authorities
        }

        func fits(_ server: Server, _ authorities: String?) -> Bool {
            check == server.check && agent == server.agent && observation == server.observation
                && connection == server.connection && self.authorities == authorities
        }
    }

    let endpoint: Endpoint
    let isBackup: Bool
    /// Its configured weight is 0.
    let isWeightless: Bool
    let name: String
    private let manner: Manner

    /// - Parameters:
    ///   - authorities: PEM text for ``TLSSettings/authorities``.
    ///   - other: Lends what is the same.
    init(_ server: Server, authorities: String?, like other: WatchedServer?) {
        endpoint = server.endpoint
        isBackup = server.isBackup
        isWeightless = server.weight == 0
        name = server.name
        let lent = other.flatMap { $0.manner.fits(server, authorities) ? $0.manner : nil }
        manner = lent ?? Manner(server, authorities)
    }

    var check: CheckSettings? { manner.check }
    var agent: AgentSettings? { manner.agent }
    var observation: Observation? { manner.observation }
    var connection: ConnectionOptions { manner.connection }
    /// PEM text for ``TLSSettings/authorities``.
    var authorities: String? { manner.authorities }
}
