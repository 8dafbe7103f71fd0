internal import ProxyConfig
internal import RuntimeAPI

/// What the master socket answers: commands of the master, and those of the worker that begin with `@1` or `@!PID` (management
/// guide, 9.4).
extension Master {
    func masterAnswer(_ line: ClientLine) -> CommandAnswer {
        let session = line.session
        if line.text == ListenerTransfer.command { return runtimeAnswer(line) }
        let parts = RuntimeLine.parts(line.text)
        var output = RuntimeOutput()
        for part in parts where !session.isEnding {
            let words = part.split(separator: " ", maxSplits: 1)
            var rest = part
            // Modes are of the session, unless they are for the worker by name.
            var isForWorker = session.isWithWorker && !MasterCommand(part).isMode
            if let target = words.first, target.hasPrefix("@") {
                guard let found = isWorker(target) else {
                    session.isEnding = true
                    output += "Can't find the target PID matching the prefix '\(target)'\n"
                    return .output(output)
                }
                rest = words.count > 1 ? String(words[1]) : ""
                if rest.allSatisfy({ $0 == " " || $0 == "\r" }) {
                    // From here on.
                    session.isWithWorker = found
                    output += promptText(session)
                    continue
                }
                isForWorker = found
            }
            if isForWorker, MasterCommand(rest) != .quit, MasterCommand(rest) != .prompt {
                let own = RuntimeSession(session.level)
                own.modes = session.modes
                output += RuntimeAnswers.answer(rest, payload: line.payload, own, self)
                // That of the master is its own.
                session.modes = own.modes.union(session.modes.intersection([.debug]))
                output += promptText(session)
                continue
            }
            switch carryOut(MasterCommand(rest), line, isAlone: parts.count == 1) {
            case .text(let answer): output += answer + promptText(session)
            case let other: return other
            }
        }
        return .output(output)
    }

    private func promptText(_ session: RuntimeSession) -> String {
        if !session.isPrompting { return "" }
        let flags = [("x", RuntimeMode.experimental), ("e", .expert), ("d", .debug)].map { letter, mode in
            session.modes.contains(mode) ? letter : ""
        }.joined()
        let failure = !session.isWithWorker && failedReloads > 0 ? "[ReloadFailed]" : ""
        let name = session.isWithWorker ? "\(controller.target.pid)" : "master" + failure
        return flags.isEmpty ? "\(name)> " : "\(name)(\(flags))> "
    }

    /// Whom an `@` is for: false for the master, nil for nobody. Of workers there is one; those that finish their connections
    /// take no commands.
    private func isWorker(_ target: Substring) -> Bool? {
        switch target {
        case "@", "@master", "@0": false
        case "@1", "@!1", "@!\(controller.target.pid)": true
        default: nil
        }
    }

    private func carryOut(_ command: MasterCommand, _ line: ClientLine, isAlone: Bool) -> CommandAnswer {
        let session = line.session
        switch command {
        case .reload:
            guard session.level.allows(.operator) else { return .text("Permission denied\n\n") }
            let answer = reload(for: line.client)
            let isHeld = isAlone && followers.hold(answer, for: line.client, now: Clocks.monotonic())
            return isHeld ? .later : .text(answer.wireText)
        case .listeners: return .text(listenerLines)
        case .followListeners:
            guard isAlone, followers.clients.count + newFollowers.count < CommandClients.mostFollowers else {
                return .text("Too many follow the listeners.\n")
            }
            newFollowers.append(line.client)
            return .follow
        case .showProc: return .text(processTable + "\n")
        case .showQuarantine: return .text(quarantineLines.map { $0 + "\n" }.joined())
        case .showVersion: return .text(Talk.version + "\n\n")
        case .showLevel: return .text(session.level.rawValue + "\n\n")
        case .showSockets: return .text("\n")
        case .prompt: session.isPrompting.toggle()
        case .quit: session.isEnding = true
        case .lower(let name):
            if let level = StatsSocket.Level(rawValue: name), session.level.allows(level) { session.level = level }
        case .mode(let mode, let word):
            if session.level != .admin { return .text("Permission denied\n\n") }
            if let mode = RuntimeMode(rawValue: mode), let answer = session.change(mode, word) {
                return .text(answer + "\n")
            }
        case .help(let words): return .text(MasterCommand.help(words) + "\n")
        case .unknown(let words): return .text(MasterCommand.unknown(words) + "\n")
        }
        return .text("")
    }
}
