/// What stands behind the URI of the statistics (`;csv`, `;up`, `?scope=…`).
public struct StatisticsQuery: Hashable, Sendable {
    public enum Format: Hashable, Sendable {
        case page
        case csv
        case typed
        case json
        case schema
    }

    public var format = Format.page
    /// Only servers that are up.
    public var hidesDown = false
    /// No servers in maintenance.
    public var hidesMaintenance = false
    public var isStill = false
    /// Only what is wrong (``StatisticsProblems``). HAProxy does not have it.
    public var onlyProblems = false
    /// What was done before, as ``PageOrders/Result`` says it.
    public var result: String?
    /// Part of the names of the proxies that are shown.
    public var search = ""

    /// Characters of ``search`` at most, as for HAProxy.
    static let longestSearch = 20

    /// - Parameters:
    ///   - target: What a client asked for; it begins with `uri`, perhaps behind a host.
    public init(_ target: String, after uri: String) {
        guard let place = target.firstRange(of: uri) else { return }
        let rest = target[place.upperBound...]
        func has(_ word: String) -> Bool { rest.firstRange(of: word) != nil }
        hidesDown = has(";up")
        hidesMaintenance = has(";no-maint")
        isStill = has(";norefresh")
        onlyProblems = has(";problems")
        if has(";csv") { format = .csv }
        if has(";typed") { format = .typed }
        if has(";json") { format = .json }
        if has(";json-schema") { format = .schema }
        if let start = rest.firstRange(of: ";st=")?.upperBound { result = String(rest[start...].prefix(4)) }
        if let start = rest.firstRange(of: "?scope=")?.upperBound {
            search = String(rest[start...].prefix { $0 != "&" && $0 != "#" && $0 != ";" }.prefix(Self.longestSearch))
        }
    }

    /// The words that say so, in the order in which HAProxy writes them.
    public func words(_ change: (inout StatisticsQuery) -> Void = { _ in }) -> String {
        var query = self
        change(&query)
        return (query.hidesDown ? ";up" : "") + (query.hidesMaintenance ? ";no-maint" : "")
            + (query.isStill ? ";norefresh" : "") + (query.onlyProblems ? ";problems" : "")
            + (query.search.isEmpty ? "" : "?scope=\(query.search)")
    }
}
