import Diagnostics
internal import Patterns

extension Checker {
    /// Notes the name of a section that is kept, and what it needs.
    mutating func startKept(_ kind: SectionKind) {
        let name = word(1)
        let line = keptPlaces["\(kind.rawValue) \(name)"]
        keptPlaces["\(kind.rawValue) \(name)"] = number
        if let line, !name.isEmpty, let problem = duplicateProblem(kind, name, at: line) {
            error(at: 1, problem, remedy: "give one of them another name")
        }
        if [.peers, .resolvers, .httpErrors, .mailers].contains(kind) {
            refuseCharacters(of: name, at: 1, kind.rawValue)
        }
        switch kind {
        case .resolvers: kept.resolvers.insert(name)
        case .peers:
            kept.peers.insert(name)
            refuseExtra(after: 1)
            (peersBindLine, peersHavePeer) = (nil, false)
        case .logForward:
            hasLogForwards = true
            refuseExtra(after: 1)
            refuseProxyName(name)
        case .httpErrors:
            kept.errorFiles.insert(name)
            model.errorSections.append(ErrorSection(name: name))
        case .cache:
            kept.caches.insert(name)
            refuseExtra(after: 1)
            missingLine = ("total-max-size", "Size not specified for cache '\(name)'", position(0))
        case .fcgiApp:
            kept.applications.insert(name)
            refuseExtra(after: 1)
            missingLine = ("docroot", "fcgi-app '\(name)': no docroot configured.", position(0))
        case .ring: refuseRingName(name)
        default: break
        }
    }

    private func duplicateProblem(_ kind: SectionKind, _ name: String, at line: Int) -> String? {
        switch kind {
        case .peers, .mailers, .logForward:
            "\(kind.rawValue) section '\(name)' has the same name as another \(kind.rawValue) section declared at \(source(line))."
        case .resolvers: "resolvers '\(name)' has same name as another resolvers (declared at \(source(line)))."
        case .fcgiApp: "fcgi-app section '\(name)' has the same name as another one declared at \(source(line))."
        case .httpErrors: "http-errors section '\(name)' already exists (declared at \(source(line)))."
        case .ring: "sink named '\(name)' already exists."
        case .cache: "Duplicate cache name '\(name)'."
        default: nil
        }
    }

    /// The line of a `log-forward` section; no proxy can have its name.
    func logForwardLine(_ name: String) -> Int? { hasLogForwards ? keptPlaces["log-forward \(name)"] : nil }

    private mutating func refuseProxyName(_ name: String) {
        guard let number = names.known(name), let proxy = frontendPlaces[number] ?? backendPlaces[number] else {
            return
        }
        error(
            at: 1,
            "log forward section '\(name)' has the same name as \(proxy.kind == .listen ? "proxy" : proxy.kind.rawValue) "
                + "'\(name)' declared at \(source(proxy.line)).",
            remedy: "give one of them another name"
        )
    }

    private mutating func refuseRingName(_ name: String) {
        // The ring that HAProxy has from the start.
        if name == "buf0" {
            error(at: 1, "sink named 'buf0' already exists.", remedy: "give the ring another name")
            return
        }
        let wrong = name.first { !($0.isASCII && ($0.isLetter || $0.isNumber || "-_.:".contains($0))) }
        guard let wrong else { return }
        error(
            at: 1,
            "invalid ring name '\(name)' (character '\(wrong)' is not permitted).",
            remedy: "use letters, digits and - _ . :"
        )
    }

    /// The problem with a line of a section that is kept and not acted upon, in HAProxy's words; nil if it is right.
    func keptProblem(_ kind: SectionKind) -> String? {
        switch kind {
        case .resolvers: resolversProblem
        case .peers: word(0) == "log" ? logProblem : peersProblem
        case .mailers: mailersProblem
        case .ring: ringProblem
        case .logForward: logForwardProblem
        case .cache: cacheProblem
        case .httpErrors: errorFileProblem
        case .fcgiApp: applicationProblem
        default: nil
        }
    }

