/// How `show stat` and `show info` are written.
public enum StatisticsFormat: UInt8, Sendable {
    /// CSV for `show stat`, `name: value` for `show info`.
    case plain
    /// A line for each value, with its place, name, tag and type (management guide, 9.2).
    case typed
    case json
}
