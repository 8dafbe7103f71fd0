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
        guard !word.contains(","), !word.contains("/"), let colon = word.lastIndex(of: ":") else { return }
        let ports = word[word.index(after: colon)...].split(separator: "-", omittingEmptySubsequences: false)
        guard ports.count <= 2, let first = ports.first.flatMap({ Int($0) }) else { return }
        if ports.count == 2 {
            guard let last = Int(ports[1]) else { return }
            portRangeEnd = last
        }
        port = first
        address = String(word[..<colon])
        if address.hasPrefix("["), address.hasSuffix("]") { address = String(address.dropFirst().dropLast()) }
    }

    /// The word; an IPv6 address with a port stands in brackets.
    var text: String {
        guard let port else { return address }
        let isPlain = address.hasPrefix("[") || address.contains("@") || !address.contains(":")
        let range = portRangeEnd.map { "-\($0)" } ?? ""
        return "\(isPlain ? address : "[\(address)]"):\(port)\(range)"
    }
}
