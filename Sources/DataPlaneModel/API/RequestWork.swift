/// What the answer to a request may wait for, so that those who wait for one thing keep nobody from another.
public enum RequestWork: Sendable, Hashable, CaseIterable {
    /// For nothing that is slow.
    case memory
    /// For the disk, for the proxy to take a change, and for the changes before it.
    case change
    /// For what the running process tells.
    case proxy
    /// Whether the proxy lives: anybody may ask.
    case health
}

extension APIRequest {
    /// Whether a load balancer in front of us asks, which has no password, whether we live.
    var isHealth: Bool {
        ["GET", "HEAD"].contains(method) && [["health"], ["v2", "health"], ["v3", "health"]].contains(path)
    }

    public var work: RequestWork {
        if isHealth { return .health }
        let place = path.dropFirst()
        if method == "GET" || method == "HEAD" { return Self.asksProxy(place) ? .proxy : .memory }
        // Within a transaction only its commit waits. A parameter that means nothing to the path changes nothing here.
        let isInTransaction =
            place.starts(with: ["services", "haproxy", "configuration"]) && place.last != "raw"
            && parameter("transaction_id") != nil
        let isTransaction = place.starts(with: ["services", "haproxy", "transactions"]) && method != "PUT"
        return isInTransaction || isTransaction ? .memory : .change
    }

    private static func asksProxy(_ path: ArraySlice<String>) -> Bool {
        [
            ["services", "haproxy", "runtime"], ["services", "haproxy", "stats"], ["appliance", "status"],
            ["appliance", "quarantine"],
        ].contains { path.starts(with: $0) }
    }
}
