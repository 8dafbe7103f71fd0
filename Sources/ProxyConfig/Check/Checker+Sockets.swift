import Diagnostics

// What several kinds of lines say about sockets.
extension Checker {
    /// `source <address>[:<port>[-<port>]] [usesrc <what>] [interface <name>]` from the word at `start`.
    ///
    /// - Returns: What it says and the index behind it; nil after a problem.
    mutating func readSource(
        at start: Int,
        of who: String,
        _ quarantine: inout String?
    ) -> (source: ConnectionSource, next: Int)? {
        guard !word(start + 1).isEmpty else {
            error(
                at: start + 1,
                word(0) == "source"
                    ? "'source' expects <addr>[:<port>], and optionally 'usesrc' <addr>, and 'interface' <name>."
                    : "\(who)'source' expects <addr>[:<port>[-<port>]], and optionally 'usesrc' <addr>, and 'interface' "
                        + "<name> as argument..",
                remedy: "write an address behind 'source'"
            )
            return nil
        }
        guard let address = sourceAddress(at: start + 1, of: who) else { return nil }
        var source = ConnectionSource(address)
        var index = start + 2
        while word(index) == "usesrc" || word(index) == "interface" {
            let value = word(index + 1)
            guard !value.isEmpty else {
                error(
                    at: index + 1,
                    word(index) == "usesrc"
                        ? word(0) == "source"
                            ? "'usesrc' expects <addr>[:<port>], 'client', or 'clientip' as argument."
                            : "\(who)'usesrc' expects <addr>[:<port>], 'client', 'clientip', or 'hdr_ip(name,#)' as "
                                + "argument."
                        : "\(who)'\(word(0))' : missing interface name.",
                    remedy: "write a value behind '\(word(index))'"
                )
                return nil
            }
            if word(index) == "interface" {
                source.interface = value
            } else if value == "client" {
                source.foreign = .client
            } else if value == "clientip" {
                source.foreign = .clientAddress
            } else if value.hasPrefix("hdr_ip(") {
                quarantine = "'usesrc \(value)' reads a header of HTTP"
            } else {
                guard let foreign = sourceAddress(at: index + 1, of: who) else { return nil }
                source.foreign = .address(foreign)
            }
            index += 2
        }
        return (source, index)
    }

    private mutating func sourceAddress(at index: Int, of who: String) -> SocketAddress? {
        do throws(AddressText.Failure) {
            return try AddressText(word(index), for: .source, resolve: surroundings.resolver).address
        } catch {
            let what = "'\(word(index - 1)) \(word(index))'"
            self.error(at: index, "\(who)\(what) : \(error.message)", remedy: error.remedy)
            return nil
        }
    }

    /// `source` of a backend or of defaults.
    mutating func checkBackendSource() {
        var quarantine: String?
        guard let (source, next) = readSource(at: 0, of: "", &quarantine) else { return }
        if let ports = source.address.ports, ports.count > 1 {
            error(
                at: 1,
                "'source \(word(1))' : port range not permitted here in '\(word(1))'",
                remedy: "write one port, or the range on each server line"
            )
            return
        }
        guard word(next).isEmpty else {
            error(
                at: next,
                "'source' only supports optional keywords 'interface' and 'usesrc'.",
                remedy: "remove '\(word(next))'"
            )
            return
        }
        if let quarantine { draft?.quarantine.append(quarantine) }
        draft?.backend.source = source
    }

    /// `clitcpka-cnt`, `clitcpka-idle`, `clitcpka-intvl`, and those of servers.
    mutating func checkKeepAlive(_ keyword: ProxyKeyword) {
        guard !word(1).isEmpty else {
            error(at: 1, "'\(word(0))' expects an argument.", remedy: "write a number, or a time such as 30s")
            return
        }
        refuseExtra(after: 1)
        let isCount = keyword == .clientKeepaliveCount || keyword == .serverKeepaliveCount
        var value = 0
        if isCount {
            guard let count = Int(word(1)) else {
                error(
                    at: 1,
                    "'\(word(0))' : unexpected character '\(word(1).first { !$0.isNumber } ?? " ")' in integer value "
                        + "'\(word(1))'",
                    remedy: "write a number"
                )
                return
            }
            value = count
        } else if word(1).utf8.allSatisfy({ (48...57).contains($0) }), let seconds = Int(word(1)) {
            // Without a unit these count seconds.
            value = seconds
        } else {
            guard let time = time(at: 1, of: word(0)) else { return }
            value = (time + 999) / 1000
        }
        switch keyword {
        case .clientKeepaliveCount: draft?.frontend.keepAliveTimes.count = value
        case .clientKeepaliveIdle: draft?.frontend.keepAliveTimes.idle = value
        case .clientKeepaliveInterval: draft?.frontend.keepAliveTimes.interval = value
        case .serverKeepaliveCount: draft?.backend.keepAliveTimes.count = value
        case .serverKeepaliveIdle: draft?.backend.keepAliveTimes.idle = value
        default: draft?.backend.keepAliveTimes.interval = value
        }
    }

    /// `unix-bind [prefix <path>] [mode <octal>] [user <name>] [uid <id>] [group <name>] [gid <id>]`
    mutating func checkUnixBind() {
        var index = 1
        while !word(index).isEmpty {
            let value = word(index + 1)
            switch word(index) {
            case "prefix": model.global.unixBind.prefix = value
            case "mode": model.global.unixBind.mode = Int(value, radix: 8)
            case "user":
                guard knowsUser(value, at: index + 1, "'unix-bind'") else { return }
                model.global.unixBind.user = value
            case "group":
                guard knowsGroup(value, at: index + 1, "'unix-bind'") else { return }
                model.global.unixBind.group = value
            case "uid": model.global.unixBind.user = value
            case "gid": model.global.unixBind.group = value
            default:
                error(
                    at: index,
                    "'unix-bind' only supports the 'prefix', 'mode', 'uid', 'gid', 'user' and 'group' options.",
                    remedy: "write one of these"
                )
                return
            }
            index += 2
        }
    }

    /// False after a problem.
    mutating func knowsUser(_ name: String, at index: Int, _ what: String) -> Bool {
        if surroundings.hasUser(name) { return true }
        error(
            at: index,
            "\(what) : 'user' : unknown user name '\(name)'",
            remedy: "name a user of this machine, or use uid"
        )
        return false
    }

    mutating func knowsGroup(_ name: String, at index: Int, _ what: String) -> Bool {
        if surroundings.hasGroup(name) { return true }
        error(
            at: index,
            "\(what) : 'group' : unknown group name '\(name)'",
            remedy: "name a group of this machine, or use gid"
        )
        return false
    }
}
