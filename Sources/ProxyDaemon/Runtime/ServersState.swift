internal import Addresses
internal import ProxyEngine

/// `show servers state`: HAProxy's table, version 1 (management guide, 9.3).
struct ServersState {
    private static let columns =
        "be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight "
        + "srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state "
        + "srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port "
        + "srv_check_addr srv_agent_addr srv_agent_port"

    private(set) var text = "1\n# \(columns)\n"

    /// - Parameter isForced: Its number was given by hand.
    mutating func add(_ backend: Backend, number: Int, isForced: Bool, _ report: BackendReport) {
        for (index, (server, report)) in zip(backend.servers, report.servers).enumerated() {
            text += "\(number) \(backend.name) " + Self.row(server, at: index, isForced, report) + "\n"
        }
    }

    private static func row(_ server: Server, at index: Int, _ isForced: Bool, _ report: ServerReport) -> String {
        let status = ServerStatus(server, report)
        let check = status.check
        let fields: [String] = [
            "\(server.number(at: index))", server.name,
            server.connection.path ?? "\(server.endpoint.address)",
            "\(status.operation)", "\(status.administration)", "\(report.weight)", "\(server.weight)",
            "\(report.stableSeconds)", "\(check.status)", "\(check.result)", "\(check.health)",
            "\(status.checkState)", "\(status.agentState)",
            isForced ? "1" : "0", server.hasOwnNumber ? "1" : "0", server.followed?.name ?? server.hostName ?? "-",
            "\(server.endpoint.port)", "-", "0", "\(server.check?.endpoint?.port ?? 0)",
            checkAddress(server) ?? "-", agentAddress(server) ?? "-",
            "\(server.agent?.endpoint.port ?? 0)",
        ]
        return fields.joined(separator: " ")
    }

    /// nil: the server's own.
    private static func checkAddress(_ server: Server) -> String? {
        guard let address = server.check?.endpoint?.address, address != server.endpoint.address else { return nil }
        return "\(address)"
    }

    /// nil: the server's own.
    private static func agentAddress(_ server: Server) -> String? {
        guard let address = server.agent?.endpoint.address, address != server.endpoint.address else { return nil }
        return "\(address)"
    }
}
