internal import Addresses

/// What checks need to know of a server. Small: there are thousands, and most are set up alike.
struct WatchedServer: Sendable {
    /// How it is checked; servers that are checked alike share it.
    private final class Manner: Sendable {
        let check: CheckSettings?
        let checkPort: UInt16
        let agent: AgentSettings?
        let observation: Observation?
        let connection: ConnectionOptions
        let authorities: String?

        init(_ server: Server, _ authorities: String?) {
            check = server.check
            checkPort = server.stated.checkPort
            agent = server.agent
            observation = server.observation
            connection = server.connection
            self.authorities = authorities
        }

        func fits(_ server: Server, _ authorities: String?) -> Bool {
            check == server.check && checkPort == server.stated.checkPort && agent == server.agent
                && observation == server.observation
                && connection == server.connection && self.authorities == authorities
        }
    }

    private let manner: Manner
    private let plan: PlanBackend
    private let place: Int32
    let isBackup: Bool

    /// - Parameters:
    ///   - index: Its place among the servers of `plan`.
    ///   - authorities: PEM text for ``TLSSettings/authorities``.
    ///   - other: Lends what is the same.
    init(_ server: Server, _ index: Int, of plan: PlanBackend, authorities: String?, like other: WatchedServer?) {
        self.plan = plan
        place = Int32(truncatingIfNeeded: index)
        isBackup = server.isBackup
        let lent = other.flatMap { $0.manner.fits(server, authorities) ? $0.manner : nil }
        manner = lent ?? Manner(server, authorities)
    }

    var index: Int { Int(place) }
    var name: String { plan.entry.pointee.servers[index].name.string }
    var endpoint: Endpoint { plan.entry.pointee.servers[index].address.endpoint }
    var check: CheckSettings? { manner.check }
    /// ``StatedPlaces/checkPort``
    var checkPort: UInt16 { manner.checkPort }
    var agent: AgentSettings? { manner.agent }
    var observation: Observation? { manner.observation }
    var connection: ConnectionOptions { manner.connection }
    /// PEM text for ``TLSSettings/authorities``.
    var authorities: String? { manner.authorities }
}
