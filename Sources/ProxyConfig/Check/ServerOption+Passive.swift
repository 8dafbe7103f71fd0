import Addresses

extension ServerOption {
    /// Whether the value of an option is right that nothing here acts upon.
    static func isRight(_ option: String, _ value: String, _ checker: Checker) -> Bool {
        switch option {
        case "proto": ["none", "h1", "h2", "fcgi"].contains(value)
        case "check-proto": ["none", "h1", "h2", "fcgi"].contains(value)
        case "crl-file": isAuthority(value, checker)
        case "log-proto": ["legacy", "octet-count"].contains(value)
        case "ws": ["auto", "h1", "h2"].contains(value)
        case "ssl-min-ver", "ssl-max-ver": LineOptions.tlsVersions.contains(value)
        case "resolve-prefer": ["ipv4", "ipv6"].contains(value)
        case "resolve-opts": allAre(value, ["allow-dup-ip", "ignore-weight", "prevent-dup-ip"])
        case "resolve-net":
            value.split(separator: ",").allSatisfy { part in
                IPNetwork(String(part)) != nil || IPAddress(part) != nil
            }
        case "init-addr":
            value.split(separator: ",").allSatisfy { ["libc", "last", "none"].contains($0) || IPAddress($0) != nil }
        case "pool-max-conn": Checker.number(value) >= -1
        case "pool-purge-delay": (try? TimeText.milliseconds(value)) != nil
        case "socks4": value.utf8.contains(UInt8(ascii: ":")) && (try? checker.checkAddress(value)) != nil
        case "sni":
            if let sample = try? SampleExpression(value, surroundings: checker.surroundings) {
                !sample.places.isDisjoint(with: .init(.sourceChoice))
            } else {
                false
            }
        case "namespace": checker.surroundings.hasFile("/var/run/netns/" + value) || value == "*"
        case "agent-addr": (try? AddressText(value, for: .server, resolve: checker.surroundings.resolver)) != nil
        default: true
        }
    }

    /// A file, if need be below `ca-base`, or `@system-ca`.
    static func isAuthority(_ path: String, _ checker: Checker) -> Bool {
        guard !path.hasPrefix("@") else { return true }
        guard !checker.authorityBase.isEmpty, !path.hasPrefix("/") else { return checker.surroundings.hasFile(path) }
        // The section holds only beside the global one.
        checker.recorded?.dependsOnOthers = true
        return checker.surroundings.hasFile(checker.authorityBase + "/" + path)
    }

    private static func allAre(_ value: String, _ names: Set<String>) -> Bool {
        value.split(separator: ",").allSatisfy { names.contains(String($0)) }
    }
}
