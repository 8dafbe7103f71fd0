public import Addresses
internal import SwiftASN1
internal import X509

/// Every address and name a server certificate is valid for.
///
/// 127.0.0.1 and `localhost` always belong to it.
public struct ServerNames: Sendable, Hashable {
    /// Sorted, each once.
    public private(set) var addresses: [IPAddress]
    /// The host name first, then sorted, each once; lower case.
    public private(set) var names: [String]
    /// Whether there are no others. Without it a certificate that has more names serves too: they may be those that
    /// nobody knows yet.
    public var isComplete = true

    /// - Parameters:
    ///   - names: DNS names, the host name first. Text that is an IP address is taken as one.
    ///   - addresses: Every interface's address.
    /// - Throws: ``PKIError`` for a name that no certificate can hold.
    public init(names: [String], addresses: [IPAddress]) throws(PKIError) {
        var allAddresses: Set<IPAddress> = [IPAddress(v4: 0x7f00_0001)]
        allAddresses.formUnion(addresses)
        var allNames: [String] = []
        for name in names {
            if let address = IPAddress(name) {
                allAddresses.insert(address)
                continue
            }
            var name = name.lowercased()
            if name.hasSuffix(".") { name.removeLast() }
            guard Self.isName(name) else {
                throw PKIError(
                    "host name",
                    "\"\(name)\" cannot stand in a certificate as a DNS name",
                    remedy: "use letters, digits, hyphens and dots, at most 63 characters between dots and 253 in all"
                )
            }
            if !allNames.contains(name) { allNames.append(name) }
        }
        if !allNames.contains("localhost") { allNames.append("localhost") }
        self.addresses = allAddresses.sorted()
        self.names = allNames.prefix(1) + allNames.dropFirst().sorted()
    }

    /// What becomes the subject's common name: the host name, which X.509 limits to 64 characters.
    var commonName: String {
        let name = names.first ?? "localhost"
        guard name.utf8.count > 64 else { return name }
        return String(name.prefix { $0 != "." })
    }

    var extensionValue: SubjectAlternativeNames {
        SubjectAlternativeNames(
            names.map { GeneralName.dnsName($0) }
                + addresses.map { GeneralName.ipAddress(ASN1OctetString(contentBytes: $0.bytes[...])) }
        )
    }

    /// Whether the certificate names exactly these, no more and no less; those and more if there may be others.
    func matches(_ certificate: Certificate) -> Bool {
        guard let found = try? certificate.extensions.subjectAlternativeNames else { return false }
        return isComplete ? Set(found) == Set(extensionValue) : Set(found).isSuperset(of: extensionValue)
    }

    /// Adds the names and addresses of a certificate.
    mutating func add(namesOf certificate: Certificate) {
        let (names, addresses) = Self.names(of: certificate)
        self.names += names.filter { !self.names.contains($0) }
        self.names = self.names.prefix(1) + self.names.dropFirst().sorted()
        self.addresses = Set(self.addresses + addresses).sorted()
    }

    /// Those that a certificate is valid for.
    static func names(of certificate: Certificate) -> (names: [String], addresses: [IPAddress]) {
        var names: [String] = []
        var addresses: [IPAddress] = []
        guard let found = try? certificate.extensions.subjectAlternativeNames else { return ([], []) }
        for name in found {
            switch name {
            case .dnsName(let name): names.append(name)
            case .ipAddress(let bytes): if let address = IPAddress(bytes: bytes.bytes) { addresses.append(address) }
            default: continue
            }
        }
        return (names, addresses)
    }

    static func isName(_ name: String) -> Bool {
        guard (1...253).contains(name.utf8.count) else { return false }
        return name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.utf8.count)
                && label.utf8.allSatisfy {
                    (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d || $0 == 0x5f
                }
        }
    }
}
