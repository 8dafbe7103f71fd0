import Diagnostics

extension Checker {
    /// `frontend <name> [from <defaults>]`, `defaults [<name>] [from <defaults>]`
    mutating func startProxy() {
        guard let kind = section else { return }
        let reported = diagnostics.count
        var name = word(1)
        var index = 2
        if kind == .defaults, name == "from" {
            name = ""
            index = 1
        }
        if kind != .defaults, name.isEmpty {
            error(at: 1, "'\(kind.rawValue)' expects an <id> argument", remedy: "give the section a name")
            return
        }
        if kind != .defaults { refuseCharacters(of: name, at: 1, kind.rawValue) }
        var base = kind == .defaults ? nil : defaults
        if word(index) == "from", !word(index + 1).isEmpty {
            let wanted = word(index + 1)
            guard let found = namedDefaults[wanted] else {
                error(
                    at: index + 1,
                    "defaults section '\(wanted)' not found for \(kind.rawValue) '\(name)'.",
                    remedy: "name a defaults section that stands above"
                )
                return
            }
            base = found
            if !wanted.utf8.allSatisfy(Self.isNameByte) {
                let place = source(found.position.line)
                let label = "defaults section name '\(wanted)' when designated by its name (section found at \(place))"
                refuseCharacters(of: wanted, at: index + 1, "defaults", label: label)
            }
            if let other = ambiguousDefaults[wanted] {
                error(
                    at: index + 1,
                    "ambiguous defaults section name '\(wanted)' referenced by \(kind.rawValue) '\(name)' exists at least at "
                        + "\(source(other)) and \(source(found.position.line)).",
                    remedy: "give one of them another name"
                )
            }
        }
        let isNamed = word(index) == "from" && (kind == .defaults || !word(index + 1).isEmpty)
        let extra = isNamed ? index + 2 : index
        if isNamed, word(index + 1).isEmpty || kind != .defaults && !word(extra).isEmpty {
            error(
                at: extra,
                "'\(kind.rawValue)' cannot handle unexpected argument '\(word(extra))'.",
                remedy: "write from and the name of a defaults section"
            )
        } else if kind == .defaults, !word(extra).isEmpty {
            warn(
                at: extra,
                "'defaults' cannot handle unexpected argument '\(word(extra))'.",
                remedy: "remove what stands behind"
            )
        }
        if kind != .defaults, !word(extra).isEmpty {
            // HAProxy has no section then, and refuses each of its lines.
            if kind != .backend {
                warn(
                    at: extra,
                    "please use the 'bind' keyword for listening addresses.",
                    remedy: "write addresses in bind lines"
                )
            }
            return
        }
        let nameNumber = kind == .defaults ? 0 : refuseDuplicate(kind, name)
        let draft = ProxyDraft(kind: kind, name: name, position: position(0), defaults: base)
        draft.frontend.isListen = kind == .listen
        draft.backend.isListen = kind == .listen
        self.draft = draft
        let recorded = CheckedSection(draft, base: base, baseName: word(index) == "from" ? word(index + 1) : nil)
        recorded.nameNumber = nameNumber
        recorded.socketPrefix = model.global.unixBind.prefix
        recorded.trustsServers = trustsServers
        recorded.dependsOnOthers = diagnostics.count > reported
        self.recorded = recorded
    }

    /// Proxies of the same half cannot share a name; a frontend and a backend can.
    private mutating func refuseDuplicate(_ kind: SectionKind, _ name: String) -> Int {
        let hasFrontend = kind == .frontend || kind == .listen
        let hasBackend = kind == .backend || kind == .listen
        let number = names.number(of: name)
        // HAProxy looks for the name of a listen section among frontends only.
        if let other = hasFrontend ? frontendPlaces[number] : hasBackend ? backendPlaces[number] : nil {
            let what = kind == .listen ? "proxy" : kind.rawValue
            error(
                at: 1,
                "\(what) '\(name)' has the same name as \(other.kind.rawValue) '\(name)' declared at \(source(other.line)).",
                remedy: "give one of them another name"
            )
        }
        if let line = logForwardLine(name) {
            error(
                at: 1,
                "\(kind == .listen ? "proxy" : kind.rawValue) '\(name)' has the same name as log forward section '\(name)' "
                    + "declared at \(source(line)).",
                remedy: "give one of them another name"
            )
        }
        let place = ProxyPlace(kind: kind, line: self.number)
        if hasFrontend, frontendPlaces[number] == nil { frontendPlaces[number] = place }
        if hasBackend, backendPlaces[number] == nil { backendPlaces[number] = place }
        return number
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        // A bit for each: the digits and the colon behind them, the minus sign and the full stop; letters and `_`.
        let low: UInt64 = 0x7ff << 48 | 3 << 45
        let high: UInt64 = 0x3ff_ffff << 1 | 0x3ff_ffff << 33 | 1 << 31
        return byte < 0x80 && (byte < 64 ? low : high) >> UInt64(byte & 63) & 1 == 1
    }

    /// Names consist of letters, digits and `-_.:`.
    mutating func refuseCharacters(of name: String, at index: Int, _ what: String, label: String? = nil) {
        var name = name
        let isRight = name.withUTF8 { $0.allSatisfy(Self.isNameByte) }
        guard !isRight else { return }
        let offender = name.first { !($0.isASCII && ($0.isLetter || $0.isNumber || "-_.:".contains($0))) } ?? " "
        error(
            at: index,
            "character '\(offender)' is not permitted in \(label ?? "'\(what)' name '\(name)'").",
            remedy: "use letters, digits and - _ . :"
        )
    }

