/// What `help` says, and who says something that is no command.
enum RuntimeHelp {
    private static let last = """
          help [<command>]                        : list matching or all commands
          prompt                                  : toggle interactive mode with prompt
          quit                                    : disconnect

        """

    /// - Parameter words: What the commands begin with; all of them without any, or where none does.
    static func text(_ words: [String] = []) -> String {
        let matching = RuntimeKeywords.all.filter { $0.words.starts(with: words.prefix($0.words.count)) }
        return "The following commands are valid at this level:\n" + lines(matching)
    }

    static func unknown(_ words: [String]) -> String {
        let similar = similar(words)
        let head =
            similar.isEmpty
            ? "Unknown command. Please enter one of the following commands only:\n"
            : "Unknown command, but maybe one of the following ones is a better match:\n"
        return head + lines(similar.isEmpty ? RuntimeKeywords.all : similar)
    }

    private static func lines(_ keywords: [RuntimeKeyword]) -> String {
        keywords.map { $0.helpLine }.joined() + last
    }

    /// Those that begin with the same words, as many as do; of these those whose next word begins the same way.
    private static func similar(_ words: [String]) -> [RuntimeKeyword] {
        func common(_ keyword: RuntimeKeyword) -> Int { zip(keyword.words, words).prefix { $0 == $1 }.count }
        guard !words.isEmpty else { return [] }
        let most = RuntimeKeywords.all.map { common($0) }.max() ?? 0
        let candidates = RuntimeKeywords.all.filter { common($0) == most }
        guard most < words.count else { return candidates }
        let partial = candidates.filter { $0.words.count > most && $0.words[most].hasPrefix(words[most]) }
        if !partial.isEmpty {
            let next = partial.filter {
                $0.words.count > most + 1 && words.count > most + 1 && $0.words[most + 1] == words[most + 1]
            }
            return next.isEmpty ? partial : next
        }
        return most > 0 ? candidates : []
    }
}
