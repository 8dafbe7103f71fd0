/// HAProxy's words for what is wrong with an option of a `server` line (configuration manual, section 5.2), without the full
/// stop that it puts behind all of them, those that end in one included.
enum ServerWords {
    static func missing(_ option: String) -> String {
        let quoted = "'\(option)'"
        switch option {
        case "addr": return "\(quoted) expects <ipv4|ipv6> as argument."
        case "agent-addr": return "\(quoted) expects an address as argument."
        case "agent-port", "port": return "\(quoted) expects a port number as argument."
        case "inter", "fastinter", "downinter", "agent-inter": return "\(quoted) expects a delay as argument."
        case "agent-send": return "\(quoted) expects a string as argument."
        case "alpn", "check-alpn": return "\(quoted) : missing the comma-delimited ALPN protocol suite"
        case "npn": return "\(quoted) : missing the comma-delimited NPN protocol suite"
        case "ca-file": return "\(quoted) : missing CAfile path"
        case "crl-file": return "\(quoted) : missing CRLfile path"
        case "crt": return "\(quoted) : missing certificate file path"
        case "check-proto", "proto": return "\(quoted) : missing value"
        case "check-sni": return "\(quoted) : missing SNI"
        case "ciphers", "ciphersuites": return "\(quoted) : missing cipher suite"
        case "cookie", "max-reuse", "pool-low-conn", "pool-max-conn", "pool-purge-delay":
            return "\(quoted) expects <value> as argument."
        case "error-limit", "fall", "rise": return "\(quoted) expects an integer argument."
        case "id": return "\(quoted) : expects an integer argument"
        case "namespace": return "\(quoted) : expects <name> as argument"
        case "observe": return "\(quoted) expects <mode> as argument."
        case "redir": return "\(quoted) expects <prefix> as argument."
        case "resolve-net": return "\(quoted) expects a list of networks."
        case "sni": return "\(quoted) : missing sni expression"
        case "socks4": return "\(quoted) expects <addr>:<port> as argument."
        case "ssl-min-ver", "ssl-max-ver": return "\(quoted) : missing the ssl/tls version"
        case "tcp-ut": return "\(quoted) : missing TCP User Timeout value"
        case "track": return "\(quoted) expects [<proxy>/]<server> as argument."
        case "verify": return "\(quoted) : missing verify method"
        case "verifyhost": return "\(quoted) : missing hostname to verify against"
        // The character that ends the word ends the text as well.
        case "slowstart": return "unexpected character '"
        default: return invalid(option, "", of: "")
        }
    }

    static func invalid(_ option: String, _ value: String, of server: String) -> String {
        let quoted = "'\(option)'"
        switch option {
        case "agent-addr": return "parsing agent-addr failed. Check if '\(value)' is correct address."
        case "inter", "fastinter", "downinter", "agent-inter", "slowstart": return delay(option, value, of: server)
        case "ca-file", "crl-file": return "Couldn't open the ca-file '\(value)' (No such file or directory)"
        case "proto", "check-proto": return "\(quoted) :  unknown MUX protocol '\(value)'"
        case "error-limit": return "error-limit has to be > 0."
        case "fall", "rise": return "\(quoted) has to be > 0."
        case "id": return "\(quoted) : custom id has to be > 0"
        case "init-addr":
            return "\(quoted) : unknown init-addr method '\(value)', supported methods are 'libc', 'last', 'none'."
        case "log-proto": return "\(quoted) expects one of 'legacy' or 'octet-count' but got '\(value)'"
        case "namespace": return "Cannot open namespace '\(value)'"
        case "observe": return "\(quoted) expects one of 'none', 'layer4', 'layer7' but got '\(value)'"
        case "on-error":
            return
                "\(quoted) expects one of 'fastinter', 'fail-check', 'sudden-death' or 'mark-down' but got '\(value)'"
        case "on-marked-down": return "\(quoted) expects 'shutdown-sessions' but got '\(value)'"
        case "on-marked-up": return "\(quoted) expects 'shutdown-backup-sessions' but got '\(value)'"
        case "pool-max-conn": return "\(quoted) must be >= -1"
        case "pool-purge-delay": return "unexpected character '\(value.prefix(1))' in argument to <pool-purge-delay>."
        case "proxy-v2-options":
            let wrong = value.split(separator: ",", omittingEmptySubsequences: false).map { String($0) }
                .first { !ServerOption.proxyOptions.contains($0) }
            return "'\(wrong ?? value)' : proxy v2 option not implemented"
        case "resolve-net": return "\(quoted) invalid network '\(value)'."
        case "resolve-opts":
            return "\(quoted) : unknown resolve-opts option '\(value)', supported methods are 'allow-dup-ip', "
                + "'ignore-weight', and 'prevent-dup-ip'."
        case "resolve-prefer": return "\(quoted) expects either ipv4 or ipv6 as argument."
        case "socks4": return "'socks4 \(value)' : missing port specification in '\(value)'"
        case "ssl-min-ver", "ssl-max-ver": return "'\(value)' : unknown ssl/tls version"
        case "usesrc": return "'usesrc' only allowed after a 'source' statement."
        case "tcp-ut": return "\(quoted) : expects a positive delay in milliseconds"
        case "verify": return "\(quoted) : unknown verify method '\(value)', only 'none' and 'required' are supported"
        case "weight": return "weight of server \(server) is not within 0 and 256 (\(Checker.shortNumber(value)))."
        case "ws": return "\(quoted) has to be 'auto', 'h1' or 'h2'"
        default: return "invalid value '\(value)' for argument '\(option)' of server \(server)."
        }
    }

    private static func delay(_ option: String, _ value: String, of server: String) -> String {
        do throws(TimeText.Failure) {
            _ = try TimeText.milliseconds(value)
            return "invalid value \(Checker.number(value)) for argument '\(option)' of server \(server)."
        } catch {
            // HAProxy 2.6 speaks of agent-inter whatever interval it reads.
            let name = option == "slowstart" ? option : "agent-inter"
            if case .unexpected(let character) = error {
                return "unexpected character '\(character)' in '\(name)' argument of server \(server)."
            }
            return
                "timer overflow in argument <\(value)> to <\(name)> of server \(server), maximum value is 2147483647 ms "
                + "(~24.8 days)."
        }
    }
}
