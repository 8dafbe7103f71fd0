internal import Diagnostics

/// One line of the control socket: `{"command":"status"}`.
public enum ControlRequest: Sendable, Hashable {
    /// How the service stands.
    case status
    /// Make the network so, now; answered when it is done.
    case reconcile
    /// For a part of the service, with all members of the line.
    case part(String, [String: String])

    /// - Parameter partCommands: What the parts understand (``WatchPart/commands``).
    /// - Throws: ``ControlError`` in words for whoever asked.
    public init(line: String, partCommands: Set<String> = []) throws(ControlError) {
        let members = try FlatJSON.object(line)
        guard let name = members["command"] else { throw ControlError(message: "there is no \"command\"") }
        switch name {
        case "status": self = .status
        case "reconcile": self = .reconcile
        case _ where partCommands.contains(name): self = .part(name, members)
        default:
            let known = (["status", "reconcile"] + partCommands.sorted()).joined(separator: ", ")
            throw ControlError(message: "unknown command \(name.prefix(40)); there are \(known)")
        }
    }

    /// The line, as ``init(line:partCommands:)`` reads it.
    var line: String {
        switch self {
        case .status: return "{\"command\":\"status\"}"
        case .reconcile: return "{\"command\":\"reconcile\"}"
        case .part(let command, var members):
            members["command"] = command
            let texts = members.sorted { $0.key < $1.key }.map { name, value in
                JSONString.quoted(name) + ":" + JSONString.quoted(value)
            }
            return "{" + texts.joined(separator: ",") + "}"
        }
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
    case part(PartAnswer)
    case refused(String)

    /// - Parameters:
    ///   - now: The clock that the report's times are of.
    ///   - unixTime: The same moment in seconds since 1970.
    ///   - status: What the parts add to ``status(_:)``.
    public func line(now: Duration, unixTime: Int, status members: [(name: String, json: String)] = []) -> String {
        func seconds(_ time: Duration) -> Int { unixTime - Int((now - time).components.seconds) }
        switch self {
        case .part(.members(let members)): return "{" + (members.isEmpty ? "" : members + ",") + "\"ok\":true}"
        case .part(.refused(let reason)), .refused(let reason):
            return "{\"error\":\(JSONString.quoted(reason)),\"ok\":false}"
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
                + "\"since\":\(seconds(report.since)),\"state\":\(JSONString.quoted(report.state.rawValue))"
                + members.map { ",\(JSONString.quoted($0.name)):\($0.json)" }.joined() + "}"
        }
    }
}
