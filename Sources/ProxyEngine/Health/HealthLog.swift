internal import HealthChecks

/// HAProxy's words for what happens to a server, without newlines.
enum HealthLog {
    /// What a line tells of the server and its backend.
    struct Place {
        var backend: String
        /// `proxy` for a `listen` section.
        var kind: String
        var server: String
        var isBackup: Bool
        /// Servers of the backend that may be used now.
        var active: Int
        var backups: Int
        /// The server itself counts, where it is up.
        var hasWeight: Bool
        /// Connections that the server has.
        var sessions: UInt32
        /// What became of those who waited for it.
        var effect = ServerControl.Effect()
        /// It was among the servers that may be used, until now.
        var wasCounted = false
        var standing: ServerStanding = []
        var isDown = false

        var name: String { "\(isBackup ? "Backup Server" : "Server") \(backend)/\(server)" }
        var isEmpty: Bool { active == 0 && backups == 0 }

        mutating func adopt(_ effect: ServerControl.Effect) {
            self.effect = effect
            wasCounted = effect.hasChanged && hasWeight
        }
    }

    /// - Parameters:
    ///   - reason: Text of the check or of the order that is the reason; empty where `option log-health-checks` told it already.
    ///   - leader: Whom the server tracks, if that is why.
    static func lines(
        _ change: ServerCondition.Change,
        _ place: Place,
        reason: String,
        leader: ServerReference? = nil
    ) -> [LogLine] {
        let running = place.active == 0 && place.backups > 0 ? " Running on backup." : ""
        let online = "\(place.active) active and \(place.backups) backup servers online.\(running)"
        let left = "\(place.active) active and \(place.backups) backup servers left.\(running)"
        let requeued = "\(place.effect.requeued) sessions requeued, \(place.effect.waiting) total in queue."
        let sessions =
            "\(place.sessions) sessions active, \(place.effect.requeued) requeued, "
            + "\(place.effect.waiting) remaining in queue."
        let empty =
            place.isEmpty && place.wasCounted
            ? [
                LogLine(
                    .emergency,
                    "\(place.kind) \(place.backend) has no server available!",
                    aloud: "\(place.kind) '\(place.backend)' has no server available!"
                )
            ] : []
        let via = leader.map { " via \($0.backend)/\($0.server)" } ?? ""
        let stays =
            place.standing.contains(.forcedDrain)
            ? "\(place.name) remains in forced drain mode."
            : "\(place.name) is leaving forced drain but remains in drain mode\(via)."
        let drain = place.standing.isDraining ? [LogLine(.notice, stays)] : []
        let state = place.isDown ? "DOWN" : "UP"
        switch change {
        case .up: return [LogLine(.notice, "\(place.name) is UP\(reason)\(via). \(online) \(requeued)")] + drain
        case .down:
            return [LogLine(.alert, "\(place.name) is DOWN\(reason)\(via). \(left) \(sessions)")] + empty + drain
        case .stopping:
            return [LogLine(.notice, "\(place.name) is stopping\(reason)\(via). \(online) \(requeued)")] + empty + drain
        case .entersDrain:
            let words = place.isDown ? "\(left) \(sessions)" : "\(online) \(requeued)"
            let source = place.standing.contains(.forcedDrain) ? "" : via
            return [LogLine(.notice, "\(place.name) enters drain state\(reason)\(source). \(words)")] + empty
        case .leavesDrain: return [LogLine(.notice, "\(place.name) is \(state) (leaving forced drain).")]
        case .entersMaintenance:
            let source = place.standing.contains(.forcedMaintenance) ? "" : via
            if place.isDown {
                return [LogLine(.notice, "\(place.name) was DOWN and now enters maintenance\(reason)\(source).")]
            }
            return [
                LogLine(.alert, "\(place.name) is going DOWN for maintenance\(reason)\(source). \(left) \(sessions)")
            ]
                + empty
        case .leavesMaintenance(let isForced):
            let forced = isForced ? "forced " : ""
            return [LogLine(.notice, "\(place.name) is \(state)/READY (leaving \(forced)maintenance).")]
        case .leavesMaintenanceForDrain(let isForced):
            let forced = isForced ? "forced " : ""
            return [
                LogLine(.notice, "\(place.name) is \(state)/DRAIN (leaving \(forced)maintenance)."),
                LogLine(.notice, stays),
            ]
        case .remainsInForcedMaintenance: return [LogLine(.notice, "\(place.name) remains in forced maintenance.")]
        case .remainsInInheritedMaintenance:
            let words = "\(place.name) is leaving forced maintenance but remains in maintenance\(via)."
            return [LogLine(.notice, words)]
        case .remainsInDrain: return drain
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
    ) -> LogLine {
        let what = source == .check ? "Health" : "Agent"
        let outcome =
            switch result.status.verdict {
            case .passed: "succeeded"
            case .conditionallyPassed: "conditionally succeeded"
            case .failed, .neutral: "failed"
            }
        let words =
            "\(what) check for \(place.isBackup ? "backup " : "")server \(place.backend)/\(place.server) \(outcome)"
            + "\(reason(result, milliseconds: milliseconds)), status: \(fraction)."
        return LogLine(.notice, words)
    }

    static func reason(_ result: CheckResult, milliseconds: UInt64?) -> String {
        result.reason + (milliseconds.map { ", check duration: \($0)ms" } ?? "")
    }
}
