/// A metric: its name behind `haproxy_<what>_`, and where its value is.
struct Metric: Sendable {
    enum Form: String, Sendable {
        case counter
        case gauge
    }

    enum Kind: Sendable {
        case number
        /// Milliseconds there, seconds here.
        case time
        /// One for each state that there may be, and 1 for the one that is.
        case status
        case checkStatus
        /// Only of servers that are checked.
        case checked
        case checkedTime
        /// One for each class of answers.
        case responses
        /// How many servers of a backend are in each state; how the check of each ended.
        case serverStates
        case checkStates
        case version
    }

    let name: String
    /// By the names of `show stat` or `show info`.
    let field: String
    let form: Form
    let kind: Kind
    /// Only of proxies of `mode http`.
    let isHTTP: Bool
    let help: String

    init(
        _ name: String,
        _ field: String,
        _ form: Form,
        _ kind: Kind = .number,
        isHTTP: Bool = false,
        help: String
    ) {
        (self.name, self.field, self.form, self.kind) = (name, field, form, kind)
        (self.isHTTP, self.help) = (isHTTP, help)
    }

    static func all(_ scope: MetricsQuery.Scope) -> [Metric] {
        switch scope {
        case .global: process
        case .frontend: frontend
        case .listener: listener
        case .backend: backend
        case .server: server
        case .stickTable: stickTable
        }
    }

    static let stickTable = [
        Metric("size", "size", .gauge, help: "Stick table size."),
        Metric("used", "used", .gauge, help: "Number of entries used in this stick table."),
    ]

    static let checkStates = [
        "HANA", "SOCKERR", "L4OK", "L4TOUT", "L4CON", "L6OK", "L6TOUT", "L6RSP", "L7TOUT", "L7RSP", "L7OK", "L7OKC",
        "L7STS", "PROCERR", "PROCTOUT", "PROCOK",
    ]
    static let serverStates = ["DOWN", "UP", "MAINT", "DRAIN", "NOLB"]
    static let responses = ["1xx", "2xx", "3xx", "4xx", "5xx", "other"]
}
