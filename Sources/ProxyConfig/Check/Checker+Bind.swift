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
        let prefix = model.global.unixBind.prefix.utf8.count
        // An empty part, as behind a last comma, is nothing to HAProxy.
        let parts = text.contains(byte: UInt8(ascii: ",")) ? text.split(separator: ",").map { String($0) } : [text]
        for part in parts {
            do throws(AddressText.Failure) {
                addresses.append(
                    try AddressText(part, for: .bind, prefixLength: prefix, resolve: surroundings.resolver).address
                )
            } catch {
                self.error(at: 1, "'bind' : \(error.message)", remedy: error.remedy)
                return
            }
        }
        var bind = Bind(addresses: addresses, position: placeInSection(1))
        for address in addresses {
            switch address {
            case .descriptor(let number):
                guard let problem = surroundings.descriptorProblem?(number) else { continue }
                error(
                    at: 1,
                    "'bind' : cannot use file descriptor '\(number)' : \(problem).",
                    remedy: "write fd@ and the number of an inherited socket"
                )
                return
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
                unknownOption(
                    option,
                    at: index,
                    of: "'bind \(text)' in section '\(draft?.kind.rawValue ?? "")':",
                    among: LineOptions.bind.words
                )
                return
            }
            if arity == 1, word(index + 1).isEmpty {
                let label = "'bind \(text)' in section '\(draft?.kind.rawValue ?? "")'"
                error(
                    at: index + 1,
                    "\(label) : '\(option)' : \(BindWords.missing(option))"
                        .replacing("'thread' : ''", with: "'' : ''"),
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
                "Proxy '\(draft?.name ?? "")': no SSL certificate specified for bind '\(text)' at [\(source(number))] (use 'crt').",
                remedy: "name a certificate by crt, or remove ssl"
            )
        }
        if usesTLS { bind.quarantine = "TLS is not ended by this proxy" }
        draft?.frontend.binds.append(bind)
    }

    /// Takes one option of a `bind` line; false after a problem.
    private mutating func apply(_ option: String, at index: Int, to bind: inout Bind) -> Bool {
        let value = word(index + 1)
        if option == "id", let problem = idProblem(value, bind) {
            let label = "'bind \(word(1))' in section '\(draft?.kind.rawValue ?? "")' : 'id'"
            error(at: index, "\(label) \(problem)", remedy: "give each socket a number of its own")
            return false
        }
        guard isRightBindOption(option, value) else { return refuse(option, at: index) }
        switch option {
        case "name": bind.name = value
        case "v4v6": bind.isV4V6 = true
        case "v6only": bind.isV6Only = true
        case "transparent": bind.isTransparent = true
        case "accept-proxy": bind.acceptsProxy = true
        case "defer-accept": bind.defersAccept = true
        case "tfo": bind.usesFastOpen = true
        case "interface": bind.interface = value
        case "mode": bind.mode = Int(value, radix: 8)
        case "namespace": bind.namespace = value
        case "user", "uid": bind.user = value
        case "group", "gid": bind.group = value
        case "id":
            bind.id = integer(at: index + 1)
            if let id = bind.id { draft?.bindIDs[id] = (word(1), placeInSection(1)) }
        case "maxconn": bind.maxConnections = integer(at: index + 1)
        case "backlog": bind.backlog = integer(at: index + 1)
        case "mss": bind.maxSegmentSize = integer(at: index + 1)
        case "tcp-ut": bind.tcpUserTimeout = try? TimeText.milliseconds(value)
        case "thread":
            let (text, place) = (word(1), placeInSection(1))
            draft?.bindThreads.append((value, text, place))
        case "accept-netscaler-cip", "proto":
            if option == "proto" {
                let (text, place) = (word(1), position(1))
                draft?.bindProtocols.append((value, text, place))
            }
            if value != "none" { bind.quarantine = "the option '\(option)' of a bind line is not followed yet" }
        default: break
        }
        return true
    }

    /// A number is one socket's, once in a section.
    private func idProblem(_ value: String, _ bind: Bind) -> String? {
        let sockets = bind.addresses.reduce(0) { $0 + ($1.ports?.count ?? 1) }
        guard sockets == 1 else { return "can only be used with a single socket" }
        let id = Self.number(value)
        guard let draft, id > 0 else { return nil }
        if bind.id != nil { return ": custom id \(id) already used at \(source(number)) ('bind \(word(1))')" }
        guard let other = draft.bindIDs[id] else { return nil }
        let line = source(draft.place(of: other.position).line)
        return ": custom id \(id) already used at \(line) ('bind \(other.text)')"
    }

    /// Whether the value of an option is one that it takes.
    func isRightBindOption(_ option: String, _ value: String) -> Bool {
        switch option {
        case "maxconn", "backlog": Self.number(value) >= 0
        case "mss": Self.number(value) != 0 && Self.number(value).magnitude <= 65535
        case "tcp-ut": (try? TimeText.milliseconds(value)) != nil
        case "level": StatsSocket.Level(rawValue: value) != nil
        case "accept-netscaler-cip": Self.number(value) > 0
        case "id": Self.number(value) > 0
        case "mode": Int(value, radix: 8) != nil
        case "nice": (-1024...1024).contains(Self.number(value))
        case "user": surroundings.hasUser(value)
        case "group": surroundings.hasGroup(value)
        case "namespace": surroundings.hasFile("/var/run/netns/" + value)
        case "ca-file", "crl-file": ServerOption.isAuthority(value, self)
        case "crt", "crt-list", "tls-ticket-keys": surroundings.hasFile(value)
        case "expose-fd": value == "listeners"
        case "process", "thread": Self.threadSetProblem(value, of: option) == nil
        case "proto": ["none", "h1", "h2", "fcgi"].contains(value)
        case "severity-output": ["none", "number", "string"].contains(value)
        case "shards": value == "by-thread" || (1...64).contains(Self.number(value))
        case "ssl-min-ver", "ssl-max-ver": LineOptions.tlsVersions.contains(value)
        case "verify": ["none", "optional", "required"].contains(value)
        default: true
        }
    }

    /// `[<group>/]<threads>`: the one group there is, and numbers from 1 to 64. What `process` names is a process.
    static func threadSetProblem(_ text: String, of option: String) -> String? {
        let quoted = option == "process" ? "'process' : " : nil
        var parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        // Only digits are a group.
        if option == "thread", parts.count == 2, !parts[0].utf8.allSatisfy({ (48...57).contains($0) }) {
            parts = [text[...]]
        }
        if parts.count == 2 || option == "process" {
            if option == "process" {
                if !isNumberSet(parts[0], upTo: 1) {
                    return "'process' : " + rangeProblem(parts[0], upTo: 1)
                }
            } else if case let group = number(String(parts[0])), group != 1 {
                return "'\(text)' thread-group number must be between 1 and 1 (was \(group))"
            }
            if parts.count == 1 { return nil }
        }
        guard let threads = parts.last, !isNumberSet(threads, upTo: 64) else { return nil }
        return (quoted ?? "'\(threads)' : ") + rangeProblem(threads, upTo: 64)
    }

    /// Whether a right set holds one of the first `count` threads.
    static func hasThread(_ text: String, among count: Int) -> Bool {
        let set = text.split(separator: "/").last ?? ""
        switch set {
        case "all", "odd": return true
        case "even": return count > 1
        default:
            // `3-2` is `2-3`, `3-` goes up.
            return (set.split(separator: "-").compactMap { Int($0) }.min() ?? 1) <= count
        }
    }

    static func rangeProblem(_ text: Substring, upTo highest: Int) -> String {
        let isNumber =
            text.utf8.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: "-") }
            && text.utf8.count { $0 == UInt8(ascii: "-") } < 2
        return "'\(text)' is not a valid number/range."
            + (isNumber ? " It supports numbers from 1 to \(highest)." : "")
    }

    /// `all`, `odd`, `even`, `3`, `3-` or `1-4`, with no number above the highest.
    static func isNumberSet(_ text: Substring, upTo highest: Int) -> Bool {
        if ["all", "odd", "even"].contains(text) { return true }
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard let low = ends.first.flatMap({ Int($0) }), (1...highest).contains(low) else { return false }
        guard ends.count == 2, !ends[1].isEmpty else { return true }
        return Int(ends[1]).map { (1...highest).contains($0) } ?? false
    }

    private mutating func refuse(_ option: String, at index: Int) -> Bool {
        error(
            at: index + 1,
            "'bind \(word(1))' in section '\(draft?.kind.rawValue ?? "")' : \(BindWords.invalid(option, word(index + 1)))",
            remedy: "see section 5.1 of the manual for its values"
        )
        return false
    }
}
