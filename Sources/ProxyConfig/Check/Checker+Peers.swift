extension Checker {
    /// Takes what a line of a `peers` section says; what is wrong with it was told of.
    mutating func takePeers() {
        guard let last = model.peers.indices.last else { return }
        switch word(0) {
        case "enabled": model.peers[last].isDisabled = false
        case "disabled": model.peers[last].isDisabled = true
        case "bind":
            model.peers[last].bind = try? AddressText(word(1), for: .bind, resolve: surroundings.resolve).address
            takePeerOptions(from: 2, last)
        case "default-server", "default-bind": takePeerOptions(from: 1, last)
        case "peer", "server":
            let address = try? AddressText(word(2), for: .server, resolve: surroundings.resolve).address
            model.peers[last].peers.append(Peers.Peer(name: word(1), address: word(2).isEmpty ? nil : address))
            takePeerOptions(from: 3, last)
        default: break
        }
    }

    /// What is said to peers in plain text must stay there where it is.
    private mutating func takePeerOptions(from first: Int, _ section: Int) {
        var index = first
        while !word(index).isEmpty {
            if ["ssl", "send-proxy", "send-proxy-v2", "accept-proxy", "socks4", "namespace"].contains(word(index)) {
                model.peers[section].notFollowed = word(index)
            }
            index += 1
        }
    }
}
