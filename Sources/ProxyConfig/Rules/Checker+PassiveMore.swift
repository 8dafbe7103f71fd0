import Diagnostics

extension Checker {
    /// The problem with a line that nothing here acts upon, in HAProxy's words; nil if it is right.
    func passiveProblem(_ keyword: ProxyKeyword) -> String? {
        let (name, value) = (word(0), word(1))
        switch keyword {
        case .errorloc, .errorloc302, .errorloc303:
            if word(2).isEmpty { return "\(name) : expects <status_code> and <url> as arguments." }
            return PassiveRules.statusCodes.contains(value) ? nil : "\(name) : status code '\(value)' not handled."
        case .errorfile:
            if word(2).isEmpty { return "errorfile : expects <status_code> and <file> as arguments." }
            if !PassiveRules.statusCodes.contains(value) {
                return "errorfile : status code '\(Self.number(value))' not handled."
            }
            return surroundings.hasFile(word(2)) ? nil : "errorfile : error opening file '\(word(2))'."
        case .errorfiles:
            let wrong = words(from: 2).first { !PassiveRules.statusCodes.contains($0) }
            return wrong.map { "errorfiles : status code '\(Self.number($0))' not handled." }
        case .compression: return compressionProblem(value)
        case .emailAlert: return emailProblem(value)
        case .stats: return statsProblem(value)
        case .cookie: return cookieProblem
        case .externalCheck:
            if value.isEmpty { return "missing argument after 'external-check'." }
            if value != "command", value != "path" {
                return "'external-check' only supports 'command' and 'path'. but got '\(value)'."
            }
            return word(2).isEmpty ? "missing argument after '\(value)'." : nil
        case .persist:
            if value.isEmpty { return "missing persist method." }
            return value.hasPrefix("rdp-cookie") ? nil : "unknown persist method."
        case .retryOn:
            let kinds: Set<String> = [
                "none", "conn-failure", "empty-response", "junk-response", "response-timeout", "0rtt-rejected",
                "all-retryable-errors", "401", "403", "404", "408", "425", "500", "501", "502", "503", "504",
            ]
            if value.isEmpty { return "'retry-on' needs at least one keyword to specify when to retry" }
            return words(from: 1).first { !kinds.contains($0) }.map { "'retry-on': unknown keyword '\($0)'" }
        case .hashType:
            if value != "consistent", value != "map-based" {
                return "'hash-type' only supports 'consistent' and 'map-based'."
            }
            if !["", "sdbm", "djb2", "crc32", "wt6", "avalanche"].contains(word(2)) {
                return "'hash-type' only supports 'sdbm', 'djb2', 'crc32', or 'wt6' hash functions."
            }
            return ["", "avalanche"].contains(word(3))
                ? nil : "'hash-type' only supports 'avalanche' as a modifier for hash functions."
        case .hashBalanceFactor:
            let factor = Self.number(value)
            return factor == 0 || factor > 100
                ? nil : "'hash-balance-factor' must be 0 or greater than 100."
        case .source: return sourceLineProblem(value)
        case .dispatch: return dispatchProblem(value)
        default: return nil
        }
    }

    private func compressionProblem(_ value: String) -> String? {
        switch value {
        case "algo":
            if word(2).isEmpty { return "'compression' expects <algorithm>." }
            return words(from: 2).first { !["identity", "gzip", "deflate", "raw-deflate"].contains($0) }
                .map { "'compression' : '\($0)' is not a supported algorithm." }
        case "type": return word(2).isEmpty ? "'compression' expects <type>." : nil
        case "offload": return nil
        default: return "'compression' expects 'algo', 'type' or 'offload'"
        }
    }

    private func emailProblem(_ value: String) -> String? {
        switch value {
        case "": return "missing argument after 'email-alert'."
        // HAProxy looks for the argument where the keyword is, and so misses none of these.
        case "from", "mailers", "myhostname", "to": return nil
        case "level":
            return LogTarget.Level.allCases.contains { "\($0)" == word(2) }
                ? nil : "unknown log level 'level' after '\(word(2))'"
        default: return "email-alert: unknown argument '\(value)'."
        }
    }

