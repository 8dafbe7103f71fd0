import Diagnostics

extension Checker {
    mutating func checkGlobal() {
        let keyword = word(0)
        if let rule = GlobalRules.all[keyword], !follows(rule) { return }
        switch keyword {
        case "log":
            if negation != nil {
                model.global.logTargets = []
            } else if let target = logTarget() {
                model.global.logTargets.append(target)
            }
        case "maxconn", "chroot", "pidfile", "uid", "gid", "user", "group", "daemon", "maxpipes", "ulimit-n":
            if isFirst(keyword) { takeProcessValue() }
        case "nbthread":
            if let threads = threadCount() { model.global.threads = threads }
        case "master-worker":
            guard word(1).isEmpty || word(1) == "no-exit-on-failure" else {
                error(
                    at: 1,
                    "'master-worker' only supports 'no-exit-on-failure' option.",
                    remedy: "remove '\(word(1))'"
                )
                return
            }
            model.global.isMasterWorker = true
        case "hard-stop-after": model.global.hardStopAfter = time(at: 1, of: keyword)
        case "node": model.global.node = word(1)
        case "description": model.global.description = words(from: 1).joined(separator: " ")
        case "log-tag": model.global.logTag = word(1)
        case "log-send-hostname": if isFirst(keyword) { model.global.logHostName = word(1) }
        case "localpeer":
            model.global.localPeer = word(1)
            lexer.variables.set("HAPROXY_LOCALPEER", to: word(1))
        case "spread-checks":
            guard isFirst(keyword), let percent = integer(at: 1) else { return }
            guard (0...50).contains(percent) else {
                error(at: 1, "'spread-checks' needs a positive value in range 0..50.", remedy: "write 0 to 50")
                return
            }
            model.global.spreadChecks = percent
        case "max-spread-checks":
            checkOtherGlobal(keyword)
            model.global.maxSpreadChecks = (try? TimeText.milliseconds(word(1))) ?? model.global.maxSpreadChecks
        case "stats": checkGlobalStats()
        case "unix-bind": checkUnixBind()
        case "grace": model.global.grace = time(at: 1, of: keyword)
        case "fd-hard-limit":
            if isFirst(keyword) { model.global.openFileHardLimit = integer(at: 1).flatMap { $0 > 0 ? $0 : nil } }
        case "strict-limits": model.global.hasStrictLimits = negation == nil
        case "maxconnrate", "maxsessrate", "maxsslrate", "maxcomprate": takeRate()
        case "zero-warning": model.global.refusesWarnings = true
        case "nosplice": model.global.avoidsSplice = true
        case "external-check": allowsExternalChecks = true
        case "setenv", "presetenv", "unsetenv", "resetenv": checkEnvironment()
        default: checkOtherGlobal(keyword)
        }
    }

    /// False with a word of HAProxy's for a line that was given before; the first one counts. A 0, which root is too, is none.
    private mutating func isFirst(_ keyword: String) -> Bool {
        let (name, what) =
            switch keyword {
            case "user", "uid": ("uid", "user/uid")
            case "gid": (keyword, "group/gid")
            case "group": ("gid", "gid/group was")
            case "daemon": ("", "")
            case "spread-checks": (keyword, keyword)
            default: (keyword, "'\(keyword)'")
            }
        if name.isEmpty { return true }
        guard !singleGlobals.contains(name) else {
            // That of `group` has a word more.
            warn(at: 0, "\(what) already specified. Continuing.", remedy: "remove one of the lines")
            return false
        }
        let isNothing =
            switch keyword {
            case "user", "group": word(1) == "root"
            case "chroot", "pidfile", "log-send-hostname": false
            default: Self.number(word(1)) == 0
            }
        if !isNothing { singleGlobals.insert(name) }
        return true
    }

    private mutating func takeProcessValue() {
        switch word(0) {
        case "maxconn": model.global.maxConnections = integer(at: 1)
        case "ulimit-n": model.global.openFileLimit = integer(at: 1).flatMap { $0 > 0 ? $0 : nil }
        case "chroot": model.global.chroot = word(1)
        case "pidfile": model.global.pidFile = word(1)
        case "uid": model.global.userID = integer(at: 1)
        case "gid": model.global.groupID = integer(at: 1)
        case "daemon": model.global.isDaemon = true
        case "user", "group": checkOwner()
        default: break
        }
    }

    private mutating func takeRate() {
        guard word(0) == "maxcomprate" || isFirst(word(0)) else { return }
        switch word(0) {
        case "maxconnrate": model.global.maxConnectionRate = integer(at: 1)
        case "maxsessrate": model.global.maxSessionRate = integer(at: 1)
        case "maxsslrate": model.global.maxTLSRate = integer(at: 1)
        default: model.global.maxCompressionRate = integer(at: 1)
        }
    }

