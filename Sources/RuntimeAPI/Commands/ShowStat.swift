/// `show stat`: counters of every frontend, backend and server, as CSV.
public struct ShowStat: RuntimeCommand {
    public let words = ["show", "stat"]

    public init() {}

    public func read(_ text: String) throws(RuntimeError) -> RuntimeTable {
        var lines = text.split(whereSeparator: { $0.isNewline })
        guard let head = lines.first, head.hasPrefix("# ") else { throw RuntimeError(refusal: text) }
        lines.removeFirst()
        return RuntimeTable(header: Self.cells(head.dropFirst(2)), rows: lines.map { Self.cells($0) })
    }

    /// The cells of a line (RFC 4180): one in quotes may hold commas, and a quote as two.
    static func cells(_ line: Substring) -> [String] {
        var cells: [String] = []
        var rest = line.utf8[...]
        let (comma, quote) = (UInt8(ascii: ","), UInt8(ascii: "\""))
        while true {
            if rest.first == quote {
                rest = rest.dropFirst()
                var cell: [UInt8] = []
                while let byte = rest.popFirst() {
                    if byte == quote {
                        guard rest.first == quote else { break }
                        rest = rest.dropFirst()
                    }
                    cell.append(byte)
                }
                cells.append(String(decoding: cell, as: UTF8.self))
            } else {
                let end = rest.firstIndex(of: comma) ?? rest.endIndex
                cells.append(String(rest[..<end]) ?? "")
                rest = rest[end...]
            }
            guard rest.first == comma else { return cells }
            rest = rest.dropFirst()
        }
    }
}
