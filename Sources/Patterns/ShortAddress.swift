public import Addresses

/// The short forms of IPv4 addresses that `inet_aton()` knows and HAProxy takes: the last number fills what is left, so
/// that `10.1` is 10.0.0.1 and `0` is 0.0.0.0.
public enum ShortAddress {
    public static func parse(_ text: Substring) -> IPAddress? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...3).contains(parts.count) else { return nil }
        var number: UInt32 = 0
        for (index, part) in parts.enumerated() {
            guard part.utf8.allSatisfy({ (48...57).contains($0) }), let value = UInt32(part) else { return nil }
            guard index == parts.count - 1 else {
                guard value <= 255 else { return nil }
                number |= value << UInt32(24 - 8 * index)
                continue
            }
            let bits = UInt32(32 - 8 * index)
            guard bits == 32 || value < UInt32(1) << bits else { return nil }
            number |= value
        }
        return IPAddress(v4: number)
    }
}
