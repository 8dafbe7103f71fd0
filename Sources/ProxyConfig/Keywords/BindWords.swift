/// HAProxy's words for what is wrong with an option of a `bind` line (configuration manual, section 5.1).
enum BindWords {
    /// What is said of an option without its argument, behind the option's name.
    static func missing(_ option: String) -> String {
        switch option {
        case "alpn", "npn": "missing the comma-delimited \(option.uppercased()) protocol suite"
        case "ca-file", "ca-sign-file", "ca-verify-file": "missing CAfile path"
        case "ca-ignore-err", "crt-ignore-err": "missing error IDs list"
        case "ca-sign-pass": "missing CAkey password"
        case "ciphers", "ciphersuites": "missing cipher suite"
        case "crl-file": "missing CRLfile path"
        case "crt", "crt-list": "missing certificate location"
        case "curves": "missing curve suite"
        case "ecdhe": "missing named curve"
        case "expose-fd": "missing fd type"
        case "group", "user": "missing \(option) name"
        case "id": "expects an integer argument"
        case "interface": "missing interface name"
        case "level": "missing level"
        case "mode": "missing or invalid mode '' (octal integer expected)"
        case "mss": "missing MSS value"
        case "name": "missing name"
        case "namespace": "missing namespace id"
        case "process": "'' is not a valid number/range. It supports numbers from 1 to 1."
        case "severity-output": "missing severity format"
        case "ssl-min-ver", "ssl-max-ver": "missing the ssl/tls version"
        case "tcp-ut": "missing TCP User Timeout value"
        case "thread": "'' is not a valid number/range. It supports numbers from 1 to 64."
        case "tls-ticket-keys": "missing TLS ticket keys file path"
        case "verify": "missing verify method"
        default: "missing value"
        }
    }

    /// What is said of a wrong argument, from the option's name on.
    static func invalid(_ option: String, _ value: String) -> String {
        let quoted = "'\(option)'"
        switch option {
        case "accept-netscaler-cip": return "\(quoted) : invalid value \(Checker.number(value)), must be >= 0"
        case "backlog": return "\(quoted) : invalid value \(Checker.number(value)), must be > 0"
        case "maxconn": return "\(quoted) : invalid value \(Checker.number(value)), must be >= 0"
        case "ca-file", "crl-file": return "\(quoted) : unable to load \(value)"
        case "crt": return "unable to stat SSL certificate from file '\(value)' : No such file or directory."
        case "crt-list": return "\(quoted) : cannot open file '\(value)' : No such file or directory"
        case "expose-fd": return "\(quoted) only supports 'listeners' (got '\(value)')"
        case "user", "group": return "\(quoted) : unknown \(option) name '\(value)'"
        case "id":
            return Int(value) == nil
                ? "\(quoted) : expects an integer argument, found '\(value)'" : "\(quoted) : custom id has to be > 0"
        case "level": return "\(quoted) only supports 'user', 'operator', and 'admin' (got '\(value)')"
        case "mode": return "\(quoted) : missing or invalid mode '\(value)' (octal integer expected)"
        case "mss": return "\(quoted) : expects an MSS with and absolute value between 1 and 65535"
        case "nice": return "\(quoted) : invalid value \(Checker.number(value)), allowed range is -1024..1024"
        case "process", "thread": return Checker.threadSetProblem(value, of: option) ?? ""
        case "proto": return "\(quoted) :  unknown MUX protocol '\(value)'"
        case "severity-output": return "\(quoted) only supports 'none', 'number', and 'string' (got '\(value)')"
        case "shards":
            return "\(quoted) : invalid value \(Checker.number(value)), allowed range is 1..64 or 'by-thread'"
        case "ssl-min-ver", "ssl-max-ver": return "'\(value)' : unknown ssl/tls version"
        case "tcp-ut": return "\(quoted) : expects a positive delay in milliseconds"
        case "tls-ticket-keys": return "'\(value)' : unable to load ssl tickets keys file"
        case "verify":
            return "\(quoted) : unknown verify method '\(value)', only 'none', 'optional', and 'required' are supported"
        default: return "\(quoted) : invalid value '\(value)'"
        }
    }
}
