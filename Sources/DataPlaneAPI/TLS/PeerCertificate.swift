internal import NIOCore
internal import NIOSSL

extension Channel {
    /// The common name of the client certificate that TLS has verified; nil if none was shown.
    func clientCertificateName() async -> String? {
        guard let certificate = try? await nioSSL_peerCertificate().get() else { return nil }
        // `<NIOSSLCertificate;serial_number=…;common_name=…;alternative_names=…>`: there is no other way to its name.
        let text = "\(certificate)".dropLast()
        guard let start = text.firstRange(of: ";common_name=")?.upperBound else { return "unnamed certificate" }
        let end = text[start...].firstRange(of: ";alternative_names=")?.lowerBound ?? text.endIndex
        return String(text[start..<end])
    }
}
