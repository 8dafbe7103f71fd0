internal import Addresses
internal import Glibc
internal import ProxyConfig

// What `-S` says: where, and the options of a `bind` line behind it.
extension CommandLineOptions {
    /// - Returns: Why there can be no socket, if so.
    static func masterSocketPlace(_ text: String) -> (place: SocketAddress?, problem: String?) {
        let place = String(text.split(separator: ",", omittingEmptySubsequences: false).first ?? "")
        // More than HAProxy takes: `@NAME`, and paths that begin somewhere else than at the root.
        if place.hasPrefix("@") { return (.abstract(String(place.dropFirst())), nil) }
        if place.hasPrefix("unix:") { return (.unix(String(place.dropFirst(5))), nil) }
        if place.contains("/"), !place.contains("@") { return (.unix(place), nil) }
        do throws(ListeningPlace.Failure) {
            let address = try ListeningPlace(place, resolve: NameResolution.address).address
            switch address {
            case .descriptor: return (nil, "a file descriptor is not acceptable here in '\(place)'")
            case .ip(_, let ports) where ports?.count != 1:
                return (nil, "port range not permitted here in '\(place)'")
            case .ip, .name, .unix, .abstract: return (address, nil)
            }
        } catch {
            return (nil, error.message)
        }
    }

    private static let flags: Set<Substring> = ["v4v6", "v6only", "defer-accept", "tfo"]

    /// The bind options behind the place.
    var masterSocketOptions: [(name: String, value: String)] {
        var words = (masterSocket ?? "").split(separator: ",", omittingEmptySubsequences: false).dropFirst()
        var options: [(name: String, value: String)] = []
        while let name = words.popFirst() {
            let value = Self.flags.contains(name) ? nil : words.popFirst()
            options.append((String(name), String(value ?? "")))
        }
        return options
    }

    static func isRight(_ option: (name: String, value: String)) -> Bool {
        switch option.name {
        case "mode": mode_t(option.value, radix: 8).map { $0 <= 0o777 } ?? false
        case "user": getpwnam(option.value) != nil
        case "group": getgrnam(option.value) != nil
        case "uid", "gid": UInt32(option.value) != nil
        // Everybody who may open the socket may say everything.
        case "level": true
        case "interface", "name": !option.value.isEmpty
        default: flags.contains(Substring(option.name))
        }
    }

    /// Who may speak to a master socket with a path.
    var masterSocketAccess: (mode: mode_t, user: uid_t, group: gid_t) {
        // All bits set: chown(2) leaves it as it is.
        var access: (mode: mode_t, user: uid_t, group: gid_t) = (0o600, .max, .max)
        for (name, value) in masterSocketOptions {
            switch name {
            case "mode": access.mode = mode_t(value, radix: 8) ?? access.mode
            case "user": access.user = getpwnam(value)?.pointee.pw_uid ?? access.user
            case "group": access.group = getgrnam(value)?.pointee.gr_gid ?? access.group
            case "uid": access.user = uid_t(value) ?? access.user
            case "gid": access.group = gid_t(value) ?? access.group
            default: break
            }
        }
        return access
    }

    /// As ``UnixSocket`` has it; nil for an address of IP.
    var masterSocketPath: String? {
        switch masterSocketPlace {
        case .unix(let path): path
        case .abstract(let name): "@\(name)"
        case .ip, .name, .descriptor, nil: nil
        }
    }
}

extension SocketAddress {
    /// As HAProxy writes where its command sockets are: `ipv4@127.0.0.1:9999`, `unix@/run/x.sock`.
    var withFamily: String {
        guard case .ip(let address, _) = self else { return description }
        return (address.family == .v4 ? "ipv4@" : "ipv6@") + description
    }
}