    private var resolversProblem: String? {
        let value = word(1)
        switch word(0) {
        case "nameserver":
            if let line = keptPlaces["nameserver \(lexer.variables.section) \(value)"], line != number {
                return "nameserver '\(value)' has same name as another nameserver (declared at \(source(line)))."
            }
            return placeProblem("nameserver")
        case "hold":
            guard !value.isEmpty, !word(2).isEmpty else {
                return "'hold' expects an <event> and a <time> as arguments."
            }
            guard ["nx", "timeout", "valid", "obsolete", "other", "refused"].contains(value) else {
                return
                    "'hold' unknown <event>: '\(value)', expects either 'nx', 'timeout', 'valid', 'obsolete' or 'other'."
            }
            return timeProblem(word(2), "hold")
        case "resolve_retries": return value.isEmpty ? "'resolve_retries' expects <nb> as argument." : nil
        case "timeout":
            let expected = "'timeout' expects 'retry' or 'resolve' and <time> as arguments"
            if value.isEmpty { return expected }
            guard value == "retry" || value == "resolve" else { return "\(expected) got '\(value)'." }
            return word(2).isEmpty
                ? "'timeout \(value)' expects <time> as argument." : timeProblem(word(2), "timeout \(value)")
        case "accepted_payload_size":
            if value.isEmpty { return "'accepted_payload_size' expects <nb> as argument." }
            let size = Self.number(value)
            return (12...65535).contains(size)
                ? nil : "'accepted_payload_size' must be between 12 and 65535 inclusive (was \(size))."
        default: return nil
        }
    }

    private var mailersProblem: String? {
        switch word(0) {
        case "mailer": return placeProblem("mailer")
        case "timeout":
            let expected = "'timeout' expects 'mail' and <time> as arguments"
            if word(1).isEmpty { return expected }
            guard word(1) == "mail" else { return "\(expected) got '\(word(1))'." }
            return word(2).isEmpty ? "'timeout mail' expects <time> as argument." : timeProblem(word(2), "timeout mail")
        default: return nil
        }
    }

    private var ringProblem: String? {
        let value = word(1)
        switch word(0) {
        case "size", "maxlen":
            let size = Self.number(value)
            if size <= 0 { return "invalid size '\(value)' for new sink buffer." }
            guard word(0) == "size" else { return nil }
            if size < 16384 { return "new size '\(size)' is too small for a sink buffer." }
            guard let ring = model.rings.last, size < ring.size else { return nil }
            return
                "ignoring new size '\(size)' that is smaller than current size '\(ring.size)' for ring '\(ring.name)'."
        case "description": return value.isEmpty ? "missing ring description text." : nil
        case "format": return LogTarget.Format(rawValue: value) == nil ? "unknown format '\(value)'." : nil
        case "server": return ringServerProblem
        case "timeout":
            guard value == "connect" || value == "server" else { return nil }
            return word(2).isEmpty
                ? "'timeout \(value)' expects <time> as argument." : timeProblem(word(2), "timeout \(value)")
        default: return nil
        }
    }

    private var logForwardProblem: String? {
        let value = word(1)
        switch word(0) {
        case "log": return logProblem
        case "maxconn", "backlog": return value.isEmpty ? "'\(word(0))' expects an integer argument." : nil
        case "timeout":
            guard value == "client" else { return "unknown keyword 'timeout \(value)' in log-forward section" }
            return word(2).isEmpty ? "missing timeout client value." : timeProblem(word(2), "timeout client")
        case "bind", "dgram-bind":
            var index = 2
            while !word(index).isEmpty {
                guard let arity = LineOptions.bind[word(index)] else {
                    let guess = WordFingerprint.question(
                        WordFingerprint.nearest(word(index), in: LineOptions.bind.words)
                    )
                    return word(0) == "bind"
                        ? "'bind \(value)' in section 'log-forward': unknown keyword '\(word(index))'\(guess)"
                        : "unknown keyword '\(word(index))' in 'log-forward' section\(guess)"
                }
                index += 1 + arity
            }
            return nil
        default: return nil
        }
    }