    private func statsProblem(_ value: String) -> String? {
        let expected =
            "expects 'admin', 'uri', 'realm', 'auth', 'scope', 'enable', 'hide-version', 'show-node', 'show-desc' or "
            + "'show-legends'."
        switch value {
        case "": return "missing keyword in 'stats', \(expected)"
        case "admin" where draft?.kind == .defaults: return "'stats admin' not allowed in 'defaults' section."
        case "http-request" where draft?.kind == .defaults: return "'stats' not allowed in 'defaults' section."
        case "admin":
            return word(2) == "if" || word(2) == "unless"
                ? nil : "'stats admin' requires either 'if' or 'unless' followed by a condition."
        case "uri": return word(2).isEmpty ? "'uri' needs an URI prefix." : nil
        case "realm": return word(2).isEmpty ? "'realm' needs an realm name." : nil
        case "auth": return word(2).isEmpty ? "'auth' needs a user:password account." : nil
        case "scope": return word(2).isEmpty ? "'scope' needs a proxy name." : nil
        case "refresh":
            do throws(TimeText.Failure) {
                _ = try TimeText.milliseconds(word(2))
                return nil
            } catch {
                let character = if case .unexpected(let character) = error { "\(character)" } else { "" }
                return "unexpected character '\(character)' in argument to stats refresh interval."
            }
        case "http-request", "enable", "hide-version", "show-desc", "show-legends", "show-node", "show-modules":
            return nil
        default: return "unknown stats parameter '\(value)', \(expected)"
        }
    }

    private var cookieProblem: String? {
        guard !word(1).isEmpty else { return "'cookie' expects <cookie_name> as argument." }
        var modes = 0
        var index = 2
        while !word(index).isEmpty {
            switch word(index) {
            case "rewrite", "insert", "prefix": modes += 1
            case "indirect", "nocache", "postonly", "preserve", "httponly", "secure", "dynamic": break
            case "domain", "maxidle", "maxlife", "attr":
                index += 1
                if word(index).isEmpty { return "'\(word(index - 1))' expects an argument" }
            default:
                return "'cookie' supports 'rewrite', 'insert', 'prefix', 'indirect', 'nocache', 'postonly', 'domain', "
                    + "'maxidle', 'dynamic', 'maxlife' and 'attr' options."
            }
            index += 1
        }
        return modes > 1 ? "cookie 'rewrite', 'insert' and 'prefix' modes are incompatible." : nil
    }

    private func sourceLineProblem(_ value: String) -> String? {
        guard !value.isEmpty else {
            return "'source' expects <addr>[:<port>], and optionally 'usesrc' <addr>, and 'interface' <name>."
        }
        do throws(AddressText.Failure) {
            _ = try AddressText(value, for: .source, resolve: surroundings.resolver)
        } catch {
            return "'source \(value)' : \(error.message)"
        }
        var index = 2
        while !word(index).isEmpty {
            let argument = word(index + 1)
            switch word(index) {
            case "interface": if argument.isEmpty { return "'source' : missing interface name." }
            case "usesrc":
                if argument.isEmpty { return "'usesrc' expects <addr>[:<port>], 'client', or 'clientip' as argument." }
            default: return "'source' only supports optional keywords 'interface' and 'usesrc'"
            }
            index += 2
        }
        return nil
    }

    private func dispatchProblem(_ value: String) -> String? {
        if value.isEmpty { return "'dispatch' : '' resolves to an empty address (environment variable missing?)" }
        do throws(AddressText.Failure) {
            _ = try AddressText(value, for: .bind, resolve: surroundings.resolver)
            return nil
        } catch {
            return "'dispatch' : \(error.message)"
        }
    }
}
