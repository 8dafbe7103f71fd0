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
    ) -> String {
        var text = ""
        for words in RuntimeLine(line).commands {
            var words = words
            if words == ["quit"] {
                session.isEnding = true
                return text
            }
            if payload != nil, words.last == "<<" { words.removeLast() }
            text += answer(words, payload, session, host) + "\n"
            if session.isPrompting { text += session.prompt }
        }
        return text
    }

    private static func answer(
        _ words: [String],
        _ payload: String?,
        _ session: RuntimeSession,
        _ host: any RuntimeHost
    ) -> String {
        if words.first == "prompt" {
            session.isPrompting.toggle()
            return ""
        }
        if words.first == "help" { return RuntimeHelp.text(Array(words.dropFirst())) }
        if words.isEmpty { return RuntimeHelp.unknown([]) }
        guard let (keyword, arguments) = RuntimeKeywords.find(words) else { return RuntimeHelp.unknown(words) }
        guard session.level.allows(keyword.level) else { return "Permission denied\n" }
        do throws(SystemError) {
            let call = RuntimeCall(arguments: arguments, payload: payload, session: session, host: host)
            return try keyword.answer(call)
        } catch {
            return "The worker does not answer: \(error)\n"
        }
    }
}
