internal import Addresses

/// Subject and issuer of a certificate in DER (RFC 5280, 4.1), as much of it as that needs.
public struct DistinguishedNames: Sendable, Hashable {
    /// As `O=Example, CN=www.example.com`.
    public var subject: String
    public var issuer: String

    /// nil for bytes that are no certificate.
    public init?(_ der: [UInt8]) {
        // Certificate ::= SEQUENCE { TBSCertificate ::= SEQUENCE { version [0], serial, algorithm, issuer, validity,
        // subject, … }, … }
        var outer = DERReader(der[...])
        guard var certificate = outer.next(0x30).map({ DERReader($0) }),
            var body = certificate.next(0x30).map({ DERReader($0) })
        else { return nil }
        _ = body.next(0xA0)
        guard body.next(0x02) != nil, body.next(0x30) != nil, let issuer = body.next(0x30), body.next(0x30) != nil,
            let subject = body.next(0x30)
        else { return nil }
        self.issuer = Self.text(issuer)
        self.subject = Self.text(subject)
    }

    private static func text(_ name: ArraySlice<UInt8>) -> String {
        var parts: [String] = []
        var sets = DERReader(name)
        while var set = sets.next(0x31).map({ DERReader($0) }) {
            while var pair = set.next(0x30).map({ DERReader($0) }) {
                guard let type = pair.next(0x06), let value = pair.next(nil) else { break }
                let label = labels[Array(type)] ?? Hexadecimal.text(type)
                parts.append("\(label)=\(String(decoding: value, as: UTF8.self))")
            }
        }
        return parts.joined(separator: ", ")
    }

    /// Attribute types of X.520.
    private static let labels: [[UInt8]: String] = [
        [0x55, 4, 3]: "CN", [0x55, 4, 5]: "serialNumber", [0x55, 4, 6]: "C", [0x55, 4, 7]: "L", [0x55, 4, 8]: "ST",
        [0x55, 4, 10]: "O", [0x55, 4, 11]: "OU",
    ]
}

/// The values of a DER encoding, one after the other (X.690).
private struct DERReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The content of the next value if it has this tag; it stays where it is if it has another.
    mutating func next(_ tag: UInt8?) -> ArraySlice<UInt8>? {
        var reader = rest
        guard let found = reader.popFirst(), tag == nil || found == tag, let first = reader.popFirst() else {
            return nil
        }
        var length = Int(first)
        if first >= 0x80 {
            let count = Int(first & 0x7F)
            guard (1...4).contains(count), reader.count >= count else { return nil }
            length = reader.prefix(count).reduce(0) { $0 << 8 | Int($1) }
            reader = reader.dropFirst(count)
        }
        guard reader.count >= length else { return nil }
        rest = reader.dropFirst(length)
        return reader.prefix(length)
    }
}
