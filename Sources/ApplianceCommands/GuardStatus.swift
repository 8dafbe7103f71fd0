/// What the service says of the guard; the names are those of `status --json`.
struct GuardStatus: Codable {
    /// Addresses that are answered for.
    var claimed: Int
    /// Addresses that another host has, and its MAC address.
    var conflicts: [String: String]
    /// Packets that were dropped, by reason.
    var drops: [String: Int]
    var enabled: Bool
    /// Why the kernel's tables are not what they should be; nil: they are.
    var failure: String?
    /// Whether the proxy tells where it listens.
    var following: Bool
    /// Of the proxy, that are let through.
    var listeners: Int
    /// Addresses that the proxy wants, and that are in no range and have no route of their own.
    var outside: [String]
    /// Addresses in no range that have a route of their own.
    var ownAddresses: [String]
    /// Whether the kernel keeps the tables from other programs.
    var isProtected: Bool
    /// How often others had changed the tables.
    var repairs: Int

    enum CodingKeys: String, CodingKey {
        case claimed
        case conflicts
        case drops
        case enabled
        case failure
        case following
        case listeners
        case outside
        case ownAddresses = "own_addresses"
        case isProtected = "protected"
        case repairs
    }

    /// `guard: 12 listeners at 5 addresses are let through; dropped 3 vip_closed, 1 vip_ping`
    var line: String {
        if !enabled { return "guard: off" }
        var text = "guard: "
        text +=
            following
            ? "\(Self.count(listeners, "listener")) at \(Self.count(claimed, "virtual address", "es")) "
                + (listeners == 1 ? "is" : "are") + " let through"
            : "the proxy does not tell where it listens: virtual addresses are closed"
        let dropped = drops.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        if !dropped.isEmpty { text += "; dropped " + dropped.joined(separator: ", ") }
        if let failure { text += "; \(failure)" }
        if !isProtected { text += "; this kernel does not keep it from other programs" }
        return text
    }

    private static func count(_ number: Int, _ what: String, _ plural: String = "s") -> String {
        "\(number) \(what)\(number == 1 ? "" : plural)"
    }
}
