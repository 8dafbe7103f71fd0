/// Names of hosts and domains: RFC 1123, section 2.1.
public enum HostName {
    /// The bytes that Linux keeps of its own name (gethostname(2)).
    public static let longestOwnName = 64
    /// The bytes of a name in the DNS (RFC 1035, section 2.3.4).
    public static let longestName = 253

    /// Whether `name` is labels of letters, digits and inner hyphens with dots between them. A name whose last label is
    /// a number would be taken for an address.
    public static func isValid(_ name: some StringProtocol) -> Bool {
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        let areLabels = labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
        }
        return areLabels && name.utf8.count <= longestName
            && labels.last?.utf8.allSatisfy { (0x30...0x39).contains($0) } == false
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
    }
}
