public import Files
public import Guestinfo
internal import PKI

/// What the host is told, and what is taken from it; for first boot, and for the console, which goes on with it.
public enum Publisher {
    /// Sets `guestinfo.dataplaneapi.cacert` to the CA's certificate, PEM in base64, if it is something else.
    ///
    /// - Returns: Whether it was set.
    @discardableResult
    public static func publishAuthority(to guestinfo: Guestinfo, _ root: Root) throws -> Bool {
        guard let text = try AtomicFile.readText(root[PKIPaths.caCertificate], limit: 1 << 20) else { return false }
        let value = base64(Array(text.utf8))
        if try guestinfo.get(GuestinfoKey.authority) == value { return false }
        try guestinfo.set(GuestinfoKey.authority, to: value)
        return true
    }

    /// RFC 4648, section 4.
    static func base64(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for index in 0..<4 {
                text.append(index <= group.count ? digits[bits >> (18 - 6 * index) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
