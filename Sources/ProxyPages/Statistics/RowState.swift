/// How a server's row looks, by its status.
struct RowState: Hashable, Sendable {
    enum Kind: String, Hashable, Sendable, CaseIterable {
        case up
        case goingDown = "going_down"
        case goingUp = "going_up"
        case down
        case noCheck = "no_check"
        case draining
        case maintenance = "maintain"

        var words: String {
            switch self {
            case .up: "up"
            case .goingDown: "going down"
            case .goingUp: "going up"
            case .down: "down"
            case .noCheck: "not checked"
            case .draining: "draining"
            case .maintenance: "maintenance"
            }
        }

        var meaning: String {
            switch self {
            case .up: "its checks pass"
            case .goingDown: "up, and the last checks failed"
            case .goingUp: "down, and the last checks passed"
            case .down: "its checks fail"
            case .noCheck: "taken for up: nobody asks it"
            case .draining: "takes no new connections; those that exist go on"
            case .maintenance: "taken out by somebody"
            }
        }
    }

    let kind: Kind
    let isBackup: Bool

    init(_ status: String, isBackup: Bool) {
        self.isBackup = isBackup
        let isOnTheWay = status.contains("/")
        kind =
            if status.hasPrefix("MAINT") { .maintenance } else if status.hasPrefix("DRAIN") || status.hasPrefix("NOLB")
            {
                .draining
            } else if status.hasPrefix("DOWN") { isOnTheWay ? .goingUp : .down } else if status.hasPrefix("UP") {
                isOnTheWay ? .goingDown : .up
            } else { .noCheck }
    }

    /// HAProxy's class of the row.
    var name: String { kind == .maintenance ? kind.rawValue : (isBackup ? "backup_" : "active_") + kind.rawValue }
}
