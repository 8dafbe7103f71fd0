/// Who asked for a change of the network.
public enum Origin: String, Sendable, Hashable, Codable, CaseIterable {
    case apply
    case down
    case firstboot
    case restore
    case rollback
    case `try`
    case up
    case watch
}
