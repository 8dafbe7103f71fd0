/// The address word of a `bind` or `server` line: `10.0.0.1:80`, `:443`, `[2001:db8::1]:80-90`, `unix@/run/x`.
struct AddressWord: Hashable {
    /// Without brackets; empty if only a port is given.
    var address: String
    var port: Int?
    /// Last port of a range.
    var portRangeEnd: Int?

    init(address: String, port: Int?, portRangeEnd: Int?) {
        self.address = address
        self.port = port
        self.portRangeEnd = portRangeEnd
    }

    /// Everything after the last colon is the port, as in HAProxy. What does not look like one stays in the address.
    init(_ word: String) {
        self.init(address: word, port: nil, portRangeEnd: nil)
        guard !word.contains(","), !word.contains("/") else { return }
        if let inner = Self.unbracketed(word) { address = inner }
        guard let colon = word.lastIndex(of: ":") else { return }
        let ports = word[word.index(after: colon)...].split(separator: "-", omittingEmptySubsequences: false)
        guard ports.count <= 2, let first = ports.first.flatMap({ Self.number($0) }) else { return }
        if ports.count == 2 {
            guard let last = Self.number(ports[1]) else { return }
            portRangeEnd = last
        }
        port = first
        let host = String(word[..<colon])
        address = Self.unbracketed(host) ?? host
    }

    /// A port is digits only: `+1000` is an offset to the client's port.
    private static func number(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
    }

    private static func unbracketed(_ text: String) -> String? {
        text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : nil
    }

    /// The word; an IPv6 address stands in brackets, or its last group would be the port.
    var text: String {
        let isAddress6 =
            address.utf8.count { $0 == UInt8(ascii: ":") } >= 2 && !address.hasPrefix("[")
            && !address.contains { "@/,".contains($0) }
        let host = isAddress6 ? "[\(address)]" : address
        guard let port else { return host }
        let range = portRangeEnd.map { "-\($0)" } ?? ""
        return "\(host):\(port)\(range)"
    }
}
