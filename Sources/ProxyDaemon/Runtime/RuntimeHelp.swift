/// What `help` says, and who says something that is no command.
enum RuntimeHelp {
    private static let last = """
          help [<command>]                        : list matching or all commands
          prompt                                  : toggle interactive mode with prompt
          quit                                    : disconnect

        """
    /// Commands that are guessed at most.
    private static let mostGuesses = 5
    /// Words that tell one command from another.
    private static let mostWords = 5

    /// - Parameter words: What the commands begin with; all of them without any.
    static func text(_ words: [String] = []) -> String {
        "The following commands are valid at this level:\n" + lines(words.isEmpty ? nil : matching(words))
    }

    static func unknown(_ words: [String]) -> String {
        let found = matching(words)
        let head =
            found == nil
            ? "Unknown command. Please enter one of the following commands only:\n"
            : "Unknown command, but maybe one of the following ones is a better match:\n"
        return head + lines(found)
    }

    private static func lines(_ keywords: [RuntimeKeyword]?) -> String {
        (keywords ?? shown).map { $0.helpLine }.joined() + last
    }

    private static let shown = RuntimeKeywords.all.filter { !$0.isHidden }

    /// Those that begin with the same words, as many as do; where more was said, those of them that look like it most, in the
    /// order of the alphabet. nil: nothing is like it.
    private static func matching(_ words: [String]) -> [RuntimeKeyword]? {
        func common(_ keyword: RuntimeKeyword) -> Int { zip(keyword.words, words).prefix { $0 == $1 }.count }
        let length = shown.map { common($0) }.max() ?? 0
        let candidates = shown.filter { $0.words.prefix(length) == words.prefix(length)[...] }
        guard words.count > length else { return length > 0 ? candidates : nil }
        let said = WordFingerprint(words.prefix(mostWords).dropFirst(length))
        let guesses = candidates.enumerated().map { place, keyword in
            (distance: said.distance(to: WordFingerprint(keyword.words.dropFirst(length))), place: place)
        }.sorted { $0 < $1 }.prefix(mostGuesses)
        guard let best = guesses.first?.distance else { return candidates }
        return guesses.filter { $0.distance <= 5 * best / 2 }.map { $0.place }.sorted().map { candidates[$0] }
    }
}