    private mutating func threadCount() -> Int? {
        guard refuseExtra(after: 1) else { return nil }
        guard let threads = Int(word(1)) else {
            error(
                at: 1,
                "'nbthread' passed a missing or unparsable integer value in '\(word(1))'",
                remedy: "write a number"
            )
            return nil
        }
        guard (1...64).contains(threads) else {
            error(
                at: 1,
                "'nbthread' value must be between 1 and 64 (was \(threads))",
                remedy: "write a number of threads between 1 and 64"
            )
            return nil
        }
        return threads
    }

    /// The argument at `index`; complains if it is missing.
    mutating func required(_ index: Int, _ message: String) -> String? {
        let text = word(index)
        guard text.isEmpty else { return text }
        error(at: index, message, remedy: "write it behind '\(word(0))'")
        return nil
    }

    private mutating func checkOwner() {
        guard refuseExtra(after: 1) else { return }
        let name = word(1)
        let isUser = word(0) == "user"
        guard !name.isEmpty, isUser ? surroundings.hasUser(name) : surroundings.hasGroup(name) else {
            error(
                at: 1,
                "cannot find \(isUser ? "user" : "group") id for '\(name)' (0:Success)",
                remedy: "name a \(word(0)) of this system"
            )
            return
        }
        if isUser { model.global.user = name } else { model.global.group = name }
    }

    private mutating func checkGlobalStats() {
        switch word(1) {
        case "timeout":
            // A number without a unit counts milliseconds here too.
            if case .unexpected(let character)? = TimeText.failure(word(2)) {
                let message = "'stats timeout' : unexpected character '\(character)'"
                error(at: 2, message, remedy: "write a time such as 30s")
                return
            }
            guard let time = time(at: 2, of: "stats timeout") else { return }
            guard time > 0 else {
                error(at: 2, "'stats timeout' expects a positive value", remedy: "write a time such as 30s")
                return
            }
            model.global.statsTimeout = time
        case "maxconn":
            guard Self.number(word(2)) > 0 else {
                error(at: 2, "'stats maxconn' expects a positive value", remedy: "write a number greater than 0")
                return
            }
            model.global.statsMaxConnections = Self.number(word(2))
        case "bind-process": break
        case "socket": checkStatsSocket()
        default:
            error(
                at: 1,
                "'stats' only supports 'socket', 'maxconn', 'bind-process' and 'timeout' (got '\(word(1))')",
                remedy: "write one of these"
            )
        }
    }

    private mutating func checkStatsSocket() {
        guard let text = required(2, "'stats socket' in global section expects an address or a path to a UNIX socket")
        else {
            return
        }
        let address: SocketAddress
        do throws(AddressText.Failure) {
            address = try AddressText(text, for: .bind, resolve: surroundings.resolver).address
        } catch {
            self.error(at: 2, "'stats socket' : \(error.message)", remedy: error.remedy)
            return
        }
        var socket = StatsSocket(address: address, position: position(2))
        var index = 3
        while !word(index).isEmpty {
            let option = word(index)
            guard let arity = LineOptions.bind[option] else {
                unknownOption(option, at: index, of: "'stats socket' :", among: LineOptions.bind.words)
                return
            }
            let value = word(index + 1)
            guard isRightBindOption(option, value) else {
                error(
                    at: index + 1,
                    "'stats socket' : '\(BindWords.invalid(option, value))'",
                    remedy: "see section 5.1 of the manual for its values"
                )
                return
            }
            switch option {
            case "level": socket.level = StatsSocket.Level(rawValue: value) ?? socket.level
            case "mode": socket.mode = Int(value, radix: 8)
            case "user": socket.user = value
            case "group": socket.group = value
            case "expose-fd": socket.exposesListeners = true
            default: break
            }
            index += 1 + arity
        }
        model.global.statsSockets.append(socket)
    }

    mutating func unknownOption(_ option: String, at index: Int, of line: String, among names: some Sequence<String>) {
        let similar = WordFingerprint.nearest(option, in: names)
        let question =
            line == "'stats socket' :"
            ? "." + (similar.map { " Did you mean '\($0)' maybe ?" } ?? "")
            : similar == nil ? "." : WordFingerprint.question(similar)
        error(
            at: index,
            "\(line) unknown keyword '\(option)'\(question)",
            remedy: similar.map { "write '\($0)'" } ?? "remove it"
        )
    }
}
