import Addresses

/// Kinds of values that the appliance we succeed did not have.
extension PropertyValues {
    mutating func interfaceAddress6(_ key: PropertyKey) -> InterfaceAddress? {
        guard let text = text(key) else { return nil }
        guard let address = InterfaceAddress(text), text.contains("/"), address.address.family == .v6 else {
            let host = text.split(separator: "/").first.flatMap { IPAddress($0) }
            let example = host.flatMap { $0.family == .v6 ? "\($0)/64" : nil } ?? "fd00:10::199/64"
            report(
                key,
                "it is not an IPv6 address with the length of its network's prefix",
                remedy: "write it as \(example)"
            )
            return nil
        }
        return address
    }

    mutating func address6(_ key: PropertyKey) -> IPAddress? {
        guard let text = text(key) else { return nil }
        guard let address = IPAddress(text), address.family == .v6 else {
            report(key, "it is not an IPv6 address", remedy: "write it as fd00:10::1, without a prefix length")
            return nil
        }
        return address
    }

    mutating func mtu(_ key: PropertyKey) -> Int? {
        guard let text = text(key) else { return nil }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let mtu = Int(text), MTU.range.contains(mtu) else {
            report(
                key,
                "it is not the size of a packet",
                remedy: "give a number from \(MTU.range.lowerBound) to \(MTU.range.upperBound)"
            )
            return nil
        }
        return mtu
    }

    mutating func domains(_ key: PropertyKey) -> [String] {
        list(key).filter { entry in
            if HostName.isValid(entry) { return true }
            report(key, value: entry, "it is not a domain", remedy: "write it as corp.example")
            return false
        }
    }

    mutating func hosts(_ key: PropertyKey) -> [String] {
        list(key).filter { entry in
            if HostName.isValid(entry) { return true }
            if let address = IPAddress(entry), !address.isUnspecified, !address.isMulticast { return true }
            report(
                key,
                value: entry,
                "it is neither a host name nor an address",
                remedy: "write it as ntp1.corp.example"
            )
            return false
        }
    }
}
