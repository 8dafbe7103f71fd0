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

    /// The servers of a section that is `disabled`.
    mutating func add(resting backend: Backend, number: Int, isForced: Bool, seconds: UInt64) {
        for server in backend.resting {
            let (stated, isDisabled) = (server.stated, server.isDisabled)
            let fields: [String] = [
                "\(number)", backend.name, "\(server.id)", server.name, Self.text(server.address),
                isDisabled ? "0 5" : "2 0", "\(server.weight)", "\(server.weight)", "\(seconds)", "1 0",
                isDisabled ? "0 8" : "\(server.rise) 0", "0", isForced ? "1" : "0", server.id == 0 ? "0" : "1",
                server.hostName ?? "-", "\(server.port)", "-", server.usesTLS ? "1" : "0", "\(stated.checkPort)",
                Self.text(stated.checkAddress), Self.text(stated.agentAddress), "\(stated.agentPort)",
            ]
            text += fields.joined(separator: " ") + "\n"
        }
    }

    private static func row(_ server: Server, at index: Int, _ isForced: Bool, _ report: ServerReport) -> String {
        let status = ServerStatus(server, report)
        let check = status.check
        let fields: [String] = [
            "\(server.number(at: index))", server.name,
            server.connection.path == nil ? "\(server.endpoint.address)" : "-",
            "\(status.operation)", "\(status.administration)", "\(report.weight)", "\(server.weight)",
            "\(report.stableSeconds)", "\(check.status)", "\(check.result)", "\(check.health)",
            "\(status.checkState)", "\(status.agentState)",
            isForced ? "1" : "0", server.hasOwnNumber ? "1" : "0", server.followed?.name ?? server.hostName ?? "-",
            port(server), "-", "0", "\(server.stated.checkPort)",
            text(server.stated.checkAddress), text(server.stated.agentAddress), "\(server.stated.agentPort)",
        ]
        return fields.joined(separator: " ")
    }

    /// Of one whose port follows the client's, by how much it is moved.
    private static func port(_ server: Server) -> String {
        server.connection.portOffset.map { "\(UInt32(bitPattern: $0))" } ?? "\(server.endpoint.port)"
    }

    /// The server's own has no text.
    private static func text(_ address: IPAddress?) -> String { address.map { "\($0)" } ?? "-" }
}
