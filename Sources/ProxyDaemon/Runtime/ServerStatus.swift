internal import HealthChecks
internal import ProxyEngine

/// How a server is, in HAProxy's words and numbers.
struct ServerStatus {
    private let server: Server
    private let report: ServerReport

    init(_ server: Server, _ report: ServerReport) {
        self.server = server
        self.report = report
    }

    /// The column `status` of `show stat`.
    var words: String {
        if server.isDisabled || report.administration == .maintenance { return "MAINT" }
        let isDraining = report.administration == .drain
        guard let check = server.check else {
            if !report.isHealthy { return "DOWN" }
            if isDraining { return "DRAIN" }
            return server.track == nil && server.agent == nil ? "no check" : "UP"
        }
        let (health, rise, fall) = (report.check.health, Int(check.rise), Int(check.fall))
        // Nobody has asked yet.
        let level = report.check.duration == nil ? rise : health
        if !report.isHealthy, !isStopping { return level > 0 ? "DOWN \(level)/\(rise)" : "DOWN" }
        let state = isDraining ? "DRAIN" : isStopping ? "NOLB" : "UP"
        return level >= rise + fall - 1 ? state : "\(state) \(max(1, level - rise + 1))/\(fall)"
    }

    /// Checks pass, and it takes no new connections.
    private var isStopping: Bool {
        guard let check = server.check, !report.isHealthy else { return false }
        return report.check.health >= Int(check.rise)
    }

    /// `srv_op_state`: 0 stopped, 2 running, 3 stopping.
    var operation: Int {
        if server.isDisabled || report.administration == .maintenance { return 0 }
        if isStopping { return 3 }
        return report.isHealthy ? 2 : 0
    }

    /// `srv_admin_state`: 1 maintenance by command, 4 by the configuration, 8 draining by command.
    var administration: Int {
        var bits = server.isDisabled ? 5 : 0
        switch report.administration {
        case .ready: break
        case .drain: bits |= 8
        case .maintenance: bits |= 1
        }
        return bits
    }

    /// `srv_check_status`, `srv_check_result` and `srv_check_health`.
    var check: (status: Int, result: Int, health: Int) {
        guard server.check != nil, !server.isDisabled else { return (1, 0, server.isDisabled ? 0 : 2) }
        guard report.check.duration != nil else { return (1, 0, server.check.map { Int($0.rise) } ?? 2) }
        let status = report.check.status
        let result =
            switch status.verdict {
            case .neutral: 1
            case .failed: 2
            case .passed: 3
            case .conditionallyPassed: 4
            }
        return (status.number, result, report.check.health)
    }
}

extension CheckStatus {
    /// HAProxy's number (`enum healthcheck_status`).
    var number: Int {
        switch self {
        case .unknown: 0
        case .initializing: 1
        case .noChange: 3
        case .healthAnalyze: 4
        case .socketError: 5
        case .layer4Passed: 6
        case .layer4Timeout: 7
        case .layer4Problem: 8
        case .layer6Passed: 9
        case .layer6Timeout: 10
        case .layer6Invalid: 11
        case .layer7Timeout: 12
        case .layer7Invalid: 13
        case .layer7Passed: 15
        case .layer7ConditionallyPassed: 16
        case .layer7WrongStatus: 17
        }
    }
}
