public import NetworkState

/// One change of the network that was applied, and the files it was made of.
public struct Generation: Sendable, Hashable, Codable {
    /// What became of it.
    public enum Outcome: String, Sendable, Hashable, Codable {
        case applied
        /// Tried and confirmed.
        case confirmed
        /// Tried and taken back: not confirmed in time, or cancelled.
        case reverted
        /// Edits of the files that were never applied, and that going back has overwritten.
        case overwritten
    }

    /// One operation, in the words of `ip`.
    public struct Change: Sendable, Hashable, Codable, CustomStringConvertible {
        public var verb: String
        public var object: String
        public var text: String
        /// Of a file, the lines that went (`-`) and came (`+`).
        public var lines: [String]?

        public init(_ operation: Operation) {
            verb = operation.verb.rawValue
            object = operation.object.rawValue
            text = operation.text
            lines = operation.object == .file ? operation.difference : nil
        }

        /// `+ rule from 10.13.201.0/24 lookup 2`
        public var description: String {
            "\(Operation.Verb(rawValue: verb)?.sign ?? "?") \(object) \(text)"
        }
    }

    /// Counts up from 1; never used twice.
    public var id: Int
    /// Seconds since 1970.
    public var time: Int64
    public var origin: Origin
    public var outcome: Outcome
    /// The generation that this one went back to.
    public var restores: Int?
    /// What files were restored from; nil if none were.
    public var source: String?
    /// Whether our policy was taken down: going back to it does so again.
    public var isDown: Bool
    /// What was done to the kernel, in order.
    public var changes: [Change]
    /// What the files were.
    public var files: ConfigurationFiles

    public init(
        id: Int,
        time: Int64,
        origin: Origin,
        outcome: Outcome = .applied,
        restores: Int? = nil,
        source: String? = nil,
        isDown: Bool = false,
        changes: [Change],
        files: ConfigurationFiles
    ) {
        self.id = id
        self.time = time
        self.origin = origin
        self.outcome = outcome
        self.restores = restores
        self.source = source
        self.isDown = isDown
        self.changes = changes
        self.files = files
    }

    /// Whether the network became this, and did not go back.
    public var isInEffect: Bool { outcome == .applied || outcome == .confirmed }

    /// Whether the service only brought back what `former` had made, after somebody had changed it.
    func isRepair(of former: Generation) -> Bool {
        origin == .watch && restores == nil && files == former.files && isDown == former.isDown
    }
}

extension [Generation] {
    /// Those that are in effect, without the repairs: the steps from one state to another.
    var steps: [Generation] {
        var former: Generation?
        return filter { generation in
            guard generation.isInEffect else { return false }
            defer { former = generation }
            return former.map { !generation.isRepair(of: $0) } ?? true
        }
    }
}
