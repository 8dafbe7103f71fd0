/// What a value is, in the three letters of HAProxy's typed format (management guide, 9.2): where it comes from, what kind of
/// number it is, and what it is about. `MCP` is a metric, a counter, of the process.
public struct FieldTag: Sendable, Equatable, CustomStringConvertible {
    public let letters: StaticString

    init(_ letters: StaticString) { self.letters = letters }

    public var description: String { "\(letters)" }

    public static func == (a: Self, b: Self) -> Bool { a.description == b.description }

    private func letter(_ place: Int) -> UInt8 { letters.utf8Start[place] }

    /// As JSON has them.
    var origin: StaticString {
        switch letter(0) {
        case UInt8(ascii: "M"): "Metric"
        case UInt8(ascii: "S"): "Status"
        case UInt8(ascii: "K"): "Key"
        case UInt8(ascii: "C"): "Config"
        case UInt8(ascii: "P"): "Product"
        default: "Unknown"
        }
    }

    public var nature: StaticString {
        switch letter(1) {
        case UInt8(ascii: "G"): "Gauge"
        case UInt8(ascii: "L"): "Limit"
        case UInt8(ascii: "m"): "Min"
        case UInt8(ascii: "M"): "Max"
        case UInt8(ascii: "R"): "Rate"
        case UInt8(ascii: "C"): "Counter"
        case UInt8(ascii: "D"): "Duration"
        case UInt8(ascii: "A"): "Age"
        case UInt8(ascii: "T"): "Time"
        case UInt8(ascii: "N"): "Name"
        case UInt8(ascii: "O"): "Output"
        case UInt8(ascii: "a"): "Avg"
        default: "Unknown"
        }
    }

    var scope: StaticString {
        switch letter(2) {
        case UInt8(ascii: "C"): "Cluster"
        case UInt8(ascii: "P"): "Process"
        case UInt8(ascii: "S"): "Service"
        case UInt8(ascii: "s"): "System"
        default: "Unknown"
        }
    }
}
