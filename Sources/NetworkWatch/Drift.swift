import NetworkState

extension Operation {
    /// What somebody did behind our back, and what was done about it.
    var driftText: String {
        switch action {
        case .setLink(_, let name, true): return "link \(name) had been set down; set it up again"
        case .renameLink(_, let from, let to): return "link \(to) had been renamed to \(from); named it \(to) again"
        case .setSysctl(let sysctl, let interface, let from, let to):
            return "sysctl \(sysctl.name(interface)) had been set to \(from); set it to \(to) again"
        case .setMTU(_, let name, let from, let to):
            return "link \(name) had been given mtu \(from); gave it \(to) again"
        case .setHostName(let from, let to): return "host name had been set to \(from); set it to \(to) again"
        default:
            return switch verb {
            case .delete where object == .file: "file \(text) had been added; deleted it"
            case .add: "\(object.rawValue) \(text) had been deleted; added it again"
            case .delete: "\(object.rawValue) \(text) had been added with our protocol number; deleted it"
            case .change: "\(object.rawValue) \(text) had been changed; put it back"
            }
        }
    }
}
