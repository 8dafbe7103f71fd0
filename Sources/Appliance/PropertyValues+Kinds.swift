import Addresses
import OVF

/// One function for each kind of value: it gives the value or reports what is wrong with it.
extension PropertyValues {
    mutating func boolean(_ key: PropertyKey) -> Bool {
        switch textOrDefault(key).lowercased() {
        case "true", "yes", "1": return true
        case "false", "no", "0": return false
        default:
            report(key, "it is neither true nor false", remedy: "write True or False")
            return false
        }
    }

    mutating func port(_ key: PropertyKey) -> UInt16? {
        let text = textOrDefault(key)
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(text), port > 0 else {
            report(key, "it is not a port", remedy: "give a number from 1 to 65535")
            return nil
        }
        return port
    }

    /// RFC 1123, section 2.1, and at most the 64 bytes that Linux keeps of a host name (gethostname(2)).
    mutating func hostname(_ key: PropertyKey) -> String {
        let name = textOrDefault(key)
        if name.utf8.count > HostName.longestOwnName {
            report(key, "it is longer than 64 characters", remedy: "give a shorter name")
        } else if !HostName.isValid(name) {
            report(
                key,
                "it is not a host name",
                remedy: "use letters, digits and hyphens in labels with dots between them, such as haproxy.local"
            )
        }
        return name
    }

    /// The user of the API. It is a word of haproxy.cfg and the part before the colon of basic authentication.
    mutating func user(_ key: PropertyKey) -> String? {
        guard let name = text(key) else {
            report(key, "it is missing", remedy: "give the user that the control plane logs in with")
            return nil
        }
        let special = Array(":\"'\\#$".utf8)
        guard name.utf8.allSatisfy({ (0x21...0x7e).contains($0) && !special.contains($0) }), name.utf8.count <= 64
        else {
            report(
                key,
                "it is not a user name",
                remedy: "use up to 64 ASCII letters, digits and signs other than blank : \" ' \\ # $"
            )
            return nil
        }
        return name
    }

    /// crypt(5) takes passwords shorter than this many bytes (CRYPT_MAX_PASSPHRASE_SIZE); one character may have many.
    private static let longestHashed = 512

    /// nil if it is unset or wrong. Blanks around a password belong to it.
    mutating func password(_ key: PropertyKey) -> Secret? {
        guard isSet(key), let password = environment[key.rawValue]?.value else { return nil }
        guard (6...128).contains(password.count) else {
            report(
                key,
                "it has \(password.count < 6 ? "fewer than 6" : "more than 128") characters",
                remedy: "give a password of 6 to 128 characters"
            )
            return nil
        }
        guard password.utf8.count < Self.longestHashed else {
            report(
                key,
                "it has \(password.utf8.count) bytes, more than can be hashed",
                remedy: "give a password with fewer characters outside ASCII"
            )
            return nil
        }
        guard password.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f }) else {
            report(key, "it holds a control character", remedy: "give a password without tabs and line ends")
            return nil
        }
        return Secret(password)
    }

    /// PEM as a text field delivers it; what the field did to it is repaired, and its content checked, where it is used.
    mutating func pem(_ key: PropertyKey) -> String? {
        guard let text = text(key) else { return nil }
        guard text.utf8.count <= 65535 else {
            report(key, "it is longer than 65535 bytes", remedy: "give only what is needed of the chain")
            return nil
        }
        let keys = [PropertyKey.caCertificate: PropertyKey.caKey, .serverCertificate: .serverKey]
        if let place = keys[key], text.contains("PRIVATE KEY-----") {
            report(key, "it holds a private key", remedy: "give the key in \(place.rawValue) only")
            return nil
        }
        return text
    }

    mutating func keyType(_ key: PropertyKey) -> CertificateKeyType? {
        guard let text = text(key) else { return nil }
        let type = CertificateKeyType(rawValue: text.lowercased())
        if type == nil {
            let known = CertificateKeyType.allCases.map(\.rawValue).joined(separator: ", ")
            report(key, "there is no such kind of key", remedy: "give one of \(known), or nothing for p256")
        }
        return type
    }

    // MARK: Addresses

    mutating func address(_ key: PropertyKey) -> IPAddress? {
        guard let text = text(key) else { return nil }
        let address = IPAddress(text)
        if address == nil { report(key, "it is not an address", remedy: Self.addressRemedy(text)) }
        return address
    }

    mutating func addresses(_ key: PropertyKey) -> [IPAddress] {
        var addresses: [IPAddress] = []
        for entry in list(key) {
            guard let address = IPAddress(entry) else {
                report(key, value: entry, "it is not an address", remedy: Self.addressRemedy(entry))
                continue
            }
            addresses.append(address)
        }
        return addresses
    }

    mutating func interfaceAddress(_ role: InterfaceRole) -> InterfaceAddress? {
        let key = role.addressKey
        guard let text = text(key) else { return nil }
        guard let address = InterfaceAddress(text), text.contains("/") else {
            let host = text.split(separator: "/").first.flatMap { IPAddress($0) }
            let example = host.map { "\($0)/\($0.family == .v4 ? 24 : 64)" } ?? role.exampleAddress
            report(
                key,
                "it is not an address with the length of its network's prefix",
                remedy: "write it as \(example)"
            )
            return nil
        }
        return address
    }

    mutating func networks(_ key: PropertyKey) -> [IPNetwork] {
        var networks: [IPNetwork] = []
        for entry in list(key) {
            if let network = IPNetwork(entry), entry.contains("/") {
                networks.append(network)
            } else if let inside = InterfaceAddress(entry), entry.contains("/") {
                report(
                    key,
                    value: entry,
                    "bits behind the prefix are set: it is an address in a network, not a network",
                    remedy: "write \(inside.network)"
                )
            } else {
                report(
                    key,
                    value: entry,
                    "it is not a network in CIDR notation",
                    remedy: IPAddress(entry).map { "write \(IPNetwork($0)) for the one address" }
                        ?? "write it as 10.13.200.32/27"
                )
            }
        }
        return networks
    }

    /// Entries between commas, without blanks around them.
    mutating func list(_ key: PropertyKey) -> [String] {
        guard let text = text(key) else { return [] }
        let entries = text.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmed)
        if entries.contains("") {
            report(key, "it has an empty entry", remedy: "put one comma between two entries and none at the ends")
        }
        return entries.filter { !$0.isEmpty }
    }

    private static func addressRemedy(_ text: String) -> String {
        if let slash = text.firstIndex(of: "/"), let address = IPAddress(text[..<slash]) {
            return "write \(address), without a prefix length"
        }
        return "write it as 10.13.10.1"
    }
}
