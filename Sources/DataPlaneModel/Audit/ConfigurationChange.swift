/// A change of haproxy.cfg for the audit log: which lines went and came, in which sections.
public struct ConfigurationChange: Sendable, Hashable {
    /// The version that it made.
    public var version: Int
    /// `  frontend web` for a section that changed, `- …` for a line that went, `+ …` for one that came; secrets are
    /// left out.
    public var lines: [String]
    /// How many lines more there were.
    public var omitted = 0

    /// Most lines that are told.
    static let limit = 200

    init(version: Int, _ difference: ConfigurationDifference) {
        self.version = version
        lines = difference.lines
        omitted = difference.omitted
    }
}
