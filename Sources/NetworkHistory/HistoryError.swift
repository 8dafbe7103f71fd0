/// Why history could not do what it was asked for.
public enum HistoryError: Error, Sendable, Hashable, CustomStringConvertible {
    case noGeneration(Int)
    /// There is nothing before the newest one.
    case noEarlierGeneration
    /// A file of ours that is not what we write: its path, and why.
    case damaged(String, String)
    /// There is nothing to confirm.
    case noTry
    /// The try was taken back instead of confirmed, for this reason.
    case tooLate(String)
    /// The guardian ended before it guarded; nothing was changed.
    case noGuardian

    public var description: String {
        switch self {
        case .noGeneration(let id): "there is no generation \(id); appliance-net history lists them"
        case .noEarlierGeneration: "there is no earlier generation to go back to"
        case .damaged(let path, let reason): "\(path) cannot be read: \(reason)"
        case .noTry: "no try waits for a confirmation"
        case .tooLate(let reason): "too late: the former state is restored, because \(reason)"
        case .noGuardian: "the guardian could not be started; nothing was changed"
        }
    }
}
