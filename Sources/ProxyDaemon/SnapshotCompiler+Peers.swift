internal import Addresses
internal import ProxyConfig
internal import ProxyEngine

extension SnapshotCompiler {
    /// The sections whose tables are told of.
    ///
    /// - Parameter local: The name of this process among peers.
    static func peers(_ model: ProxyModel, local: String) -> [PeersSection] {
        model.peers.compactMap { section in
            if section.isDisabled || section.notFollowed != nil { return nil }
            var result = PeersSection(name: section.name)
            for peer in section.peers {
                let isOwn = peer.name == local
                guard let endpoint = endpoint(isOwn ? peer.address ?? section.bind : peer.address) else { continue }
                if isOwn {
                    result.ownPlace = result.others.count
                    result.own = PeersSection.Peer(peer.name, endpoint)
                } else {
                    result.others.append(PeersSection.Peer(peer.name, endpoint))
                }
            }
            return result
        }
    }

    /// Peers speak TCP over an address that is known.
    private static func endpoint(_ address: ProxyConfig.SocketAddress?) -> Endpoint? {
        guard case .ip(let ip, let ports?) = address else { return nil }
        return Endpoint(ip, port: ports.lowerBound)
    }

    /// Why the peers of a section are not told of anything; nil if they are.
    static func problem(of section: Peers, local: String) -> String? {
        if let option = section.notFollowed { return "'\(option)' of 'peers' (nobody is told of entries)" }
        if section.isDisabled { return nil }
        let own = section.peers.first { $0.name == local }
        guard let own, endpoint(own.address ?? section.bind) != nil else {
            return "'peers' without an address of this process, '\(local)' (nobody is told of entries)"
        }
        let isMissing = section.peers.contains { $0.name != local && endpoint($0.address) == nil }
        return isMissing ? "'peer' without an IP address (it is told nothing)" : nil
    }
}
