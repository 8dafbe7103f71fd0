/// What a PEM file with certificates and a key says of itself.
public struct CertificateFacts: Sendable, Hashable {
    /// Distinguished names of the leaf, as `CN=www.example.com`.
    public var subject = ""
    public var issuer = ""
    /// Hexadecimal.
    public var serial = ""
    /// RFC 3339.
    public var notBefore = ""
    public var notAfter = ""
    public var names: [String] = []
    public var addresses: [String] = []

    public init() {}
}

/// Reads PEM files, where there is a library that can.
public protocol CertificateReader: Sendable {
    /// - Returns: What the first certificate says.
    /// - Throws: 400 in words: no certificate, no private key, a key that belongs to another certificate.
    func read(_ pem: [UInt8]) throws(APIError) -> CertificateFacts
}

/// Only looks whether the file has the form: a certificate and a private key in PEM.
public struct PEMFormReader: CertificateReader {
    public init() {}

    public func read(_ pem: [UInt8]) throws(APIError) -> CertificateFacts {
        let lines = pem.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
        guard lines.contains(where: { $0.hasPrefix("-----BEGIN CERTIFICATE-----") }) else {
            throw APIError(400, "the file has no certificate in PEM")
        }
        guard lines.contains(where: { $0.hasPrefix("-----BEGIN ") && $0.contains("PRIVATE KEY-----") }) else {
            throw APIError(400, "the file has no private key in PEM")
        }
        return CertificateFacts()
    }
}
