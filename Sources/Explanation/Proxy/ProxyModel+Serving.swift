public import Addresses
public import ProxyConfig

extension ProxyModel {
    /// A bind that answers on an address.
    public struct Serving: Sendable, Hashable {
        public var frontend: Frontend
        public var bind: Bind
        /// As the configuration has it: `10.13.200.34:443`, `0.0.0.0:80`.
        public var address: SocketAddress
    }

    /// The binds that take connections to an address, wildcards among them.
    ///
    /// - Parameter port: nil: any.
    public func serving(_ address: IPAddress, port: UInt16?) -> [Serving] {
        frontends.filter { !$0.isDisabled }.flatMap { frontend in
            frontend.binds.flatMap { bind in
                bind.addresses.filter { bind.takes(address, port, at: $0) }
                    .map { Serving(frontend: frontend, bind: bind, address: $0) }
            }
        }
    }

    /// The backends that connections to a frontend can go to, each once, the default last.
    public func backends(of frontend: Frontend) -> [Backend] {
        var names: [String] = []
        for name in frontend.useBackends.map({ $0.backend }) + [frontend.defaultBackend].compactMap({ $0 })
        where !names.contains(name) { names.append(name) }
        if frontend.isListen, !names.contains(frontend.name) { names.append(frontend.name) }
        return names.compactMap { backend($0) }
    }
}

extension Bind {
    fileprivate func takes(_ address: IPAddress, _ port: UInt16?, at place: SocketAddress) -> Bool {
        guard case .ip(let bound, let ports) = place else { return false }
        if let port, let ports, !ports.contains(port) { return false }
        if bound == address { return true }
        guard bound.isUnspecified else { return false }
        return bound.family == address.family || (bound.family == .v6 && !isV6Only)
    }
}
