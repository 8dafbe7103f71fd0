/// Largest packet of a link, in bytes.
public enum MTU {
    /// From what every IPv4 host must take (RFC 791) to the jumbo frames of a vSphere switch.
    public static let range = 576...9000
    /// Below it the kernel switches IPv6 off on the link (RFC 8200, section 5).
    public static let leastForIPv6 = 1280
}
