internal import HealthChecks

/// HAProxy's words for what happens to a server, without newlines.
enum HealthLog {
    /// What a line tells of the server and its backend.
    struct Place {
        var backend: String
        var server: String
        var isBackup: Bool
        /// Servers of the backend that may be used now.
        var active: Int
        var backups: Int
        /// Connections that the server has.
        var sessions: UInt32
        /// What became of those who waited for it.
        var effect = ServerControl.Effect()

        var name: String { "\(isBackup ? "Backup Server" : "Server") \(backend)/\(server)" }
        var isEmpty: Bool { active == 0 && backups == 0 }
    }

    /// - Parameter reason: Text of the check that is the reason; empty where `option log-health-checks` told it already.
    static func lines(_ change: ServerCondition.Change, _ place: Place, reason: String) -> [String] {
        let running = place.active == 0 && place.backups > 0 ? " Running on backup." : ""
        let online = "\(place.active) active and \(place.backups) backup servers online.\(running)"
        let left = "\(place.active) active and \(place.backups) backup servers left.\(running)"
        let requeued = "\(place.effect.requeued) sessions requeued, \(place.effect.waiting) total in queue."
        let sessions =
            "\(place.sessions) sessions active, \(place.effect.requeued) requeued, "
            + "\(place.effect.waiting) remaining in queue."
        let empty = place.isEmpty ? ["backend \(place.backend) has no server available!"] : []
        switch change {
        case .up: return ["\(place.name) is UP\(reason). \(online) \(requeued)"]
        case .down: return ["\(place.name) is DOWN\(reason). \(left) \(sessions)"] + empty
        case .stopping: return ["\(place.name) is stopping\(reason). \(online) \(requeued)"] + empty
        case .entersDrain: return ["\(place.name) enters drain state. \(online) \(requeued)"] + empty
        case .leavesDrain: return ["\(place.name) is UP (leaving forced drain)."]
        case .entersMaintenance: return ["\(place.name) is going DOWN for maintenance. \(left) \(sessions)"] + empty
        case .leavesMaintenance: return ["\(place.name) is UP/READY (leaving forced maintenance)."]
        case .weight, .maxConnections: return []
        }
    }

    /// `option log-health-checks`: every change of a check's status, and of what it counts.
    static func line(
        _ result: CheckResult,
        _ source: ServerCondition.Source,
        _ place: Place,
        milliseconds: UInt64?,
        fraction: String
    ) -> String {
        let what = source == .check ? "Health" : "Agent"
        let outcome =
            switch result.status.verdict {
            case .passed: "succeeded"
            case .conditionallyPassed: "conditionally succeeded"
            case .failed, .neutral: "failed"
            }
        return "\(what) check for \(place.isBackup ? "backup " : "")server \(place.backend)/\(place.server) \(outcome)"
            + "\(reason(result, milliseconds: milliseconds)), status: \(fraction)."
    }

    static func reason(_ result: CheckResult, milliseconds: UInt64?) -> String {
        result.reason + (milliseconds.map { ", check duration: \($0)ms" } ?? "")
    }
}
