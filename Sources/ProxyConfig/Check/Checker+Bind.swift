import Diagnostics

extension Checker {
    mutating func checkBind() {
        let text = word(1)
        guard !text.isEmpty else {
            error(
                at: 1,
                "'bind' expects {<path>|[addr1]:port1[-end1]}{,[addr]:port[-end]}... as arguments.",
                remedy: "write an address and a port: bind 10.0.0.1:443"
            )
            return
        }
        var addresses: [SocketAddress] = []
        // An empty part, as behind a last comma, is nothing to HAProxy.
        for part in text.split(separator: ",") {
            do throws(AddressText.Failure) {
                addresses.append(try AddressText(String(part), for: .bind, resolve: surroundings.resolve).address)
            } catch {
                self.error(at: 1, "'bind' : \(error.message)", remedy: error.remedy)
                return
            }
        }
        var bind = Bind(addresses: addresses, position: position(1))
        for address in addresses {
            switch address {
            case .unix(let path):
                guard refuseLongPath(model.global.unixBind.prefix + path, at: 1, "'bind'") else { return }
            case .abstract(let name): guard refuseLongPath(name, at: 1, "'bind'") else { return }
            default: break
            }
        }
        for case .name(let name, _) in addresses { bind.quarantine = "the name '\(name)' is not resolved" }
        var index = 2
        var usesTLS = false
        var hasCertificate = false
        while !word(index).isEmpty {
            let option = word(index)
            guard let arity = LineOptions.bind[option] else {
                unknownOption(option, at: index, of: "bind \(text)", among: LineOptions.bind.keys)
                return
            }
            if arity == 1, word(index + 1).isEmpty {
                error(
                    at: index + 1,
                    "'bind \(text)' in section '\(draft?.kind.rawValue ?? "")' : '\(option)' : missing value",
                    remedy: "write a value behind '\(option)'"
                )
                return
            }
            if option == "ssl" { usesTLS = true }
            if option == "crt" || option == "crt-list" || option == "generate-certificates" { hasCertificate = true }
            guard apply(option, at: index, to: &bind) else { return }
            index += 1 + arity
        }
        if usesTLS, !hasCertificate {
            error(
                at: 1,
                "Proxy '\(draft?.name ?? "")': no SSL certificate specified for bind '\(text)' (use 'crt').",
                remedy: "name a certificate by crt, or remove ssl"
            )
        }
        if usesTLS { bind.quarantine = "TLS is not ended by this proxy" }
        draft?.frontend.binds.append(bind)
    }

    /// Takes one option of a `bind` line; false after a problem.
    private mutating func apply(_ option: String, at index: Int, to bind: inout Bind) -> Bool {
        let value = word(index + 1)
        switch option {
        case "name": bind.name = value
        case "v4v6": bind.isV4V6 = true
        case "v6only": bind.isV6Only = true
        case "transparent": bind.isTransparent = true
        case "accept-proxy": bind.acceptsProxy = true
        case "defer-accept": bind.defersAccept = true
        case "tfo": bind.usesFastOpen = true
        case "interface": bind.interface = value
        case "mode":
            guard let mode = Int(value, radix: 8) else { return refuse(option, at: index) }
            bind.mode = mode
        case "namespace": bind.namespace = value
        case "user":
            guard knowsUser(value, at: index + 1, "'bind'") else { return false }
            bind.user = value
        case "group":
            guard knowsGroup(value, at: index + 1, "'bind'") else { return false }
            bind.group = value
        case "uid": bind.user = value
        case "gid": bind.group = value
        case "maxconn":
            guard let number = integer(at: index + 1) else { return false }
            guard number >= 0 else { return refuse(option, at: index) }
            bind.maxConnections = number
        case "backlog":
            guard let number = integer(at: index + 1) else { return false }
            guard number >= 0 else { return refuse(option, at: index) }
            bind.backlog = number
        case "mss":
            guard let size = integer(at: index + 1) else { return false }
            guard size != 0, abs(size) <= 65535 else { return refuse(option, at: index) }
            bind.maxSegmentSize = size
        case "tcp-ut": bind.tcpUserTimeout = time(at: index + 1, of: "tcp-ut")
        case "level":
            guard StatsSocket.Level(rawValue: value) != nil else { return refuse(option, at: index) }
        case "accept-netscaler-cip", "proto":
            if value != "none" { bind.quarantine = "the option '\(option)' of a bind line is not followed yet" }
        default: break
        }
        return true
    }

    private mutating func refuse(_ option: String, at index: Int) -> Bool {
        error(
            at: index + 1,
            "'bind' : '\(option)' : invalid value '\(word(index + 1))'",
            remedy: "see chapter 5.1 of the manual for its values"
        )
        return false
    }
}
