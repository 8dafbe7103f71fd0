/// What statistics tell of a server beyond what the data path and its cells know.
struct ServerFacts {
    /// `id`, or its place from 1.
    var number: UInt32
    var rise: Int32
    var fall: Int32
    var isBackup: Bool
    var hasCheck: Bool
    var hasAgent: Bool
    var isUnix: Bool
    var cookie: String?

    init(_ server: Server, number: Int) {
        self.number = UInt32(clamping: number)
        let health = HealthState(server.check ?? CheckSettings())
        (rise, fall) = (health.rise, health.fall)
        isBackup = server.isBackup
        hasCheck = server.check != nil
        hasAgent = server.agent != nil
        isUnix = server.connection.path != nil
        cookie = server.cookie
    }

    /// It is checked, unless it is in maintenance.
    func isChecked(_ history: ServerHistory) -> Bool { hasCheck && !history.check.isOff }
}

extension Server {
    /// `id`, or its place.
    public func number(at index: Int) -> Int { id == 0 ? index + 1 : Int(id) }
}

extension Balance.Algorithm {
    /// As in the configuration.
    public var keyword: String {
        switch self {
        case .roundRobin: "roundrobin"
        case .staticRoundRobin: "static-rr"
        case .leastConnections: "leastconn"
        case .first: "first"
        case .source: "source"
        case .random: "random"
        case .cookie: "rdp-cookie"
        }
    }
}
