import Addresses

/// The options of `server` and `default-server` lines (configuration manual, section 5.2).
enum ServerOption {
    /// Options whose argument may be missing at the end of the line: it counts as 0.
    static let mayBeEmpty: Set<String> = [
        "init-addr", "maxconn", "maxqueue", "minconn", "resolve-opts", "resolvers", "weight",
    ]

    /// What `proxy-v2-options` can ask for.
    static let proxyOptions: Set<String> = [
        "ssl", "cert-cn", "ssl-cipher", "cert-sig", "cert-key", "authority", "crc32c", "unique-id",
    ]

    /// Takes one option; false if its value is wrong.
    static func apply(_ option: String, at index: Int, to server: inout Server, by checker: inout Checker) -> Bool {
        let value = checker.word(index + 1)
        switch option {
        // The words of nearly every line come first: they are compared in this order.
        case "check": server.isChecked = true
        case "weight":
            guard let weight = number(value, 0...256) else { return false }
            server.weight = weight
        case "verify":
            guard value == "none" || value == "required" else { return false }
            server.verifiesNothing = value == "none"
            server.saysVerify = true
        case "no-check": server.isChecked = false
        case "inter", "fastinter", "downinter", "slowstart", "agent-inter", "tcp-ut":
            return applyTime(option, value, to: &server)
        case "rise":
            guard let count = number(value, 1...Int.max) else { return false }
            server.rise = count
        case "fall":
            guard let count = number(value, 1...Int.max) else { return false }
            server.fall = count
        case "port":
            // HAProxy takes any number and connects to what is left of it.
            let port = number(value, Int.min...Int.max) ?? 0
            guard (0...65535).contains(port) else {
                checker.warn(at: index + 1, "port \(value) is not a port", remedy: remedy(for: option))
                break
            }
            server.checkPort = port == 0 ? nil : UInt16(port)
        case "addr":
            // What is wrong with it is said by the caller.
            guard let place = try? checker.checkAddress(value) else { return false }
            (server.checkName, server.checkAddress, server.checkPath) = (nil, nil, nil)
            server.checkAddressPort = nil
            switch place {
            case .ip(let address, let ports):
                server.checkAddress = address
                server.checkAddressPort = ports?.lowerBound
            case .unix(let path): server.checkPath = path
            case .abstract(let name): server.checkPath = "@\(name)"
            case .name(let name, let ports):
                server.checkName = name
                server.checkAddressPort = ports?.lowerBound
            case .descriptor: break
            }
        case "maxconn": server.maxConnections = number(value, Int.min...Int.max) ?? 0
        case "minconn": server.minConnections = number(value, Int.min...Int.max) ?? 0
        case "maxqueue": server.maxQueue = number(value, Int.min...Int.max) ?? 0
        case "cookie": server.cookie = value.isEmpty ? nil : value
        case "id":
            guard let id = number(value, 1...Int.max) else { return false }
            server.id = id
        case "error-limit":
            guard let limit = number(value, 1...Int.max) else { return false }
            server.errorLimit = limit
        case "backup": server.isBackup = true
        case "no-backup": server.isBackup = false
        case "disabled": server.isDisabled = true
        case "enabled": server.isDisabled = false
        // The binary one prevails, whatever the order.
        case "send-proxy": if server.sendsProxy == .none { server.sendsProxy = .v1 }
        case "send-proxy-v2": server.sendsProxy = .v2
        case "send-proxy-v2-ssl", "send-proxy-v2-ssl-cn":
            server.sendsProxy = .v2
            server.proxyOptions.insert("ssl")
        case "proxy-v2-options":
            let names = value.split(separator: ",", omittingEmptySubsequences: false).map { String($0) }
            guard names.allSatisfy({ proxyOptions.contains($0) }) else { return false }
            server.proxyOptions.formUnion(names)
        case "no-send-proxy", "no-send-proxy-v2", "no-send-proxy-v2-ssl", "no-send-proxy-v2-ssl-cn":
            server.sendsProxy = .none
        case "check-send-proxy": server.checkSendsProxy = true
        case "no-check-send-proxy": server.checkSendsProxy = false
        case "check-ssl": server.checksTLS = true
        case "no-check-ssl": server.checksTLS = false
        case "check-sni": server.checkServerName = value
        case "check-alpn": server.checkProtocols = value
        case "ssl": server.usesTLS = true
        case "no-ssl": server.usesTLS = false
        case "ca-file":
            guard isAuthority(value, checker) else { return false }
            server.caFile = value
        // Only behind `source`, where it has been read.
        case "usesrc": return false
        case "stick": server.isNeverStuckTo = false
        case "non-stick": server.isNeverStuckTo = true
        case "track": server.track = value
        default: return applyReaction(option, value, to: &server, at: index, by: &checker)
        }
        return true
    }

