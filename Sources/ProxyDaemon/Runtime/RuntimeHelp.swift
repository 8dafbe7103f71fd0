internal import RuntimeAPI

/// What `help` says, and who says something that is no command.
enum RuntimeHelp {
    private static let last = """
          help [<command>]                        : list matching or all commands
          prompt                                  : toggle interactive mode with prompt
          quit                                    : disconnect

        """

    /// - Parameter words: What the commands begin with; all of them without any.
    static func text(_ words: [String], _ session: RuntimeSession) -> String {
        "The following commands are valid at this level:\n"
            + lines(words.isEmpty ? nil : matching(words, session), session)
    }

    static func unknown(_ words: [String], _ session: RuntimeSession) -> String {
        let found = matching(words, session)
        let head =
            found == nil
            ? "Unknown command. Please enter one of the following commands only:\n"
            : "Unknown command, but maybe one of the following ones is a better match:\n"
        return head + lines(found, session)
    }

    private static func lines(_ keywords: [RuntimeKeyword]?, _ session: RuntimeSession) -> String {
        (keywords ?? shown(session)).map { $0.helpLine }.joined() + last
    }

    private static func shown(_ session: RuntimeSession) -> [RuntimeKeyword] {
        RuntimeKeywords.all.filter { !$0.isHidden && $0.mode.map { session.modes.contains($0) } ?? true }
    }

    /// nil: nothing is like it.
    private static func matching(_ words: [String], _ session: RuntimeSession) -> [RuntimeKeyword]? {
        // They are told of in any case.
        if words.count == 1, ["help", "prompt", "quit"].contains(words[0]) { return [] }
        let shown = shown(session)
        return CommandGuess.places(of: words, in: shown.map { $0.words })?.map { shown[$0] }
    }
}
