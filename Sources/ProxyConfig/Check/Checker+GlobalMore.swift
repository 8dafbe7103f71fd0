import Diagnostics

extension Checker {
    /// Keywords of the global section that nothing here acts upon, but for their own grammar.
    mutating func checkOtherGlobal(_ keyword: String) {
        guard GlobalKeywords.all.contains(keyword) else {
            if keyword == "nbproc" {
                error(
                    at: 0,
                    "nbproc is not supported any more since HAProxy 2.5. Threads will automatically be used on "
                        + "multi-processor machines if available.",
                    remedy: "remove the line"
                )
            } else {
                unknownKeyword(in: "global", among: GlobalKeywords.all, suggests: true)
            }
            return
        }
        let isVariable = keyword == "set-var" || keyword == "set-var-fmt"
        if let problem = isVariable ? takeVariable(keyword) : problem(keyword) {
            error(at: 1, problem, remedy: "see section 3 of the manual for '\(keyword)'")
            return
        }
        switch keyword {
        case "ca-base": authorityBase = word(1)
        case "server-state-base": model.global.serverStateBase = word(1)
        case "server-state-file": model.global.serverStateFile = word(1)
        case "expose-experimental-directives": model.global.allowsExperimental = true
        case "ssl-server-verify": model.global.trustsServers = word(1) == "none"
        default: break
        }
        if !isVariable, !GlobalKeywords.isMeaningless(keyword) { ignore("'\(keyword)'") }
    }

    private func problem(_ keyword: String) -> String? {
        let value = word(1)
        switch keyword {
        case "cpu-map": return cpuMapProblem
        case "default-path":
            let modes = ", supported modes include 'current', 'config', 'parent', and 'origin'."
            if ["current", "config", "parent"].contains(value) || (value == "origin" && !word(2).isEmpty) {
                return nil
            }
            return (value.isEmpty ? "missing" : "unsupported") + " default-path mode '\(value)' for 'default-path'"
                + modes
        case "h1-case-adjust":
            if word(2).isEmpty { return "'h1-case-adjust' expects <from> and <to> as argument." }
            return value.lowercased() == word(2).lowercased() ? nil : "<from> and <to> must not differ execpt the case"
        case "lua-prepend-path":
            if value.isEmpty { return "'lua-prepend-path' expects to receive a <path> as argument" }
            return ["", "path", "cpath"].contains(word(2))
                ? nil : "'lua-prepend-path' expects <type> to either be 'path' or 'cpath'"
        case "ssl-default-bind-options", "ssl-default-server-options": return tlsOptionsProblem(keyword)
        case "ssl-load-extra-files":
            let kinds: Set<String> = ["none", "all", "bundle", "sctl", "ocsp", "issuer"]
            return argumentCount > 0 && words(from: 1).allSatisfy { kinds.contains($0) }
                ? nil : "'\(keyword)' expects one or multiple arguments (none, all, bundle, sctl, ocsp, issuer)."
        case "ssl-server-verify":
            if value.isEmpty { return "'ssl-server-verify' expects an integer argument." }
            return ["none", "required"].contains(value)
                ? nil : "'ssl-server-verify' expects 'none' or 'required' as argument."
        case "thread-group":
            return Int(value) != nil ? nil : "'thread-group' passed a missing or unparsable integer value in '\(value)'"
        case "tune.bufsize": return Self.number(value) > 0 ? nil : "'tune.bufsize' expects a positive integer argument."
        case "tune.http.maxhdr":
            return (1...32767).contains(Self.number(value))
                ? nil : "'tune.http.maxhdr' expects a numeric value between 1 and 32767"
        case "tune.ssl.default-dh-param":
            return Self.number(value) >= 1024 ? nil : "'tune.ssl.default-dh-param' expects a value >= 1024."
        default: return nil
        }
    }

    /// The processors of a system that HAProxy counts are numbered up to here.
    private static let lastProcessor = 1023

    private var cpuMapProblem: String? {
        guard !word(2).isEmpty else {
            return
                "cpu-map expects a process number  ('all', 'odd', 'even', a number from 1 to 64 or a range),  followed "
                + "by a list of CPU ranges with numbers from 0 to 63."
        }
        let isAutomatic = word(1).hasPrefix("auto:")
        let sets = word(1).dropFirst(isAutomatic ? 5 : 0).split(separator: "/", maxSplits: 1)
        if let wrong = sets.first(where: { !Self.isNumberSet($0, upTo: 64) }) {
            return "cpu-map : \(Self.rangeProblem(wrong, upTo: 64))"
        }
        var processors: Set<Int> = []
        for word in words(from: 2) {
            guard word.utf8.first.map({ (48...57).contains($0) }) ?? false else {
                return "cpu-map : '\(word)' is not a CPU range."
            }
            let ends = word.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            let (first, last) = (Self.number(String(ends[0])), ends.dropFirst().first.map { String($0) })
            // `3-` goes up to the last one, and `3-0` is `0-3`.
            let other = last.map { $0.isEmpty ? Self.lastProcessor : Self.number($0) } ?? first
            guard max(first, other) <= Self.lastProcessor, min(first, other) >= 0 else {
                return "cpu-map : supports CPU numbers from 0 to \(Self.lastProcessor)."
            }
            processors.formUnion(min(first, other)...max(first, other))
        }
        guard isAutomatic else { return nil }
        return sets.contains { Self.count(ofThreads: $0) == processors.count }
            ? nil : "cpu-map : PROC/THREAD range and CPU sets must have the same size to be automatically bound"
    }

    /// How many of 64 numbers a right set holds.
    private static func count(ofThreads text: Substring) -> Int {
        switch text {
        case "all": return 64
        case "odd", "even": return 32
        default:
            let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) ?? 64 }
            // What is no number of a thread is none here, either.
            let bounded = ends.map { min(max($0, 0), 64) }
            return abs((bounded.last ?? 0) - (bounded.first ?? 0)) + 1
        }
    }

    /// - Returns: What is wrong with a line `set-var` or `set-var-fmt`, if anything is; a right one is kept.
    private mutating func takeVariable(_ keyword: String) -> String? {
        let (name, value) = (word(1), word(2))
        guard !name.isEmpty, !value.isEmpty else {
            return "'\(keyword)' requires a process-wide variable name ('proc.<name>') and a "
                + (keyword == "set-var" ? "sample expression." : "format string.")
        }
        guard name.hasPrefix("proc.") else {
            return "'\(keyword)': cannot set variable '\(name)', only scope 'proc' is permitted in the global section."
        }
        do throws(GlobalVariable.Failure) {
            let isFormat = keyword == "set-var-fmt"
            model.global.variables.append(
                try GlobalVariable(name, value, isFormat: isFormat, at: .parser, surroundings)
            )
            return nil
        } catch {
            return error.message
        }
    }

    private func tlsOptionsProblem(_ keyword: String) -> String? {
        guard argumentCount > 0 else { return "global statement '\(keyword)' expects an option as an argument." }
        var options = words(from: 1)
        while let option = options.popFirst() {
            switch option {
            case "ssl-min-ver", "ssl-max-ver":
                guard let version = options.popFirst(), LineOptions.tlsVersions.contains(version) else {
                    return "'\(option)' : unknown ssl/tls version"
                }
            case "prefer-client-ciphers" where keyword.contains("bind"): break
            case _ where LineOptions.tlsFlags.contains(option): break
            default: return "unknown option '\(option)' on global statement '\(keyword)'."
            }
        }
        return nil
    }
}
