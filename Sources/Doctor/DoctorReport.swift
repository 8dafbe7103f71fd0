public import Explanation

/// What the doctor found.
public struct DoctorReport: Sendable, Hashable {
    /// What one check found.
    public struct Result: Sendable, Hashable {
        public var name: String
        public var findings: [Finding]

        /// The worst of the findings; what was skipped counts only where there is nothing else.
        public var state: Finding.State {
            for state in [Finding.State.failed, .warning, .ok] where findings.contains(where: { $0.state == state }) {
                return state
            }
            return .skipped
        }
    }

    /// In the order of the checks.
    public var results: [Result]
    /// What was mended, in words.
    public var fixes: [String] = []
    /// What was to be mended and could not be, with the reason.
    public var obstacles: [String] = []

    public func count(_ state: Finding.State) -> Int {
        results.reduce(0) { $0 + $1.findings.count { $0.state == state } }
    }

    /// Whether nothing failed; warnings are no failures.
    public var isHealthy: Bool { count(.failed) == 0 }
}
