import Addresses

extension ClientReport {
    /// Every router's advertisement that is good now: `nd1_from`, `nd2_from`…, the best first. nil if there is none.
    func routers(_ mac: MACAddress, _ now: Int64) -> Lease? {
        var settings = LeasedSettings()
        var ends: [Int64?] = []
        var first: String?
        var index = 1
        while let router = address("nd\(index)_from") {
            let name = "nd\(index)"
            index += 1
            // The client tells old news again when another router speaks.
            let age = max(0, Int64((number("\(name)_now") ?? 0) - (number("\(name)_acquired") ?? 0)))
            let heard = now - age
            func isGood(_ seconds: Int?) -> Bool {
                guard let until = end(seconds ?? 0, heard) else { return true }
                return until > now
            }
            let lifetime = number("\(name)_lifetime")
            if isGood(lifetime) {
                settings.gateways.append(router)
                ends.append(end(lifetime, heard))
            }
            for prefix in prefixes(name) where isGood(prefix.life) {
                ends.append(end(prefix.life, heard))
                if prefix.isOnLink, !settings.onLink.contains(prefix.network) {
                    settings.onLink.append(prefix.network)
                }
                if prefix.isAutonomous, let own = Self.address(in: prefix.network, mac),
                    !settings.addresses.contains(own)
                {
                    settings.addresses.append(own)
                }
            }
            for number in 1...8 {
                if isGood(self.number("\(name)_rdnss\(number)_lifetime")) {
                    addNames("\(name)_rdnss\(number)_servers", "", &settings)
                }
                if isGood(self.number("\(name)_dnssl\(number)_lifetime")) {
                    addNames("", "\(name)_dnssl\(number)_search", &settings)
                }
            }
            if settings.mtu == nil {
                settings.mtu = number("\(name)_mtu").flatMap { MTU.range.contains($0) ? $0 : nil }
            }
            if first == nil { first = "\(router)" }
        }
        guard let first else { return nil }
        let until = ends.contains(nil) ? nil : ends.compactMap { $0 }.max() ?? now
        return Lease(.ra, mac: mac, server: first, since: now, until: until, settings)
    }

    private struct Prefix {
        var network: IPNetwork
        /// Seconds.
        var life: Int?
        /// Flag L.
        var isOnLink: Bool
        /// Flag A: addresses are to be formed with it.
        var isAutonomous: Bool
    }

    private func prefixes(_ router: String) -> [Prefix] {
        (1...16).compactMap { index in
            let name = "\(router)_prefix_information\(index)"
            guard let flags = variables["\(name)_flags"], let bits = number("\(name)_length"),
                let first = address("\(name)_prefix"), !first.isLinkLocal, !first.isMulticast,
                let network = IPNetwork(containing: first, prefixLength: bits)
            else { return nil }
            return Prefix(
                network: network,
                life: number("\(name)_vltime"),
                isOnLink: flags.contains("L"),
                isAutonomous: flags.contains("A")
            )
        }
    }

    /// The address that a host with this adapter forms (RFC 4291, appendix A): the same after every boot, and on a rebuilt
    /// machine with the same adapter. nil if the prefix leaves another number of bits than 64.
    static func address(in network: IPNetwork, _ mac: MACAddress) -> InterfaceAddress? {
        guard network.family == .v6, network.prefixLength == 64 else { return nil }
        var bytes = Array(mac.bytes[..<3]) + [0xff, 0xfe] + Array(mac.bytes[3...])
        bytes[0] ^= 2
        return IPAddress(bytes: Array(network.address.bytes[..<8]) + bytes).flatMap {
            InterfaceAddress($0, prefixLength: 64)
        }
    }
}
