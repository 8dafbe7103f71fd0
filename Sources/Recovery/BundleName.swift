/// The name of a bundle's file: `000012-20261121T235959Z.bundle` on its appliance, with `<host>-` before it elsewhere.
public struct BundleName: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Of the appliance; empty where there is only one.
    public var host: String
    public var number: Int
    /// `20261121T235959Z`, by the clock of the appliance.
    public var stamp: String

    init(host: String = "", number: Int, stamp: String) {
        self.host = host
        self.number = number
        self.stamp = stamp
    }

    /// nil for other names. Read from the end: a host's name may have dashes, and numbers.
    public init?(_ name: String) {
        let suffix = ".bundle"
        guard name.hasSuffix(suffix) else { return nil }
        let parts = name.dropLast(suffix.count).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 2, let stamp = parts.last, Self.isStamp(stamp) else { return nil }
        let digits = parts[parts.count - 2]
        guard digits.utf8.count >= 6, digits.utf8.allSatisfy({ Self.isDigit($0) }), let number = Int(digits) else {
            return nil
        }
        self.init(host: parts.dropLast(2).joined(separator: "-"), number: number, stamp: String(stamp))
        guard host.isEmpty == (parts.count == 2) else { return nil }
    }

    /// What of a host's name is in the names of its bundles.
    public static func host(_ name: String) -> String {
        let kept = name.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-") }
        return kept.isEmpty ? "appliance" : kept
    }

    public var description: String {
        let digits = String(number)
        let padded = String(repeating: "0", count: max(0, 6 - digits.utf8.count)) + digits
        return (host.isEmpty ? "" : host + "-") + "\(padded)-\(stamp).bundle"
    }

    /// By number, whatever the clock said.
    public static func < (left: Self, right: Self) -> Bool {
        (left.number, left.stamp, left.host) < (right.number, right.stamp, right.host)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isStamp(_ text: Substring) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 16, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "Z") else { return false }
        return (bytes[..<8] + bytes[9..<15]).allSatisfy { isDigit($0) }
    }
}
