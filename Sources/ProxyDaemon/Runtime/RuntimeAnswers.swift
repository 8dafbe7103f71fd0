internal import ProxyConfig
internal import RuntimeAPI
internal import Syscalls

/// What a stats socket answers.
enum RuntimeAnswers {
    /// Commands may follow each other with `;` between them; each answer ends with an empty line.
    ///
    /// - Parameter payload: The lines behind one that ends with `<<`.
    static func answer(
        _ line: some StringProtocol,
        payload: String? = nil,
        _ session: RuntimeSession,
        _ host: any RuntimeHost
    ) -> RuntimeOutput {
        var output = RuntimeOutput()
        let commands = RuntimeLine(line).commands
        for (place, words) in commands.enumerated() {
            var words = words
            if words.first == "quit" {
                session.isEnding = true
                return output
            }
            if payload != nil, words.last == "<<" { words.removeLast() }
            // What the command changes of it counts from the next one on.
            let severities = session.severities
            var answer = answer(words, payload, session, host)
            let isWaiting = answer.isWaiting
            // Who says more does not wait; as by HAProxy, that is thrown away.
            if isWaiting, place + 1 < commands.count { answer.waitNoMore() }
            if severities != .none { output += RuntimeSeverity(words, answer.beginning)?.prefix(severities) ?? "" }
            output += answer
            output += session.isPrompting ? "\n" + session.prompt : "\n"
            if isWaiting { return output }
        }
        return output
    }

    private static func answer(
        _ words: [String],
        _ payload: String?,
        _ session: RuntimeSession,
        _ host: any RuntimeHost
    ) -> RuntimeOutput {
        if words.first == "prompt" {
            session.isPrompting.toggle()
            return RuntimeOutput()
        }
        if words.first == "help" { return RuntimeOutput(RuntimeHelp.text(Array(words.dropFirst()), session)) }
        if words.isEmpty { return RuntimeOutput(RuntimeHelp.unknown([], session)) }
        guard let (keyword, arguments) = RuntimeKeywords.find(words) else {
            return RuntimeOutput(RuntimeHelp.unknown(words, session))
        }
        if let mode = keyword.mode, !session.modes.contains(mode) {
            return RuntimeOutput("This command is restricted to \(mode.words) only.\n")
        }
        guard session.level.allows(keyword.level) else { return RuntimeOutput("Permission denied\n") }
        do throws(SystemError) {
            let call = RuntimeCall(arguments: arguments, payload: payload, session: session, host: host)
            return try keyword.answer(call)
        } catch {
            return RuntimeOutput("The worker does not answer: \(error)\n")
        }
    }
}
