import Netlink

extension ActualState {
    /// This state, to go back to from a change, without what others did since the change.
    ///
    /// Between a change and its taking back lie minutes: a DHCP client got another lease, a container came and went, an
    /// admin edited `/etc/hosts`. What the change had left as it was, and is not ours, is left as it is now.
    ///
    /// - Parameters:
    ///   - made: What the change made of this state.
    ///   - now: What is there.
    func undisturbed(_ made: ActualState, now: ActualState) -> ActualState {
        var result = self
        result.addresses = Self.undisturbed(addresses, made.addresses, now.addresses) { !$0.isOurs }
        result.routes = Self.undisturbed(routes, made.routes, now.routes) { !$0.isOurs }
        result.rules = Self.undisturbed(rules, made.rules, now.rules) { !$0.isOurs }
        let ours = Set((addresses + made.addresses).filter { $0.isOurs }.map { $0.interface })
            .union((routes + made.routes).filter { $0.isOurs }.compactMap { $0.interface })
        let madeLinks = made.links.byIndex
        let currentLinks = now.links.byIndex
        result.links = links.map { link in
            guard !ours.contains(link.index), madeLinks[link.index]?.isSet(like: link) == true else { return link }
            return currentLinks[link.index] ?? link
        }
        for (sysctl, value) in sysctls where made.sysctls[sysctl] == value && !ours.contains(sysctl.interface) {
            result.sysctls[sysctl] = now.sysctls[sysctl]
        }
        for (path, state) in files where made.files[path] == state { result.files[path] = now.files[path] }
        // What is bound and claimed goes with the proxy.
        if made.firewall == firewall { result.firewall = now.firewall }
        if made.hostname == hostname { result.hostname = now.hostname }
        return result
    }

    /// Without those that the change had left there and somebody has removed since.
    private static func undisturbed<Object: Hashable>(
        _ former: [Object],
        _ made: [Object],
        _ now: [Object],
        _ isForeign: (Object) -> Bool
    ) -> [Object] {
        let removed = Set(made).subtracting(now)
        return former.filter { !(isForeign($0) && removed.contains($0)) }
    }
}

extension [Link] {
    fileprivate var byIndex: [Int: Link] { Dictionary(map { ($0.index, $0) }) { first, _ in first } }
}

extension Link {
    /// Whether all that we ever change is the same.
    fileprivate func isSet(like other: Link) -> Bool { name == other.name && mtu == other.mtu && isUp == other.isUp }
}
