internal import SwiftASN1

/// The algorithms of a certificate, also of one that the library above cannot take for its key.
struct RawCertificate {
    private let signature: ASN1ObjectIdentifier
    private let key: ASN1ObjectIdentifier
    /// What stands beside the key's algorithm: the curve.
    private let curve: ASN1ObjectIdentifier?
    private let rsaBits: Int?

    /// nil if it is no certificate (RFC 5280, section 4.1).
    init?(_ der: [UInt8]) {
        guard let outer = try? DER.parse(der).children, outer.count == 3, let fields = outer[0].children,
            let signature = outer[1].children?.first.flatMap({ try? ASN1ObjectIdentifier(derEncoded: $0) })
        else { return nil }
        // A version comes first, with a tag of its own.
        let offset = fields.first?.identifier == ASN1Identifier(tagWithNumber: 0, tagClass: .contextSpecific) ? 1 : 0
        guard fields.count > offset + 5, let info = fields[offset + 5].children, info.count == 2,
            let algorithm = info[0].children,
            let key = algorithm.first.flatMap({ try? ASN1ObjectIdentifier(derEncoded: $0) }),
            let bits = try? ASN1BitString(derEncoded: info[1])
        else { return nil }
        self.signature = signature
        self.key = key
        curve = algorithm.dropFirst().first.flatMap { try? ASN1ObjectIdentifier(derEncoded: $0) }
        rsaBits = key == Self.rsa ? Self.modulusBits(Array(bits.bytes)) : nil
    }

    private static let rsa: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 1, 1]
    private static let ec: ASN1ObjectIdentifier = [1, 2, 840, 10045, 2, 1]
    private static let dsa: ASN1ObjectIdentifier = [1, 2, 840, 10040, 4, 1]

    private static let ed25519: ASN1ObjectIdentifier = [1, 3, 101, 112]
    /// P-256, P-384, P-521.
    private static let curves: [ASN1ObjectIdentifier] = [
        [1, 2, 840, 10045, 3, 1, 7], [1, 3, 132, 0, 34], [1, 3, 132, 0, 35],
    ]

    private static func modulusBits(_ key: [UInt8]) -> Int? {
        guard let modulus = try? DER.parse(key).children?.first, case .primitive(let bytes) = modulus.content else {
            return nil
        }
        let digits = bytes.drop { $0 == 0 }
        return digits.first.map { digits.count * 8 - $0.leadingZeroBitCount }
    }

    /// In words what key it has that cannot be used; nil if there is nothing to say against it.
    var unusableKey: String? {
        if let rsaBits { return rsaBits < 2048 ? "an RSA key of \(rsaBits) bits, which is too short" : nil }
        if key == Self.dsa { return "a DSA key, which nobody uses any more" }
        if key == Self.ec {
            if let curve, Self.curves.contains(curve) { return nil }
            return
                "an EC key of a curve other than P-256, P-384 and P-521 (\(curve.map { "\($0)" } ?? "without a name"))"
        }
        if key == Self.ed25519 { return nil }
        return "a key of a kind that cannot be used here (\(key))"
    }

    /// The name of a digest that can be forged; nil for another.
    var weakSignature: String? {
        let weak: [(ASN1ObjectIdentifier, String)] = [
            ([1, 2, 840, 113549, 1, 1, 2], "MD2"), ([1, 2, 840, 113549, 1, 1, 4], "MD5"),
            ([1, 2, 840, 113549, 1, 1, 5], "SHA-1"), ([1, 2, 840, 10045, 4, 1], "SHA-1"),
            ([1, 2, 840, 10040, 4, 3], "SHA-1"),
        ]
        return weak.first { $0.0 == signature }?.1
    }
}

extension ASN1Node {
    fileprivate var children: [ASN1Node]? {
        if case .constructed(let nodes) = content { Array(nodes) } else { nil }
    }
}
