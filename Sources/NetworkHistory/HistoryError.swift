/// Why history could not do what it was asked for.
public enum HistoryError: Error, Sendable, Hashable, CustomStringConvertible {
    case noGeneration(Int)
    /// There is nothing before the newest one.
    case noEarlierGeneration
    /// A file of ours that is not what we write: its path, and why.
    case damaged(String, String)

    public var description: String {
        switch self {
        case .noGeneration(let id): "there is no generation \(id); appliance-net history lists them"
        case .noEarlierGeneration: "there is no earlier generation to go back to"
        case .damaged(let path, let reason): "\(path) cannot be read: \(reason)"
        }
    }
}
