/// `set table <name> key <key> data.<type> <value>…`
public struct SetTable: RuntimeOrder {
    public let words: [String]

    public init(_ name: String, key: String, _ values: [(type: String, value: Int)]) {
        words = ["set", "table", name, "key", key] + values.flatMap { ["data." + $0.type, String($0.value)] }
    }
}
