public import Addresses
public import FoundationEssentials
internal import X509

extension PKIStore {
    /// How CA and server certificate stand.
    public struct Examination: Sendable {
        public var authority: CertificateAuthority
        /// When the server certificate on disk ends; nil if there is none that can be read.
        public var expires: Date?
        /// Why it must be issued anew; nil if it is right.
        public var reason: IssueReason?
    }

    /// Looks at what ``ensure(names:addresses:ca:serverKeyOwner:now:)`` would do, and writes nothing.
    ///
    /// - Returns: nil where there is no CA.
    /// - Throws: ``PKIError`` if the CA on disk cannot be used; `SystemError` for files.
    public func examine(names: [String], addresses: [IPAddress], now: Date) throws -> Examination? {
        guard let authority = try authority(now: now) else { return nil }
        let plan = try serverPlan(
            authority: authority,
            names: try ServerNames(names: names, addresses: addresses),
            now: now
        )
        var ignored: [PKIError.Problem] = []
        let leaf = try read(PKIPaths.serverCertificate).flatMap {
            PEMIntake.certificates(in: .file(PKIPaths.serverCertificate, $0), &ignored).first
        }
        return Examination(
            authority: authority,
            expires: leaf?.certificate.notValidAfter,
            reason: plan.reason
        )
    }
}