    static func remedy(for option: String) -> String {
        switch option {
        case "weight": "write a weight between 0 and 256"
        case "inter", "fastinter", "downinter": "write a time such as 2s, at least 1 ms"
        case "slowstart", "agent-inter", "tcp-ut": "write a time such as 2s"
        case "rise", "fall", "error-limit", "id": "write a number greater than 0"
        case "port": "write a port between 1 and 65535"
        case "verify": "write none or required"
        case "proxy-v2-options": "write one or more of \(proxyOptions.sorted().joined(separator: ", "))"
        default: "see chapter 5.2 of the manual for its values"
        }
    }

    private static func applyTime(_ option: String, _ value: String, to server: inout Server) -> Bool {
        guard let time = try? TimeText.milliseconds(value) else { return false }
        switch option {
        case "inter", "fastinter", "downinter", "agent-inter":
            guard time > 0 else { return false }
            if option == "inter" { server.interval = time }
            if option == "fastinter" { server.fastInterval = time }
            if option == "downinter" { server.downInterval = time }
            if option == "agent-inter" { server.agentInterval = time }
        case "slowstart": server.slowStart = time
        default: server.tcpUserTimeout = time
        }
        return true
    }

    private static func applyReaction(
        _ option: String,
        _ value: String,
        to server: inout Server,
        at index: Int,
        by checker: inout Checker
    ) -> Bool {
        guard isRight(option, value, checker) else { return false }
        switch option {
        case "on-marked-down":
            guard value == "shutdown-sessions" else { return false }
            server.shutsSessionsWhenDown = true
        case "on-marked-up":
            guard value == "shutdown-backup-sessions" else { return false }
            server.shutsBackupSessionsWhenUp = true
        case "observe":
            guard ["none", "layer4", "layer7"].contains(value) else { return false }
            server.observesLayer4 = value == "layer4"
        case "on-error":
            guard let reaction = Server.ErrorReaction(rawValue: value) else { return false }
            server.onError = reaction
        case "agent-check": server.isAgentChecked = true
        case "no-agent-check": server.isAgentChecked = false
        case "agent-port":
            guard let port = number(value, Int.min...Int.max) else { return false }
            // What 16 bits leave of it.
            let left = UInt16(truncatingIfNeeded: port)
            server.agentPort = left == 0 ? nil : left
        case "agent-addr":
            server.agentAddress = IPAddress(value)
            server.agentName = server.agentAddress == nil ? value : nil
        case "agent-send": server.agentQuestion = value
        case "socks4", "namespace":
            server.quarantine = "the option '\(option)' of a server line is not followed yet"
        case "resolvers": server.resolvers = value
        case "resolve-prefer": server.prefersIPv4 = value == "ipv4"
        case "init-addr":
            server.initialAddresses = value.split(separator: ",").map { String($0) }
        case "tfo":
            server.ignoredOptions.append(option)
            checker.ignore("'server … \(option)'", at: index)
        case "proto": server.ignoredOptions.append("proto \(value)")
        default:
            // TLS, HTTP and pools of idle connections: nothing that a relay of layer 4 does.
            server.ignoredOptions.append(option)
        }
        return true
    }

    private static func number(_ text: String, _ range: ClosedRange<Int>) -> Int? {
        let number = Checker.shortNumber(text)
        return range.contains(number) ? number : nil
    }
}
