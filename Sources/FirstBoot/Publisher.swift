public import Files
internal import FoundationEssentials
public import Guestinfo
internal import PKI

/// What the host is told; for first boot, and for the console, which goes on with it.
public enum Publisher {
    /// What ``publishAuthority(to:_:)`` tells of.
    public static let authorityPath = PKIPaths.caCertificate

    /// Sets `guestinfo.dataplaneapi.cacert` to what clients should trust, PEM in base64, if it is something else: the CA,
    /// and while one CA follows the other both.
    ///
    /// - Returns: Whether it was set.
    @discardableResult
    public static func publishAuthority(to guestinfo: Guestinfo, _ root: Root) throws -> Bool {
        guard let trust = try PKIStore(root: root).trust() else { return false }
        let value = Data(trust.pem.utf8).base64EncodedString()
        if try guestinfo.get(GuestinfoKey.authority) == value { return false }
        try guestinfo.set(GuestinfoKey.authority, to: value)
        return true
    }
}
