public import ArgumentParser
internal import DataPlaneModel

/// A length of time on the command line, as Go spells it: `30s`, `1m30s`, `500ms`; a bare number is seconds.
public struct TimeOption: ExpressibleByArgument, Sendable, Hashable {
    var duration: Duration

    init(_ duration: Duration) { self.duration = duration }

    public init?(argument: String) {
        guard let duration = Duration(go: argument) else { return nil }
        self.init(duration)
    }
}
