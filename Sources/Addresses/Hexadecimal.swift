/// Bytes as pairs of hexadecimal digits.
public enum Hexadecimal {
    public static func text(
        _ bytes: some Sequence<UInt8>,
        separator: String = "",
        uppercase: Bool = false
    ) -> String {
        bytes.map { ($0 < 0x10 ? "0" : "") + String($0, radix: 16, uppercase: uppercase) }.joined(separator: separator)
    }
}
