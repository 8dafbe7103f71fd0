/// How a server stands: a line of `show servers state`.
public struct ServerState: Sendable {
    /// What the administrator wants of a server.
    public enum Admin: String, Sendable, CaseIterable {
        case ready
        case maint
        case drain
    }

    /// What checks say of a server.
    public enum Operational: String, Sendable, CaseIterable {
        case up
        case down
        case stopping
    }

    public let backend: String
    public let name: String
    public let id: String
    public let address: String
    /// nil where the lines of this version have none.
    public let port: Int?
    /// The whole line, by column.
    public let row: RuntimeTable.Row

    init?(_ row: RuntimeTable.Row) {
        guard let backend = row["be_name"], let name = row["srv_name"], let id = row["srv_id"] else { return nil }
        self.backend = backend
        self.name = name
        self.id = id
        address = row["srv_addr"] ?? ""
        port = row.number("srv_port")
        self.row = row
    }

    /// The bits of `srv_admin_state` (SRV_ADMF_* in server-t.h): maintenance that was ordered, inherited or for want of an address
    /// goes before draining. That of the configuration (4) counts with the first, and stays when a command has ended it.
    public var admin: Admin {
        let bits = row.number("srv_admin_state") ?? 0
        if bits & 0x23 != 0 { return .maint }
        return bits & 0x18 != 0 ? .drain : .ready
    }

    /// `srv_op_state`: stopped, starting, running, stopping.
    public var operational: Operational {
        switch row.number("srv_op_state") ?? 0 {
        case 0: .down
        case 3: .stopping
        default: .up
        }
    }
}
