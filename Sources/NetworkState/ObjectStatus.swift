/// How one object stands: wanted or not, there or not.
public struct ObjectStatus: Hashable, Sendable, CustomStringConvertible {
    public enum State: String, Sendable, Hashable {
        /// Wanted, and there.
        case inSync = "in-sync"
        /// Wanted, and not there.
        case missing
        /// There, but not as wanted.
        case different
        /// Ours, there, and not wanted any more.
        case surplus
        /// Somebody else's in a place of ours. Shown, never changed.
        case foreign
        /// Wanted, and cannot be had; ``ObjectStatus/detail`` says why.
        case blocked
    }

    public var object: Operation.Object
    /// In the words of `ip`.
    public var text: String
    public var state: State
    /// What is there instead, or what is in the way.
    public var detail: String?

    init(_ object: Operation.Object, _ text: String, _ state: State, _ detail: String? = nil) {
        self.object = object
        self.text = text
        self.state = state
        self.detail = detail
    }

    /// `in-sync rule from 10.13.201.0/24 lookup 2`
    public var description: String {
        "\(state.rawValue) \(object.rawValue) \(text)" + (detail.map { " (\($0))" } ?? "")
    }
}
