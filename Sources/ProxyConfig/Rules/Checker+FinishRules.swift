import Diagnostics

extension Checker {
    /// What the lines of a proxy refer to, now that every section is known.
    mutating func checkNoted(_ draft: ProxyDraft, _ known: KnownParts) {
        for format in draft.formats {
            var findings = LogFormatText.Findings()
            let isHTTP = draft.mode == .http
            let places = format.places
            guard
                let problem = LogFormatText.problem(
                    format.text,
                    // What is of a rule has been judged by the mode of its line.
                    isHTTP: isHTTP || format.isRule,
                    places: places,
                    surroundings,
                    &findings
                )
            else {
                if let quarantine = findings.quarantine, !format.keyword.hasPrefix("use") {
                    let words = "'\(format.keyword)' : \(quarantine); what it should give is missing."
                    report(.warning, at: format.position, words, remedy: "write the file, and reload")
                }
                for reference in findings.references {
                    recorded?.dependsOnOthers = true
                    let noted = ProxyReference(reference, in: "\(format.keyword) expression", at: format.position)
                    checkReference(noted, draft, known)
                }
                continue
            }
            let what = format.keyword == "unique-id-format" ? "unique-id" : format.keyword
            report(
                .error,
                at: format.position,
                format.keyword == "use-server"
                    ? "use-server rule failed to parse log-format '\(format.text)' : \(problem)."
                    : "failed to parse \(what) : \(problem).",
                remedy: "see section 8.2.6 of the manual for log formats"
            )
        }
        if draft.namesOthers { recorded?.dependsOnOthers = true }
        for reference in draft.references { checkReference(reference, draft, known) }
        for (name, place) in draft.errorFiles where !known.errorFiles.contains(name) {
            report(
                .error,
                at: place,
                "proxy '\(draft.name)': unknown http-errors section '\(name)' (at \(source(place.line))).",
                remedy: "add the section 'http-errors \(name)'"
            )
        }
        for (name, place) in draft.answerFiles where !known.errorFiles.contains(name) {
            report(
                .error,
                at: place,
                "Proxy '\(draft.name)': unknown http-errors section '\(name)' referenced by an http reply .",
                remedy: "add the section 'http-errors \(name)'"
            )
        }
        for capture in draft.capturePlaces where draft.hasFrontend {
            let count = capture.set == .request ? draft.captures.request : draft.captures.response
            let number = Int32(truncatingIfNeeded: capture.number)
            guard number >= count else { continue }
            report(
                .error,
                at: capture.position,
                "Proxy '\(draft.name)': unable to find capture id '\(number)' referenced by \(capture.set.label) capture rule.",
                remedy: "write a 'declare capture' line for it"
            )
        }
        for (name, place) in draft.caches where !known.caches.contains(name) {
            report(
                .error,
                at: place,
                "config: \(draft.proxyKind) '\(draft.name)': unable to find the cache '\(name)' referenced by the filter "
                    + "'cache'.",
                remedy: "add the section 'cache \(name)'"
            )
        }
        for (name, place) in draft.applications where !known.applications.contains(name) {
            report(
                .error,
                at: place,
                "proxy '\(draft.name)' : fcgi-app '\(name)' not found.",
                remedy: "add the section 'fcgi-app \(name)'"
            )
        }
        for (problem, place) in draft.neededFilters where !draft.hasForeignFilter {
            report(
                .error,
                at: place,
                "Proxy '\(draft.name)': unable to find \(problem)",
                remedy: "add a filter line, or remove this one"
            )
        }
    }

    private mutating func checkReference(_ reference: ProxyReference, _ draft: ProxyDraft, _ known: KnownParts) {
        let introduction =
            reference.isACL
            ? "ACL keyword '\(reference.keyword)' in proxy '\(draft.name)'"
            : "sample fetch keyword '\(reference.keyword)' in \(reference.place) in proxy '\(draft.name)'"
        let name = reference.name
        let problem: String?
        switch reference.type {
        case "server":
            let parts = name.split(separator: "/", maxSplits: 1).map { String($0) }
            let proxy = parts.count == 2 ? parts[0] : draft.name
            if let servers = known.servers[proxy] {
                problem =
                    servers.contains(parts.last ?? "")
                    ? nil
                    : "unable to find server '\(parts.last ?? "")' in proxy '\(proxy)', referenced in arg 1 of \(introduction)."
            } else {
                problem = "unable to find proxy '\(proxy)' referenced in arg 1 of \(introduction)."
            }
        case "group":
            let parts = name.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
            let list = model.userlists.first { $0.name == parts[0] }
            problem =
                list?.groups.contains(parts.last ?? "") ?? true
                ? nil
                : "proxy \(draft.name): acl \(reference.keyword) http_auth_group(): invalid group '\(parts.last ?? "")'."
        case "resolvers":
            problem =
                known.resolvers.contains(name)
                ? nil : "Proxy '\(draft.name)': Can't find resolvers section '\(name)' for do-resolve action."
        case "table":
            let table = name.isEmpty ? draft.name : name
            problem =
                known.tables.contains(table)
                ? nil
                : reference.keyword.hasPrefix("track-sc")
                    ? "Proxy '\(draft.name)': unable to find table '\(table)' referenced by \(reference.keyword)."
                    : "unable to find table '\(table)' referenced in arg 1 of \(introduction)."
        case "user list":
            if name.isEmpty {
                problem = "missing userlist name in arg 1 of \(introduction)."
            } else {
                problem =
                    known.userlists.contains(name)
                    ? nil : "unable to find userlist '\(name)' referenced in arg 1 of \(introduction)."
            }
        default:
            let isBackend = reference.type == "backend"
            let proxies = isBackend ? known.backends : known.frontends
            if name.isEmpty {
                problem =
                    (isBackend ? draft.hasBackend : draft.hasFrontend)
                    ? nil
                    : "proxy '\(draft.name)', referenced in arg 1 of \(introduction), has not \(reference.type) capability."
            } else {
                problem =
                    proxies.contains(name)
                    ? nil : "unable to find \(reference.type) '\(name)' referenced in arg 1 of \(introduction)."
            }
        }
        if let problem { report(.error, at: reference.position, problem, remedy: "add '\(name)', or name another one") }
    }
}

/// The names of the parts that lines refer to.
struct KnownParts {
    var frontends: Set<String> = []
    var backends: Set<String> = []
    var servers: [String: Set<String>] = [:]
    var tables: Set<String> = []
    var userlists: Set<String> = []
    var resolvers: Set<String> = ["default"]
    var peers: Set<String> = []
    var errorFiles: Set<String> = []
    var caches: Set<String> = []
    var applications: Set<String> = []
}
