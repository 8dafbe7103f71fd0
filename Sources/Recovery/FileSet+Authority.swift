public import Files
internal import PKI

/// Whether there is a CA: an appliance without one was never configured, and whoever is made of it would be given
/// another by first boot, which no client trusts.
extension FileSet {
    /// - Throws: ``BundleError/withoutAuthority``
    public func requireAuthority() throws(BundleError) {
        // What an admin links to is looked at where it is used.
        guard self[PKIPaths.caCertificate]?.kind == .link || Self.isAuthority(text(PKIPaths.caCertificate)) else {
            throw .withoutAuthority
        }
    }

    static func isAuthority(_ text: String?) -> Bool { !PKIStore.fingerprints(of: text ?? "").isEmpty }
}

extension ApplianceFiles {
    /// The same of a machine.
    public static func hasAuthority(_ root: Root) throws -> Bool {
        FileSet.isAuthority(try AtomicFile.readText(root[PKIPaths.caCertificate], limit: 1 << 20))
    }
}
