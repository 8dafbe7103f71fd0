/// One line of the control socket: `{"command":"status"}`.
public enum ControlRequest: String, Sendable, Hashable, CaseIterable {
    /// How the service stands.
    case status
    /// Make the network so, now; answered when it is done.
    case reconcile

    /// - Throws: ``ControlError`` in words for whoever asked.
    public init(line: String) throws(ControlError) {
        let members = try FlatJSON.object(line)
        guard let name = members["command"] else { throw ControlError(message: "there is no \"command\"") }
        guard let request = ControlRequest(rawValue: name) else {
            let known = Self.allCases.map { $0.rawValue }.joined(separator: ", ")
            throw ControlError(message: "unknown command \(name.prefix(40)); there are \(known)")
        }
        self = request
    }
}

/// Why a request was not understood.
public struct ControlError: Error, Hashable, Sendable {
    public var message: String
}

/// What the socket answers, as one line of JSON.
public enum ControlAnswer: Sendable, Hashable {
    case status(WatchReport)
    case reconciled(changes: [String], problems: [String])
    case refused(String)

    /// - Parameters:
    ///   - now: The clock that the report's times are of.
    ///   - unixTime: The same moment in seconds since 1970.
    public func line(now: Duration, unixTime: Int) -> String {
        func seconds(_ time: Duration) -> Int { unixTime - Int((now - time).components.seconds) }
        switch self {
        case .refused(let reason): return "{\"error\":\(FlatJSON.quoted(reason)),\"ok\":false}"
        case .reconciled(let changes, let problems):
            return "{\"changes\":\(FlatJSON.list(changes)),\"ok\":true,\"problems\":\(FlatJSON.list(problems))}"
        case .status(let report):
            var last = "null"
            if let reconcile = report.lastReconcile {
                let took = reconcile.took.components
                let milliseconds = Int(took.seconds) * 1000 + Int(took.attoseconds / 1_000_000_000_000_000)
                last = "{\"changes\":\(reconcile.changes),\"milliseconds\":\(milliseconds),"
                last += "\"time\":\(seconds(reconcile.at))}"
            }
            return "{\"drift_count\":\(report.driftCount),\"last_reconcile\":\(last),\"ok\":true,"
                + "\"problems\":\(FlatJSON.list(report.problems)),\"reconcile_count\":\(report.reconcileCount),"
                + "\"since\":\(seconds(report.since)),\"state\":\(FlatJSON.quoted(report.state.rawValue))}"
        }
    }
}