    mutating func checkProxy() {
        guard let keyword = ProxyKeyword.byName[word(0)] else {
            if let words = RemovedKeywords.words(word(0), word(1)) {
                error(at: 0, words, remedy: "see what the manual says of its successor")
            } else {
                let names = ProxyKeyword.names + RemovedKeywords.suggested
                unknownKeyword(in: section?.rawValue ?? "", among: names, suggests: true)
            }
            return
        }
        // Only the kind is read: a copy of the whole draft for every line would cost more than all else.
        guard let kind = draft?.kind else {
            error(at: 0, "'listen' or 'defaults' expected.", remedy: "mend the header of the section")
            return
        }
        if kind == .defaults {
            if keyword.isRefusedInDefaults {
                error(
                    at: 0,
                    refusedInDefaults(keyword),
                    remedy: "move the line to a proxy section"
                )
                return
            }
            if keyword.needsNamedDefaults, draft?.name.isEmpty == true {
                let message = refusedInAnonymousDefaults(keyword)
                error(
                    at: 0,
                    message,
                    remedy: "give the defaults section a name"
                )
                return
            }
        } else if let missing = keyword.side.missing(in: kind) {
            checkInVain(keyword, kind, missing)
            return
        }
        checkProxyLine(keyword)
    }

    private func refusedInDefaults(_ keyword: ProxyKeyword) -> String {
        switch keyword {
        case .declare: "'declare' not available in default section"
        case .capture: "'capture \(word(1))' not allowed in 'defaults' section."
        case .stickTable: "'stick-table' is not supported in 'defaults' section."
        default: "'\(word(0))' not allowed in 'defaults' section."
        }
    }

    private func refusedInAnonymousDefaults(_ keyword: ProxyKeyword) -> String {
        let kind = word(1)
        switch keyword {
        case .tcpRequest where kind.isEmpty: return "missing argument for 'tcp-request' in defaults section"
        case .tcpRequest where ["inspect-delay", "content", "connection", "session"].contains(kind):
            return "tcp-request \(kind) is not allowed in anonymous 'defaults' sections"
        case .tcpRequest:
            return
                "'tcp-request' expects 'inspect-delay', 'connection', or 'content' in defaults section (got '\(kind)')"
        case .tcpResponse where kind.isEmpty: return "missing argument for 'tcp-response' in defaults ''"
        case .tcpResponse where kind == "inspect-delay" || kind == "content":
            return "tcp-response \(kind) is only allowed in 'backend' sections or 'defaults' section with a name"
        case .tcpResponse:
            return "'tcp-response' expects 'inspect-delay' or 'content' in defaults '' (got '\(kind)')"
        default: return "'\(word(0))' not allowed in anonymous 'defaults' section."
        }
    }

    /// A line that the kind of proxy has no use for: HAProxy warns and reads it all the same, but for servers.
    private mutating func checkInVain(_ keyword: ProxyKeyword, _ kind: SectionKind, _ missing: String) {
        let what = "because \(kind.rawValue) '\(draft?.name ?? "")' has no \(missing) capability"
        let remedy = "move the line to a \(missing)"
        switch keyword {
        case .server, .serverTemplate, .defaultServer:
            error(at: 0, "'\(word(0))' not allowed \(what).", remedy: remedy)
            return
        case .declare: error(at: 0, "'declare' only available in frontend or listen section", remedy: remedy)
        case .useFastCGI, .retryOn:
            if keyword == .retryOn, word(1).isEmpty { break }
            error(at: 0, "'\(word(0))' only available in backend or listen section", remedy: remedy)
            return
        case .externalCheck, .hashBalanceFactor, .persist, .transparent, .uniqueIDFormat, .uniqueIDHeader: break
        case .clientKeepaliveCount, .clientKeepaliveIdle, .clientKeepaliveInterval, .maxKeepAliveQueue,
            .serverKeepaliveCount, .serverKeepaliveIdle, .serverKeepaliveInterval:
            warn(at: 0, "\(word(0)) will be ignored \(what)", remedy: remedy)
        case .rateLimit:
            if word(1) == "sessions" { warn(at: 0, "rate-limit sessions will be ignored \(what)", remedy: remedy) }
        case .fullconn, .maxconn:
            let other = keyword == .maxconn ? "fullconn" : "maxconn"
            let question = "Maybe you want '\(other)' instead ?"
            warn(at: 0, "'\(word(0))' ignored \(what). \(question)", remedy: "write '\(other)'")
        default: warn(at: 0, "'\(word(0))' ignored \(what).", remedy: remedy)
        }
        guard keyword != .declare, keyword != .stick else { return }
        let quarantine = draft?.quarantine
        isInVain = true
        checkProxyLine(keyword)
        isInVain = false
        // What does nothing is nothing to stop for.
        if let quarantine { draft?.quarantine = quarantine }
    }

    /// Keeps what a section says until the whole file is read.
    mutating func finishProxy(_ draft: ProxyDraft) {
        noteQuestions()
        if draft.kind == .defaults {
            inherit(draft)
        } else if let recorded {
            proxies.append((recorded, draft.position.line))
        }
    }

    /// Lets the sections below begin with what a `defaults` section says.
    mutating func inherit(_ draft: ProxyDraft) {
        defaults = draft
        guard !draft.name.isEmpty else { return }
        if let other = namedDefaults.updateValue(draft, forKey: draft.name) {
            ambiguousDefaults[draft.name] = other.position.line
        }
    }
}
