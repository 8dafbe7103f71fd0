import Diagnostics

extension Checker {
    /// Takes what a line of a `peers` section says; what is wrong with it was told of.
    mutating func takePeers() {
        guard let last = model.peers.indices.last else { return }
        switch word(0) {
        case "peer": peersHavePeer = true
        case "bind" where peersBindLine == nil && !word(1).isEmpty: peersBindLine = number
        default: break
        }
        switch word(0) {
        case "enabled": model.peers[last].isDisabled = false
        case "disabled": model.peers[last].isDisabled = true
        case "bind":
            model.peers[last].bind = try? AddressText(word(1), for: .bind, resolve: surroundings.resolver).address
            takePeerOptions(from: 2, last)
        case "default-server", "default-bind": takePeerOptions(from: 1, last)
        case "peer", "server":
            let address = try? AddressText(word(2), for: .server, resolve: surroundings.resolver).address
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

extension Checker {
    /// What is wrong with a line of a `peers` section, in HAProxy's words.
    var peersProblem: String? {
        let keyword = word(0)
        let mixed = "mixing \"peer\" and \"bind\" line is forbidden"
        switch keyword {
        case "peer", "server":
            if keyword == "peer", peersBindLine != nil { return mixed }
            if word(1).isEmpty || word(2).isEmpty { return nil }
            let label = "'server (null)/\(word(1))'"
            do throws(AddressText.Failure) {
                _ = try AddressText(word(2), for: .server, resolve: surroundings.resolver)
            } catch {
                return "\(label) : \(error.message)"
            }
            return unknownPeerOption(from: 3, LineOptions.server).map { "\(label) : \($0)" }
        case "bind":
            if peersHavePeer { return mixed }
            if let line = peersBindLine {
                return
                    "One listener per \"peers\" section is authorized but another is already configured at [\(source(line))]."
            }
            if word(1).isEmpty { return nil }
            do throws(AddressText.Failure) {
                _ = try AddressText(word(1), for: .bind, resolve: surroundings.resolver)
            } catch {
                return "'bind \(word(1))' : \(error.message)"
            }
            return unknownPeerOption(from: 2, LineOptions.bind).map { "'bind \(word(1))' in section 'peers': \($0)" }
        case "default-bind":
            return unknownPeerOption(from: 1, LineOptions.bind)
                .map { "'default-bind \(word(1))' in section 'peers': \($0)" }
        case "default-server": return unknownPeerOption(from: 1, LineOptions.server)
        default: return nil
        }
    }

    private func unknownPeerOption(from first: Int, _ options: WordTable<Int>) -> String? {
        var index = first
        while !word(index).isEmpty {
            guard let arity = options[word(index)] else {
                let similar = WordFingerprint.nearest(word(index), in: options.words)
                return "unknown keyword '\(word(index))'\(WordFingerprint.question(similar))"
            }
            index += 1 + arity
        }
        return nil
    }
}
