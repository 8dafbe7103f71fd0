/// One part of the first boot: compares what is there with what should be, and mends the difference.
///
/// Steps are independent: one that fails is reported and the others still run. Each is idempotent, so a run after a
/// power cut finishes what the last one left.
protocol FirstBootStep: Sendable {
    /// A few words, as they stand in reports: `host name`.
    var name: String { get }
    /// Whether it puts a secret of the properties in place: where it fails, the properties stay as they are.
    var takesSecrets: Bool { get }

    /// Makes it so.
    ///
    /// - Returns: What was changed, past tense, one entry each; empty if all was right already.
    func run(_ context: FirstBootContext) throws -> [String]
}

extension FirstBootStep {
    var takesSecrets: Bool { false }
}
