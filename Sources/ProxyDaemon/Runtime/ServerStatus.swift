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

    /// `srv_op_state`: 0 stopped, 1 starting, 2 running, 3 stopping.
    var operation: Int {
        if report.standing.isInMaintenance { return 0 }
        if report.isHealthy { return report.isStarting ? 1 : 2 }
        return report.isHeld ? 3 : 0
    }

    /// `srv_admin_state`: as it stands, and 4 where the configuration has put it into maintenance.
    var administration: Int { Int(report.standing.rawValue) | (server.isDisabled ? 4 : 0) }

    /// `srv_check_state`: 2 configured, 4 enabled, 8 paused.
    var checkState: Int { Self.state(server.check != nil, report.check) }

    /// `srv_agent_state`: the same, and 16 of an agent.
    var agentState: Int { server.agent == nil ? 0 : 16 + Self.state(true, report.agent) }

    private static func state(_ isConfigured: Bool, _ check: CheckReport) -> Int {
        (isConfigured ? check.isOff ? 2 : 6 : 0) | (check.isPaused ? 8 : 0)
    }

    /// `srv_check_status`, `srv_check_result` and `srv_check_health`.
    var check: (status: Int, result: Int, health: Int) {
        guard server.check != nil, report.check.duration != nil else { return (1, 0, report.check.health) }
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
