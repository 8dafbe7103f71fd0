public import Addresses

/// What a follower answers to a part of the list: it is done with it, and what became of the addresses.
///
/// As lines: `conflict <address> <mac>`, `outside <address>`, and at last `ok <sequence>`. A line `retry`, at any time,
/// asks for another attempt to bind what could not be bound because its address was none of the machine's.
public struct ListenerVerdict: Hashable, Sendable {
    public var sequence: Int
    /// Who else has an address.
    public var conflicts: [IPAddress: MACAddress]
    /// Addresses in no range that have no route of their own.
    public var outside: Set<IPAddress>

    public static let retry = "retry"

    public init(sequence: Int, conflicts: [IPAddress: MACAddress] = [:], outside: Set<IPAddress> = []) {
        self.sequence = sequence
        self.conflicts = conflicts
        self.outside = outside
    }

    /// Takes a line; true if it was the last one, `ok`. What is not understood is passed over: the follower may know more.
    public mutating func take(line: some StringProtocol) -> Bool {
        let words = line.split(separator: " ")
        switch words.first {
        case "conflict" where words.count >= 3:
            if let address = IPAddress(words[1]), let mac = MACAddress(String(words[2])) { conflicts[address] = mac }
        case "outside" where words.count >= 2:
            if let address = IPAddress(words[1]) { outside.insert(address) }
        case "ok" where words.count == 2:
            guard let number = Int(words[1]) else { return false }
            sequence = number
            return true
        default: break
        }
        return false
    }

    /// The lines, each with its newline.
    public var text: String {
        let conflicts = conflicts.sorted { $0.key < $1.key }.map { "conflict \($0.key) \($0.value)\n" }
        return (conflicts + outside.sorted().map { "outside \($0)\n" }).joined() + "ok \(sequence)\n"
    }
}
