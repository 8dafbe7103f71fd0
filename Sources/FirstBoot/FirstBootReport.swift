/// What a first boot did, step by step.
public struct FirstBootReport: Sendable, Codable {
    public struct Step: Sendable, Codable, Hashable {
        public var name: String
        /// What was changed; empty if all was right already.
        public var changes: [String]
        /// Why the step failed; nil if it did not.
        public var failure: String?
        public var milliseconds: Double
    }

    public var steps: [Step] = []

    public init() {}

    public var changes: [String] { steps.flatMap(\.changes) }
    public var failed: [Step] { steps.filter { $0.failure != nil } }
}