    private var cacheProblem: String? {
        let value = Self.number(word(1))
        switch word(0) {
        case "total-max-size":
            return (1...4095).contains(value) ? nil : "'total-max-size' must be in the range 1..4095."
        case "max-object-size": return value > 0 ? nil : "'max-object-size' expects a number of bytes."
        case "max-age": return value > 0 ? nil : "'max-age' expects a number of seconds."
        case "max-secondary-entries": return value > 0 ? nil : "'max-secondary-entries' must be strictly positive."
        case "process-vary":
            return ["on", "off"].contains(word(1)) ? nil : "'process-vary' expects either 'on' or 'off'."
        default: return nil
        }
    }

    private var errorFileProblem: String? {
        guard word(0) == "errorfile" else { return nil }
        if word(2).isEmpty { return "errorfile: expects <status_code> and <file> as arguments." }
        guard PassiveRules.statusCodes.contains(word(1)) else {
            return "errorfile : status code '\(word(1))' not handled."
        }
        return surroundings.hasFile(word(2)) ? nil : "errorfile : error opening file '\(word(2))'."
    }

    private var applicationProblem: String? {
        let value = word(1)
        switch word(0) {
        case "docroot": return value.isEmpty ? "'docroot' expects <path> as argument." : nil
        case "index": return value.isEmpty ? "'index' expects <filename> as argument." : nil
        case "log-stderr":
            return value != "global" && word(2).isEmpty
                ? "log-stderr : expects <address> and <facility> or global as arguments." : nil
        case "option":
            switch value {
            case "keep-conn", "get-values", "mpxs-conns": return nil
            case "max-reqs":
                if word(2).isEmpty { return "option 'max-reqs' expects an integer argument." }
                return Self.number(word(2)) == 1
                    ? nil : "option 'max-reqs' needs multiplexed connections to be more than 1."
            default: return "unknown option '\(value)'"
            }
        case "pass-header": return value.isEmpty ? "'pass-header' expects <name> as arguments." : nil
        case "path-info":
            if value.isEmpty { return "'path-info' expects <regex> as argument." }
            return RegexText.problem(value).map { "'\(value)' : \($0)." }
        case "set-param":
            return value.isEmpty || word(2).isEmpty ? "'set-param' expects <name> and <value> as arguments." : nil
        default: return nil
        }
    }

    private var logProblem: String? {
        if negation != nil || word(1) == "global" { return nil }
        return word(2).isEmpty ? "log : expects <address> and <facility> or global as arguments" : nil
    }

    /// `<keyword> <name> <address>:<port>`
    private func placeProblem(_ keyword: String) -> String? {
        guard !word(1).isEmpty, !word(2).isEmpty else {
            return "'\(keyword)' expects <name> and <addr>[:<port>] as arguments."
        }
        let text = word(2).hasPrefix("udp@") ? String(word(2).dropFirst(4)) : word(2)
        do throws(AddressText.Failure) {
            _ = try AddressText(text, for: .bind, resolve: surroundings.resolver)
            return nil
        } catch {
            return "'\(keyword) \(word(1))' : \(error.message)"
        }
    }

    private func timeProblem(_ text: String, _ what: String) -> String? {
        do throws(TimeText.Failure) {
            _ = try TimeText.milliseconds(text)
            return nil
        } catch {
            if case .unexpected(let character) = error {
                return "unexpected character '\(character)' in argument to <\(what)>."
            }
            return "timer overflow in argument <\(text)> to <\(what)> (maximum value is 2147483647 ms or ~24.8 days)."
        }
    }
}
